"""What a sandbox costs, in bare starts, and what is left when runs are killed.

A script that does nothing is started by the environment's Python alone, from a running program (`roost.run`), and from the
command line; then come runs of which a third are killed from outside.

All are taken in turns, and the ratios are of medians. A tier that does not work here is left out. What Docker costs is
compared with Docker, in `sandbox_docker.py`; its runs are killed here as well.

Run: .venv/bin/python benchmarks/sandbox.py [--json FILE] [--rounds N] [--runs N]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from timing import Subject, clean_environment, measure, report

import roost
from roost.sandbox import cgroups, daemon, probing

ROOST = Path(sys.executable).parent / "roost"
TIERS = ("limits", "landlock", "bubblewrap", "docker")
WANTED = {"limits": 1.5, "landlock": 2.0, "bubblewrap": 2.5}  # from a running program; 2.5 more from the command line
MARK = "roost-benchmark-left"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(ROOST_HOME=str(folder / "home"), TMPDIR=str(folder / "tmp"))
        tempfile.tempdir = str(folder / "tmp")
        (folder / "tmp").mkdir()
        script = folder / "it.py"
        script.write_text("print('right')\n")
        works = [tier for tier in TIERS if probing.standing(tier).works]
        took = costs(script, [tier for tier in works if tier in WANTED], arguments.rounds)
        left = storm(folder, works, arguments.runs)
    report(took, against="bare", file=arguments.json, wanted=WANTED, storm=left)


def costs(script: Path, tiers: list[str], rounds: int) -> dict[str, list[float]]:
    """Start the script in every way, in turns."""
    python = roost.run(script).environment.python
    environ = clean_environment(ROOST_HOME=os.environ["ROOST_HOME"], TMPDIR=os.environ["TMPDIR"])

    def inside(tier: str) -> Callable[[], object]:
        def start() -> None:
            if roost.run(script, sandbox=tier).output != "right\n":
                raise SystemExit(f"{tier}: it did not run")

        return start

    subjects: dict[str, Subject] = {"bare": [python, script]}
    subjects |= {tier: inside(tier) for tier in tiers}
    subjects |= {f"{tier}, command": [ROOST, "run", "--sandbox", tier, script] for tier in tiers}
    measure(subjects, rounds=2, environ=environ)
    return measure(subjects, rounds=rounds, environ=environ)


def storm(folder: Path, tiers: list[str], runs: int) -> dict[str, int]:
    """Start runs, kill a third of them at some moment, and count what is left once the next run has ended."""
    script = folder / "storm.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {MARK!r}], start_new_session=True)\n"
        "open('made.txt', 'w').write('x' * 1000)\ntime.sleep(0.3)\n"
    )
    environ = clean_environment(ROOST_HOME=os.environ["ROOST_HOME"], TMPDIR=os.environ["TMPDIR"])
    random.seed(7)
    killed = 0
    mounts = Path("/proc/mounts").read_text()
    under_way: list[subprocess.Popen[bytes]] = []
    for number in range(runs):
        words = [ROOST, "run", "--sandbox", tiers[number % len(tiers)], script]
        process = subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        under_way.append(process)
        if number % 3 == 0:
            time.sleep(random.uniform(0, 0.4))
            victims = [process.pid, *children(process.pid)]
            os.kill(random.choice(victims), signal.SIGKILL)
            killed += 1
        while len(under_way) >= 4:
            under_way.pop(0).wait()
    for process in under_way:
        process.wait()
    for tier in tiers:
        (folder / "last.py").write_text("print(1)\n")
        subprocess.run(
            [ROOST, "run", "--sandbox", tier, folder / "last.py"], env=environ, check=True, stdout=subprocess.DEVNULL
        )
    time.sleep(0.5)
    left = {
        "runs": runs,
        "killed": killed,
        "processes": sum(MARK in line for line in command_lines()),
        "mounts": len(Path("/proc/mounts").read_text().splitlines()) - len(mounts.splitlines()),
        "folders": sum(1 for _ in (folder / "tmp").iterdir()),
        "cgroups": sum(1 for _ in cgroups.left()),
        "containers": sum(1 for _ in daemon.listed(f"{daemon.MACHINE}={daemon.machine()}")) if "docker" in tiers else 0,
    }
    print(", ".join(f"{name} {count}" for name, count in left.items()))
    return left


def children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def command_lines() -> list[str]:
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            try:
                found.append((place / "cmdline").read_text("utf-8", "replace"))
            except OSError:
                continue
    return found


if __name__ == "__main__":
    main()
