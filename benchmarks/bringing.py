"""What judging adds to a lock: of thirty known names, and of as many with some that no table knows. Needs no index but its own.

Each round locks a script anew (`roost check --no-build` plans it, then the lock is made here), once as it is and once with the judging left out, in turn.

Run: .venv/bin/python benchmarks/bringing.py [--json FILE] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import index as indexes

from roost.distributions import Options, Plan, Requirement, bringing, cascade, lock, tables
from roost.home import Home
from roost.reporting import Silent
from roost.scripts import Choice, Script, pythons
from roost.settings import Settings

KNOWN = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    os.environ.pop("PIP_FIND_LINKS", None)
    os.environ["PIP_CONFIG_FILE"] = os.devnull
    index, server = indexes.serve()
    names = sorted(columns[0] for columns in tables.lines("popular.tsv") if 100 < int(columns[1]) <= 100 + KNOWN)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for root, unknown in (("flask", 0), ("zorbing-root", 0), ("zorbing-root", 1), ("zorbing-root", 5)):
            fill(index, root, names, unknown)
            rows.append(measure(index, root, Path(folder) / f"{root}-{unknown}", unknown, options.rounds))
            print(
                f"{root} with {KNOWN} known names and {unknown} others: a lock takes {rows[-1]['with'] * 1000:.0f} ms, "
                f"without judging {rows[-1]['without'] * 1000:.0f} ms; judging itself {rows[-1]['judging'] * 1000:.1f} ms"
            )
    server.shutdown()
    if options.json:
        options.json.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")


def fill(index: indexes.Index, root: str, names: list[str], unknown: int) -> None:
    """Serve one distribution whose closure is all the others."""
    index.projects.clear()
    others = [f"zorbing-part-{number}" for number in range(unknown)]
    index.add(root, requires=(*names, *others))
    for name in (*names, *others):
        index.add(name)


def measure(index: indexes.Index, root: str, folder: Path, unknown: int, rounds: int) -> dict[str, object]:
    home = Home(folder / "config", folder / "data", folder / "state", folder / "cache")
    settings = Settings(index_url=f"{index.url}simple/")
    own = pythons.own()
    need = Requirement(root, root, "an import", "inferred", wheels_only=True)
    plan = Plan(Script(None, "it.py", "python", None, b""), Choice(own, own.short, "own"), (need,), (), ())
    real = bringing.judge
    inside: list[float] = []

    def timed(*arguments: object) -> bringing.Judged:
        began = time.perf_counter()
        found = real(*arguments)
        inside.append(time.perf_counter() - began)
        return found

    kinds = {"with": timed, "without": lambda *_: bringing.Judged()}
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(rounds + 1):
        for kind, judge in kinds.items():
            for learned in (home.requests, home.facts, home.judgements):
                shutil.rmtree(learned, ignore_errors=True)
            cascade.bringing.judge = judge
            began = time.perf_counter()
            lock(plan, home=home, settings=settings, options=Options(), report=Silent())
            if number:  # the first round fills the engine's cache
                taken[kind].append(time.perf_counter() - began)
    cascade.bringing.judge = real
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    return {
        "root": root,
        "known": KNOWN,
        "unknown": unknown,
        "judging": statistics.median(inside[1:]),
        **medians,
        "rounds": rounds,
    }


if __name__ == "__main__":
    main()
