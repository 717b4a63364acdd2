"""Sixteen starters of one script whose environment is not there yet, beside one such start and fifteen of a known script at once.

The wheels are in the engine's cache; what is remembered of the request and the environments are removed before each round.
Needs the index once.

Run: .venv/bin/python benchmarks/many_starters.py [--json FILE] [--rounds N] [--starters N]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import clean_environment

ROOST = Path(sys.executable).parent / "roost"
SCRIPT = "import pydantic, requests, rich\nprint('right')\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--starters", type=int, default=16)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = clean_environment(ROOST_HOME=str(folder / "home"))
        script = folder / "it.py"
        script.write_text(SCRIPT)
        start([script], environ)
        rounds = [one_round(script, folder / "home", environ, arguments.starters) for _ in range(arguments.rounds)]
    ratios = [one["at_once"] / (one["cold"] + one["warm"]) for one in rounds]
    for one, ratio in zip(rounds, ratios, strict=True):
        print(
            f"{arguments.starters} at once {one['at_once']:.2f} s; one cold {one['cold']:.2f} s, the others warm {one['warm']:.2f} s: {ratio:.2f}"
        )
    print(f"median {statistics.median(ratios):.2f}, minimum {min(ratios):.2f}")
    if arguments.json:
        document = {"cores": os.cpu_count(), "starters": arguments.starters, "rounds": rounds, "ratios": ratios}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")


def one_round(script: Path, home: Path, environ: dict[str, str], starters: int) -> dict[str, float]:
    forget(home)
    at_once = start([script] * starters, environ)
    built = [path for path in (home / "data/environments").iterdir() if not path.name.startswith(".")]
    if len(built) != 1:
        raise SystemExit(f"there are {len(built)} environments: {built}")
    forget(home)
    cold = start([script], environ)
    start([script], environ)
    warm = start([script] * (starters - 1), environ)
    return {"at_once": at_once, "cold": cold, "warm": warm}


def forget(home: Path) -> None:
    """Remove all but what the engine has downloaded."""
    for kept in ("data", "state", "cache/launcher"):
        shutil.rmtree(home / kept, ignore_errors=True)


def start(scripts: list[Path], environ: dict[str, str]) -> float:
    """Start each at once; gives the seconds until the last has ended, and ends us where one is not right."""
    begin = time.perf_counter()
    running = [
        subprocess.Popen([ROOST, "run", script], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for script in scripts
    ]
    said = [process.communicate() for process in running]
    seconds = time.perf_counter() - begin
    wrong = [
        errors
        for (output, errors), process in zip(said, running, strict=True)
        if (process.returncode, output) != (0, "right\n")
    ]
    if wrong:
        raise SystemExit(f"{len(wrong)} were not right: {wrong[0]}")
    return seconds


main()
