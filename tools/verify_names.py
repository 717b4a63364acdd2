"""Verify what the name tables say: for every line, where the import path was seen in its distribution.

A line whose path stands in a wheel's own file list belongs into `curated.tsv`, every other into `listed.tsv`; a line goes
from one to the other as evidence comes. What has been read once is remembered in a facts file, so that a second run reads
and asks nothing. Evidence, the best first:

- `wheel`: the path stands in the file list of a wheel that is on this machine (wheel files, an installer's
  unpacked cache, site-packages), or that `--download N` fetched through `pip download`, one at a time, at most N;
- `modules`: the root is a top-level module of the distribution in a database of such lists (`--database`, pigar's);
- `root`: a dotted path of which only the root could be confirmed there;
- `source`: the file was seen by hand in the project's public source tree; `layout`: another member of the same family was;
- `sdist`: seen by hand in a source archive, because there is no wheel for this platform. `gone`: nothing to be seen.
  These four are kept as written.

    python tools/verify_names.py --facts facts.json --read ~/.cache/uv --database .db.sqlite3 [--prune] [--download 10]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

DATA = Path(__file__).parent.parent / "src/roost/distributions/data"
DATABASE_DATE = "2025-11-09"  # when pigar's database was last updated
TABLES = ("curated.tsv", "listed.tsv")
SUFFIXES = (".py", ".so", ".pyd", ".pyi")
DEEPEST = 6  # parts of a dotted path that are remembered


def main() -> None:
    """Gather evidence, write the verified column, report what has none."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--facts", type=Path, required=True, help="JSON file that remembers what was read")
    parser.add_argument(
        "--read", type=Path, nargs="*", default=[], help="folders with wheels or installed distributions"
    )
    parser.add_argument("--database", type=Path, help="pigar's database")
    parser.add_argument(
        "--download", type=int, default=0, metavar="N", help="fetch at most N wheels of lines without evidence"
    )
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="NAME", help="with --download: fetch these distributions"
    )
    parser.add_argument("--tables", type=Path, default=DATA, help="folder of `curated.tsv` and `listed.tsv`")
    parser.add_argument("--prune", action="store_true", help="drop lines without evidence")
    options = parser.parse_args()
    facts = load(options.facts)
    for folder in options.read:
        read_folder(folder, facts)
    save(options.facts, facts)
    known = read_database(options.database) if options.database else {}
    heads = {name: read_table(options.tables / name)[0] for name in TABLES}
    rows = [row for name in TABLES for row in read_table(options.tables / name)[1]]
    if options.download:
        wanted = [plain(name) for name in options.only] or by_popularity(
            {plain(row[1]) for row in rows if row[1] != "-"}
        )
        download([name for name in wanted if name not in facts][: options.download], facts, options.facts)
    for row in rows:
        row[5] = evidence(row, facts, known)
    unseen = [row for row in rows if row[5] == "-"]
    kept = [row for row in rows if row[5] != "-"] if options.prune else rows
    for name, head in heads.items():
        seen = name == "curated.tsv"
        body = sorted(("\t".join(row) for row in kept if row[5].startswith("wheel ") == seen), key=str.encode)
        (options.tables / name).write_text("\n".join([*head, *body]) + "\n")
    report(kept, unseen)


def evidence(row: list[str], facts: dict[str, dict[str, object]], known: dict[str, tuple[str, frozenset[str]]]) -> str:
    """Say where a line's path was seen: "wheel VERSION DATE", …; "-" nowhere."""
    prefix, distribution, verified = row[0], plain(row[1]), row[5]
    fact = facts.get(distribution)
    if fact and prefix in fact["modules"]:  # type: ignore[operator]
        return f"wheel {fact['version']} {fact['seen']}"
    version, modules = known.get(distribution, ("", frozenset()))
    if prefix in modules:
        return f"modules {version} {DATABASE_DATE}"
    if prefix.partition(".")[0] in modules:
        return f"root {version} {DATABASE_DATE}"
    return verified if verified.startswith(("sdist", "source", "layout", "gone")) else "-"


def read_folder(folder: Path, facts: dict[str, dict[str, object]]) -> None:
    """Read every wheel and every installed distribution below folder that is not remembered."""
    files = [Path(place) / name for place, _, names in os.walk(folder) for name in names]  # a cache changes meanwhile
    for record in (file for file in files if file.name == "RECORD" and file.parent.suffix == ".dist-info"):
        if not record.exists():
            continue
        name, _, version = record.parent.name.removesuffix(".dist-info").partition("-")
        paths = [
            line.rpartition(",")[0].rpartition(",")[0].strip('"')
            for line in record.read_text(errors="replace").splitlines()
        ]
        remember(facts, name, version, paths)
    for wheel in (file for file in files if file.suffix == ".whl" and file.exists()):
        read_wheel(wheel, facts)


def read_wheel(wheel: Path, facts: dict[str, dict[str, object]], requirement: str = "") -> None:
    """Read the file list of one wheel; it is remembered under the requirement that fetched it."""
    name, version = wheel.name.split("-")[:2]
    try:
        with zipfile.ZipFile(wheel) as archive:
            remember(facts, requirement or name, version, archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        print(f"{wheel.name}: {error}", file=sys.stderr)


def remember(facts: dict[str, dict[str, object]], name: str, version: str, paths: list[str]) -> None:
    """Keep the dotted paths that a file list provides; an editable install provides none."""
    found = modules(paths)
    key = plain(name)
    if found and facts.get(key, {}).get("version") != version:
        facts[key] = {"version": version, "seen": today(), "modules": found}


def modules(paths: list[str]) -> list[str]:
    """Give the importable dotted paths among a wheel's files, packages and modules, public ones only."""
    found: set[str] = set()
    for path in paths:
        parts = list(PurePosixPath(path).parts)
        if not parts or not parts[-1].endswith(SUFFIXES) or parts[0] in {"..", "/"}:
            continue
        if parts[0].endswith(".data"):
            if len(parts) < 3 or parts[1] not in {"purelib", "platlib"}:
                continue
            parts = parts[2:]
        parts[-1] = parts[-1].partition(".")[0]
        if parts[-1] == "__init__":
            parts.pop()
        if all(part.isidentifier() for part in parts):
            found.update(".".join(parts[:depth]) for depth in range(1, min(len(parts), DEEPEST) + 1))
    return sorted(found)


def read_database(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Read canonical name → (version, top-level modules) from pigar's database."""
    query = "SELECT d.name, d.version, t.name FROM distributions d JOIN top_level_module_names t ON t.distribution_id = d.id"
    found: dict[str, tuple[str, set[str]]] = {}
    for name, version, module in sqlite3.connect(path).execute(query):
        root = module.rpartition("\\")[
            2
        ]  # pywin32 has "win32\\lib\\winerror": a .pth file puts that folder on the path
        found.setdefault(plain(name), (version, set()))[1].add(root)
    return {name: (version, frozenset(modules)) for name, (version, modules) in found.items()}


def download(names: list[str], facts: dict[str, dict[str, object]], remembered: Path) -> None:
    """Fetch wheels, one after the other, through pip, and read their file lists; a failure is remembered too."""
    pip = shutil.which("pip")
    if not pip:
        sys.exit("--download needs `pip` on PATH")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            command = [
                pip,
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--dest",
                folder,
                name,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
            for wheel in Path(folder).glob("*.whl"):
                read_wheel(wheel, facts, name)
        if name not in facts:
            facts[name] = {"version": "", "seen": today(), "modules": [], "said": done.stderr.strip()[-200:]}
        save(remembered, facts)


def by_popularity(names: set[str]) -> list[str]:
    """Order canonical names by their rank among the most downloaded; those without one come last."""
    rows = read_table(DATA / "popular.tsv")[1]
    ranks = {name: int(rank) for name, rank, *_ in rows}
    return sorted(names, key=lambda name: (ranks.get(name, len(ranks)), name))


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Give the header lines and the rows of the table."""
    lines = path.read_text().splitlines()
    return [line for line in lines if line.startswith("#")], [
        line.split("\t") for line in lines if not line.startswith("#")
    ]


def plain(requirement: str) -> str:
    """Give the canonical name in a requirement, with its version specifier if it has one."""
    name, specifier = re.fullmatch(r"([\w.-]+)(?:\[.*\])?(.*)", requirement).groups()  # type: ignore[union-attr]
    return re.sub(r"[-_.]+", "-", name).lower() + specifier


def load(path: Path) -> dict[str, dict[str, object]]:
    """Read the facts remembered so far."""
    if not path.exists():
        return {}
    found: dict[str, dict[str, object]] = json.loads(path.read_text())["distributions"]
    return found


def save(path: Path, facts: dict[str, dict[str, object]]) -> None:
    """Keep the facts, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps({"schema": "roost.names-facts/1", "distributions": dict(sorted(facts.items()))}))
    beside.replace(path)


def report(rows: list[list[str]], unseen: list[list[str]]) -> None:
    """Print how many lines have which evidence, and the lines that have none."""
    kinds = [row[5].partition(" ")[0] for row in rows]
    print(", ".join(f"{kind}: {kinds.count(kind)}" for kind in sorted(set(kinds))), f"of {len(rows)} lines")
    for row in unseen:
        print(f"not seen: {row[0]} in {row[1]}")


def today() -> str:
    """Give the date as it is written into the table."""
    return datetime.now(UTC).date().isoformat()


if __name__ == "__main__":
    main()
