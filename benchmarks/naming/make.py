"""Draw the sample of import names: once, with a fixed seed, from what distributions are seen to contain, not from roost's tables.

    python benchmarks/naming/make.py --ranks ranks.tsv --database .db.sqlite3 --facts facts.json --words words.txt \
        --python2 /usr/lib/python2.7 [--exclude FOLDER …] --out benchmarks/naming/sample.json

Five kinds of names are drawn:

- `popular`: a distribution out of each band of download ranks, and one of its import roots;
- `differing`: the same, but no root is called like the distribution;
- `wheel`: a dotted path out of the file list of a wheel that was at hand (`facts.json` of `tools/verify_names.py`);
- `namespace`: a dotted path below a root that more than one of these wheels share;
- `trap`: nothing may be installed. Modules of Python 2's standard library, the roots of stub distributions for host
  programs, words of a published stop list, invented names that no distribution on the list bears.

A root of `popular` and `differing` is taken only if no distribution downloaded more has it too: which one is meant
could not be told otherwise. All popular distributions that have it are accepted.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import sys
from pathlib import Path

SEED = 20261121
BANDS = ((1, 500), (501, 2000), (2001, 5000), (5001, 15000))
POPULAR, DIFFERING, WHEEL, NAMESPACE = 60, 40, 90, 24  # the first two: per band
TRAPS = {"python2": 14, "host": 28, "word": 14, "invented": 16}
STUBS = {  # stub distributions whose roots exist only in a host program
    "kodistubs": "Kodi", "blender-stubs": "Blender", "fake-bpy-module-2.79": "Blender", "circuitpython-stubs": "CircuitPython",
    "microbit-stubs": "micro:bit", "freecad-stubs": "FreeCAD", "unreal-stub": "Unreal Engine", "rhino-stubs": "Rhino", "types-gdb": "GDB",
    "qgis-stubs": "QGIS", "ghidra-stubs": "Ghidra",
}  # fmt: skip
BROUGHT_BY = {
    "apache-airflow-core": ("apache-airflow",),
    "pydantic-ai-slim": ("pydantic-ai",),
}  # what people install to have it
STRAY = frozenset((Path(__file__).parent.parent.parent / "tools/stray_roots.txt").read_text().split("\n"))
PARTS = (
    "auto easy smart fast deep ultra hyper quick simple magic",
    "table prompt chart stream vector invoice agent parser weather ledger",
    "kit flow wise forge lens ify",
)


def main() -> None:
    """Draw, and write the sample."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("ranks", "database", "facts", "words", "python2", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument(
        "--exclude", type=Path, nargs="*", default=[], help="folders of scripts whose imports are not drawn"
    )
    options = parser.parse_args()
    names, ranks = read_ranks(options.ranks)
    roots, versions = read_database(options.database)
    facts = json.loads(options.facts.read_text())["distributions"]
    excluded = read_imports(options.exclude) | sys.stdlib_module_names | STRAY
    draw = Draw(ranks, roots, versions, facts, excluded)
    rows = [
        *draw.popular(POPULAR, differing=False),
        *draw.popular(DIFFERING, differing=True),
        *draw.wheels(WHEEL, shared=False),
        *draw.wheels(NAMESPACE, shared=True),
        *draw.traps(names, options.words.read_text().split(), options.python2),
    ]
    document = {
        "schema": "roost.naming-sample/1",
        "origin": "roots: facts of pigar 2.2.0's database (BSD-3-Clause), 2025-11-09; paths: file lists of wheels, 2026-11-21; "
        "ranks: public download ranks of the index, 2026-11; words: upm's stop list (MIT)",
        "seed": SEED,
        "rows": [{"id": f"{row['kind']}-{number:03}", **row} for number, row in enumerate(rows, 1)],
    }
    options.out.write_text(json.dumps(document, indent=1) + "\n")
    kinds = [str(row["kind"]) for row in rows]
    print(", ".join(f"{kind}: {kinds.count(kind)}" for kind in dict.fromkeys(kinds)), f"in all {len(rows)}")


class Draw:
    """One random draw from what is known of distributions."""

    def __init__(
        self,
        ranks: dict[str, int],
        roots: dict[str, frozenset[str]],
        versions: dict[str, str],
        facts: dict[str, dict[str, object]],
        excluded: frozenset[str],
    ) -> None:
        self._random = random.Random(SEED)
        self._ranks, self._roots, self._versions, self._facts = ranks, roots, versions, facts
        self._excluded = set(excluded)
        self._by_root: dict[str, list[str]] = {}
        for name in sorted(ranks, key=ranks.__getitem__):
            for root in roots.get(name, ()):
                self._by_root.setdefault(root, []).append(name)

    def popular(self, count: int, *, differing: bool) -> list[dict[str, object]]:
        """Draw count distributions out of each band, and a root of each."""
        rows = []
        for low, high in BANDS:
            candidates = sorted(name for name, rank in self._ranks.items() if low <= rank <= high)
            self._random.shuffle(candidates)
            band = [row for name in candidates if (row := self._root_of(name, differing=differing))]
            rows += [self._take(row) for row in band[:count]]
        return rows

    def _root_of(self, name: str, *, differing: bool) -> dict[str, object] | None:
        own = name.replace("-", "_")
        roots = [root for root in sorted(self._roots.get(name, ())) if root.isidentifier() and not root.startswith("_")]
        alike = [root for root in roots if canonical(root) == name]
        if differing and (alike or len(roots) > 3):
            return None
        chosen = alike[0] if alike else self._random.choice(roots) if roots else own
        if (
            chosen not in roots
            or chosen in self._excluded
            or self._by_root[chosen][0] != name
            or self._is_namespace(chosen)
        ):
            return None
        return {
            "kind": "differing" if differing else "popular",
            "module": chosen,
            "accepted": [*self._by_root[chosen], *BROUGHT_BY.get(name, ())],
            "seen": f"{name} {self._versions[name]} (database)",
            "rank": self._ranks[name],
        }

    def _is_namespace(self, root: str) -> bool:
        """Tell whether so many popular distributions share the root that it alone says nothing."""
        return len(self._by_root.get(root, ())) > 3

    def _fits(self, name: str, path: str, *, shared: bool) -> bool:
        """Tell whether a path of a wheel may be drawn."""
        root, dotted = path.partition(".")[0], "." in path
        if shared:
            return self._is_namespace(root) and dotted and path not in self._excluded
        plain = not self._is_namespace(root) and root not in self._excluded
        return plain and (dotted or self._by_root.get(root, [name])[0] == name)

    def wheels(self, count: int, *, shared: bool) -> list[dict[str, object]]:
        """Draw dotted paths out of wheels' own file lists; shared: only below roots that several distributions have."""
        paths = [
            (name, path)
            for name, fact in sorted(self._facts.items())
            if name in self._ranks
            for path in fact["modules"]  # type: ignore[attr-defined]
            if usable(path) and self._fits(name, path, shared=shared)
        ]
        by_name: dict[str, list[str]] = {}
        for name, path in paths:
            by_name.setdefault(name, []).append(path)
        rows = []
        order = sorted(by_name)
        while order and len(rows) < count:
            self._random.shuffle(order)
            for name in list(order):
                path = self._random.choice(by_name[name])
                by_name[name].remove(path)
                if not by_name[name]:
                    order.remove(name)
                if len(rows) < count:
                    rows.append(
                        {
                            "kind": "namespace" if shared else "wheel",
                            "module": path,
                            "accepted": self._holders(path, name),
                            "seen": f"{name} {self._facts[name]['version']} (wheel)",
                            "rank": self._ranks[name],
                        }
                    )
            if not shared:
                order = []  # one path of each wheel
        return rows

    def _holders(self, path: str, name: str) -> list[str]:
        others = [
            other for other, fact in sorted(self._facts.items()) if path in fact["modules"] and other in self._ranks
        ]  # type: ignore[operator]
        if "." not in path:
            others += self._by_root.get(path, [])
        return list(dict.fromkeys([name, *others, *BROUGHT_BY.get(name, ())]))

    def traps(self, names: frozenset[str], words: list[str], python2: Path) -> list[dict[str, object]]:
        """Draw names for which nothing may be installed."""
        old = {path.stem for path in python2.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        modules = {
            "python2": [
                (module, "Python 2's standard library")
                for module in sorted(old)
                if usable(module) and canonical(module) not in self._ranks
            ],
            "host": [(root, host) for stub, host in STUBS.items() for root in self._stub_roots(stub)],
            "word": [
                (word, "a word on a stop list")
                for word in words
                if self._ranks.get((self._by_root.get(word) or [word])[0], 99999) > 3000
            ],
            "invented": [(name, "no distribution bears it") for name in self._invented(names)],
        }
        rows = []
        for kind, count in TRAPS.items():
            candidates = [(module, why) for module, why in modules[kind] if module not in self._excluded]
            self._random.shuffle(candidates)
            rows += [
                self._take({"kind": f"trap-{kind}", "module": module, "accepted": [], "seen": why})
                for module, why in dict(candidates[::-1]).items()
            ][:count]
        return rows

    def _stub_roots(self, stub: str) -> list[str]:
        """Give the modules that a host's stubs describe, less those that a popular distribution really has."""
        modules = {module.removesuffix("-stubs") for module in self._roots.get(stub, ())}
        return [module for module in sorted(modules) if usable(module) and module not in self._by_root]

    def _invented(self, names: frozenset[str]) -> list[str]:
        first, second, third = (part.split() for part in PARTS)
        made = [f"{a}_{b}_{c}" if len(c) > 3 else f"{a}{b}{c}" for a in first for b in second for c in third]
        known = frozenset(root for found in self._roots.values() for root in found)
        return [name for name in made if canonical(name) not in names and name not in known]

    def _take(self, row: dict[str, object]) -> dict[str, object]:
        self._excluded.add(str(row["module"]))
        return row


def usable(path: str) -> bool:
    """Tell whether somebody may import this path: public, no tests, at most three parts."""
    parts = path.split(".")
    return len(parts) <= 3 and all(
        part.isidentifier() and not part.startswith("_") and part not in STRAY for part in parts
    )


def canonical(name: str) -> str:
    """Give the canonical form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_ranks(path: Path) -> tuple[frozenset[str], dict[str, int]]:
    """Read all names, and canonical name → rank of the popular ones."""
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    at = rows[0].index("rank_among_15000_most_downloaded")
    ranks = {canonical(row[0]): int(row[at]) for row in rows[1:] if len(row) > at and row[at].isdigit()}
    return frozenset(canonical(row[0]) for row in rows[1:]), ranks


def read_database(path: Path) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Read canonical name → top-level modules, and → version."""
    query = "SELECT d.name, d.version, t.name FROM distributions d JOIN top_level_module_names t ON t.distribution_id = d.id"
    roots: dict[str, set[str]] = {}
    versions: dict[str, str] = {}
    for name, version, module in sqlite3.connect(path).execute(query):
        roots.setdefault(canonical(name), set()).add(module)
        versions[canonical(name)] = version
    return {name: frozenset(found) for name, found in roots.items()}, versions


def read_imports(folders: list[Path]) -> frozenset[str]:
    """Read every dotted path, and its root, that a script, notebook or answer below the folders seems to import."""
    pattern = re.compile(
        r"^[\s\">]*(?:import|from)\s+([A-Za-z_][\w.]*)|import_module\(.?[\"']([A-Za-z_][\w.]*)", re.MULTILINE
    )
    texts = (
        path.read_text(errors="replace").replace("\\n", "\n")
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    )
    found = {path for text in texts for match in pattern.findall(text) for path in match if path}
    return frozenset(found | {path.partition(".")[0] for path in found})


if __name__ == "__main__":
    main()
