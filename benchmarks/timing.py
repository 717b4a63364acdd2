"""Times commands in shuffled, interleaved rounds and reports ratios: the machines are noisy, only ratios mean something."""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Subject = Callable[[], object] | Sequence[str | Path]


def clean_environment(**more: str) -> dict[str, str]:
    """Give this process's environment without what would make one side write or skip bytecode."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in dropped} | more


def measure(
    subjects: Mapping[str, Subject],
    *,
    rounds: int,
    environ: Mapping[str, str] | None = None,
    before: Callable[[str], None] | None = None,
    cwd: Path | None = None,
    seed: int = 1,
) -> dict[str, list[float]]:
    """Run each subject once a round, in a new order each round; gives the seconds of every repetition.

    Args:
        subjects: a name and either a command line or a function.
        before: called with the subject's name, outside the time measured.

    Raises:
        RuntimeError: a command did not end with status 0.
    """
    order = random.Random(seed)
    names = list(subjects)
    took: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        order.shuffle(names)
        for name in names:
            if before:
                before(name)
            subject = subjects[name]
            begin = time.perf_counter()
            if callable(subject):
                subject()
            else:
                _run(subject, environ, cwd)
            took[name].append(time.perf_counter() - begin)
    return took


def _run(argv: Sequence[str | Path], environ: Mapping[str, str] | None, cwd: Path | None) -> None:
    done = subprocess.run(
        list(map(str, argv)),
        env=environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{argv} ended with {done.returncode}: {done.stderr[-2000:]}")


def report(
    took: Mapping[str, Sequence[float]], *, against: str, file: Path | None = None, **facts: object
) -> dict[str, object]:
    """Print each subject's minimum, median and maximum and its ratio to one of them; write all of it as JSON if asked."""
    base = statistics.median(took[against])
    least = min(took[against])
    width = max(map(len, took))
    print(f"{'':{width}}   min ms  median ms   max ms   × {against} (median)   × (min)")
    rows = {}
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        rows[name] = {
            "seconds": [round(value, 6) for value in seconds],
            "minimum": min(seconds),
            "median": middle,
            "maximum": max(seconds),
            "ratio": middle / base,
            "ratio_of_minima": min(seconds) / least,
        }
        print(
            f"{name:{width}} {min(seconds) * 1e3:8.1f} {middle * 1e3:10.1f} {max(seconds) * 1e3:8.1f}   {middle / base:8.2f}"
            f"            {min(seconds) / least:8.2f}"
        )
    document: dict[str, object] = {
        "against": against,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
        **facts,
        "results": rows,
    }
    if file:
        file.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return document
