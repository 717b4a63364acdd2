"""What reading a script costs beside `ast.parse` of the same text, and whether memory stays flat over many files.

    python benchmarks/reading.py [--files 500] [--megabytes 50] [--json FILE]

The files are those of the standard libraries and site-packages of the machine's Pythons, drawn with a fixed seed. `text` is
a reading of the bytes alone; `file` reads the file with its local modules, compared with `ast.parse` of everything that was read.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import json
import os
import platform
import random
import resource
import statistics
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from roost import home, scripts
from roost.errors import RoostError
from roost.scripts import pythons

ROUNDS = 5
GOAL = 3.0  # times `ast.parse`
NOWHERE = Path("/nonexistent")  # no local modules


def candidates() -> list[Path]:
    """Name every Python file of the Pythons on this machine, our own environment's included."""
    roots = {Path(os.__file__).parent, *(Path(entry) for entry in sys.path if entry.endswith("site-packages"))}
    for interpreter in pythons.installed(home.locate(), os.environ):
        roots.update(interpreter.path.resolve().parent.parent.glob("lib/python3*"))
    return sorted({path for root in roots for path in root.rglob("*.py") if "__pycache__" not in path.parts})


def readable(paths: list[Path], count: int, seed: int) -> Iterator[tuple[Path, bytes]]:
    """Draw files of at least 500 bytes that our own Python can parse."""
    random.Random(seed).shuffle(paths)
    for path in paths:
        data = path.read_bytes()
        if len(data) < 500:
            continue
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        yield path, data
        count -= 1
        if not count:
            return


def seconds(subjects: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Give the best of some interleaved rounds of each subject."""
    best = dict.fromkeys(subjects, float("inf"))
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            begin = time.perf_counter()
            subject()
            best[name] = min(best[name], time.perf_counter() - begin)
    return best


def compared(paths: list[Path], files: int) -> dict[str, object]:
    texts: list[float] = []
    follows: list[float] = []
    for path, data in readable(paths, files, 1):
        text = data.decode("utf-8", "replace")
        best = seconds(
            {
                "parse": lambda text=text: ast.parse(text),
                "text": lambda path=path, data=data: scripts.read_text(
                    data, name=path.name, form="python", folder=NOWHERE
                ),
            }
        )
        texts.append(round(best["text"] / best["parse"], 3))
        if len(follows) < files // 10:
            follows.append(followed(path))
    return {"text": texts, "file": follows}


def followed(path: Path) -> float:
    """Compare a reading that follows local modules with `ast.parse` of all that it read; once, for it may be a lot."""
    begin = time.perf_counter()
    script = scripts.read(path)
    took = time.perf_counter() - begin
    sources = [one.read_bytes() for one in script.inputs if one.suffix == ".py"]
    begin = time.perf_counter()
    for source in sources:
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(source)
    return round(took / (time.perf_counter() - begin), 3)


def memory(paths: list[Path], megabytes: int) -> dict[str, object]:
    """Read files until they make so many megabytes; note what is held after each fifth of them."""
    held: list[tuple[float, int, int]] = []
    total, step = 0, megabytes * 2**20 // 5
    tracemalloc.start()
    for path, data in readable(paths, 100_000, 2):
        try:
            scripts.read_text(data, name=path.name, form="python", folder=NOWHERE)
        except RoostError:
            continue
        total += len(data)
        if total >= step * (len(held) + 1):
            gc.collect()
            held.append(
                (
                    total / 2**20,
                    tracemalloc.get_traced_memory()[0],
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                )
            )
        if len(held) == 5:
            break
    tracemalloc.stop()
    return {
        "megabytes_read": [row[0] for row in held],
        "bytes_held": [row[1] for row in held],
        "peak_bytes": [row[2] for row in held],
    }


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--files", type=int, default=500)
    options.add_argument("--megabytes", type=int, default=50)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    paths = candidates()
    ratios = compared(paths, given.files)
    for name, values in ratios.items():
        print(
            f"{name}: times ast.parse  min {min(values):.2f}  median {statistics.median(values):.2f}  max {max(values):.2f}  of {len(values)}"
        )
    held = memory(paths, given.megabytes)
    for read, size, peak in zip(held["megabytes_read"], held["bytes_held"], held["peak_bytes"], strict=True):
        print(
            f"after {read:5.1f} MB: {size / 2**20:6.2f} MB held by Python, peak of the process {peak / 2**20:6.1f} MB"
        )
    if given.json:
        facts = {"cores": os.cpu_count(), "python": platform.python_version(), "goal": GOAL, "rounds": ROUNDS}
        given.json.write_text(json.dumps({**facts, "ratios": ratios, "memory": held}, indent=1))
    return 0 if statistics.median(ratios["text"]) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
