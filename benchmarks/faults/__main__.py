"""Rounds of faults, each reproducible from its seed: something bad happens, and then the script is run twice.

*Wrong* is a run that ends well and gives something else than it should. *Not mended* is a second run that is not right.
Needs root for a small file system, and strace to kill at a system call. No network: all is served on loopback.

Run: .venv/bin/python -m benchmarks.faults [--rounds N] [--seed N] [--kind NAME] [--uv N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from tests import index as indexes

from .kinds import KINDS, SHARES
from .world import World, fill


@dataclass(frozen=True)
class Round:
    """What came of one seed."""

    seed: int
    runner: str
    kind: str
    what: str
    wrong: bool
    mended: bool
    left: tuple[str, ...]
    said: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether something is not as it should be."""
        return self.wrong or not self.mended or bool(self.left)


def play(seed: int, runner: str, folder: Path, index: indexes.Index, kind: str | None = None) -> Round:
    """Do what a seed says."""
    choose = random.Random(seed)
    names = [name for name in KINDS for _ in range(SHARES.get(name, 1))]
    name = choose.choice(names)
    name = kind or name
    world = World(folder / f"{runner}-{seed}", runner, index)
    try:
        try:
            what = KINDS[name](world, choose)
        except AssertionError as error:
            return Round(seed, runner, name, "at once", wrong=False, mended=False, left=(), said=str(error))
        first, second = world.run(), world.run()
        said = (
            ""
            if second.right
            else f"first: {first.status} {first.output}{first.errors}\nsecond: {second.status} {second.output}{second.errors}"
        )
        left = tuple(world.leftovers()) if runner == "roost" else ()
        return Round(seed, runner, name, what, first.wrong or second.wrong, second.right, left, said)
    finally:
        world.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--uv", type=int, default=100, help="rounds with uv run --script beside them")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the others follow")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    index, server = indexes.serve()
    fill(index)
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        for runner, count in (("roost", arguments.rounds), ("uv", arguments.uv)):
            for seed in range(arguments.seed, arguments.seed + count):
                one = play(seed, runner, Path(name), index, arguments.kind)
                rounds.append(one)
                if one.failed and runner == "roost":
                    print(f"seed {seed} ({one.kind}): {one.what}; left: {one.left}\n{one.said}", flush=True)
    server.shutdown()
    print(table(rounds))
    if arguments.json:
        uv = [asdict(one) | {"said": one.said[-300:]} for one in rounds if one.failed]
        document = {"cores": os.cpu_count(), "first_seed": arguments.seed, "table": counted(rounds), "failed": uv}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")


def counted(rounds: list[Round]) -> dict[str, dict[str, dict[str, int]]]:
    """Count by kind and runner; damage and its like by what was damaged."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for one in rounds:
        kind = one.what.partition(": ")[2] if one.kind == "damage" else one.kind
        counts = found.setdefault(kind or one.kind, {}).setdefault(one.runner, Counter())
        counts.update(rounds=1, wrong=one.wrong, not_mended=not one.mended, left=bool(one.left))
    return {kind: {runner: dict(counts) for runner, counts in both.items()} for kind, both in sorted(found.items())}


def table(rounds: list[Round]) -> str:
    columns = ("rounds", "wrong", "not_mended", "left")
    lines = [f"{'':32}" + "".join(f"{f'{runner} {column}':>16}" for runner in ("roost", "uv") for column in columns)]
    total: dict[str, Counter[str]] = {}
    for kind, both in counted(rounds).items():
        cells = [both.get(runner, {}).get(column, "") for runner in ("roost", "uv") for column in columns]
        lines.append(f"{kind:32}" + "".join(f"{cell:>16}" for cell in cells))
        for runner, counts in both.items():
            total.setdefault(runner, Counter()).update(counts)
    cells = [total.get(runner, {}).get(column, 0) for runner in ("roost", "uv") for column in columns]
    return "\n".join([*lines, f"{'all':32}" + "".join(f"{cell:>16}" for cell in cells)])


if __name__ == "__main__":
    main()
