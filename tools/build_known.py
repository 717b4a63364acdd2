"""Make `known.tsv` and `popular.tsv`: which popular distributions provide which import roots.

Inputs are local files: the database inside a wheel of pigar (distribution → top-level modules), a list of the
most downloaded names with their ranks (tab-separated, columns `name` and `rank_among_15000_most_downloaded`),
and optionally the facts that `verify_names.py` has read from wheels, which win over the database.

    python tools/build_known.py --database .db.sqlite3 --ranks ranks.tsv [--facts facts.json] --month 2026-11
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
from pathlib import Path

DATA = Path(__file__).parent.parent / "src/roost/distributions/data"
STRAY = frozenset(
    line for line in (Path(__file__).parent / "stray_roots.txt").read_text().splitlines() if not line.startswith("#")
)


def main() -> None:
    """Read the inputs, write both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--ranks", type=Path, required=True)
    parser.add_argument("--facts", type=Path, help="JSON: distribution → {version, modules}, read from wheels")
    parser.add_argument("--month", required=True, help="month of the ranks, YYYY-MM")
    options = parser.parse_args()
    ranks = read_ranks(options.ranks)
    provided = read_database(options.database, frozenset(ranks))
    if options.facts:
        provided |= read_facts(options.facts, frozenset(ranks))
    kept = {name: useful(name, provided.get(name, frozenset())) for name in ranks}
    write_popular(ranks, kept, options.month)
    write_known(ranks, kept, options.month)


def canonical(name: str) -> str:
    """Give the canonical form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_ranks(path: Path) -> dict[str, int]:
    """Read canonical name → rank from the list of popular names."""
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    name, rank = rows[0].index("name"), rows[0].index("rank_among_15000_most_downloaded")
    return {canonical(row[name]): int(row[rank]) for row in rows[1:] if len(row) > rank and row[rank].isdigit()}


def read_database(path: Path, wanted: frozenset[str]) -> dict[str, frozenset[str]]:
    """Read canonical name → top-level modules of the wanted distributions."""
    query = "SELECT d.name, t.name FROM distributions d JOIN top_level_module_names t ON t.distribution_id = d.id"
    found: dict[str, set[str]] = {}
    for distribution, module in sqlite3.connect(path).execute(query):
        name = canonical(distribution)
        if name in wanted:
            root = module.rpartition("\\")[
                2
            ]  # pywin32 has "win32\\lib\\winerror": a .pth file puts that folder on the path
            found.setdefault(name, set()).add(root)
    return {name: frozenset(modules) for name, modules in found.items()}


def read_facts(path: Path, wanted: frozenset[str]) -> dict[str, frozenset[str]]:
    """Read canonical name → roots from the facts of wheels."""
    facts = json.loads(path.read_text())["distributions"]
    roots = {name: frozenset(module.partition(".")[0] for module in fact["modules"]) for name, fact in facts.items()}
    return {name: found for name, found in roots.items() if found and name in wanted}


def useful(name: str, modules: frozenset[str]) -> tuple[str, ...]:
    """Keep what can be imported and is not a stray folder; a stray word stays when it is the distribution's name."""
    own = name.replace("-", "_")
    return tuple(
        sorted(
            module
            for module in modules
            if module.isidentifier() and not module.startswith("_") and (module not in STRAY or module.lower() == own)
        )
    )


def write_popular(ranks: dict[str, int], kept: dict[str, tuple[str, ...]], month: str) -> None:
    """Write name → rank, roots."""
    head = (
        f"# The most downloaded distributions, their rank and import roots. Ranks: public download ranks of the index, {month}.",
        *_origin("name, rank, import roots (- when none is known)"),
    )
    body = sorted(f"{name}\t{rank}\t{' '.join(kept[name]) or '-'}" for name, rank in ranks.items())
    _write("popular.tsv", head, body)


def write_known(ranks: dict[str, int], kept: dict[str, tuple[str, ...]], month: str) -> None:
    """Write import root → the distributions that provide it, by rank."""
    by_root: dict[str, list[tuple[int, str]]] = {}
    for name, modules in kept.items():
        for module in modules:
            by_root.setdefault(module, []).append((ranks[name], name))
    head = (
        f"# Import roots and the popular distributions that provide them, by rank. Ranks: public download ranks of the index, {month}.",
        *_origin("root, rank:name …"),
    )
    body = (f"{root}\t{' '.join(f'{rank}:{name}' for rank, name in sorted(found))}" for root, found in by_root.items())
    _write("known.tsv", head, body)


def _origin(columns: str) -> tuple[str, ...]:
    return (
        "# Roots: facts of the database of pigar 2.2.0 (BSD-3-Clause, Copyright (c) 2020 XiaoChao Dong), last updated 2025-11-09,",
        "# corrected by file lists of wheels; stray folders (tests, docs, examples …) and private modules are left out.",
        f"# Made by tools/build_known.py. Sorted by bytes. Columns: {columns}.",
    )


def _write(name: str, head: tuple[str, ...], body: object) -> None:
    path = DATA / name
    lines = sorted(body, key=str.encode)  # type: ignore[call-overload]
    path.write_text("\n".join((*head, *lines)) + "\n")
    print(f"{path.name}: {len(lines)} lines, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
