"""A thousand runs as a coding agent makes them, beside `uv run --script` of the same needs, declared, in the same rounds.

Each text is new, at a new path, with one of six kinds of needs; a tenth has an import that reading cannot see.

Counts environments, files and bytes of the home after each tenth, and the memory of the largest process. Needs the
index once.

Run: .venv/bin/python benchmarks/agent_loop.py [--json FILE] [--runs N]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import clean_environment

HERE = Path(sys.executable).parent
KINDS: dict[str, tuple[str, ...]] = {
    "nothing": (), "one": ("six",), "two": ("requests",), "several": ("attrs", "pyyaml", "click"), "numbers": ("numpy",),
    "page": ("beautifulsoup4", "jinja2"),
}  # fmt: skip
IMPORTS = {"attrs": "attr", "pyyaml": "yaml", "beautifulsoup4": "bs4"}
HIDDEN = "idna"
PADDING = "def step_{0}(value):\n    return value + {0}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        result = loop(Path(name), arguments.runs)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


def loop(folder: Path, runs: int) -> dict[str, object]:
    home = folder / "home"
    environ = clean_environment(ROOST_HOME=str(home), UV_CACHE_DIR=str(folder / "uv"))
    choose = random.Random(1)
    took: dict[str, list[float]] = {"roost": [], "roost, with a missing import": [], "uv": []}
    stages = []
    for number in range(runs):
        kind = choose.choice(list(KINDS))
        missing = choose.random() < 0.1
        place = folder / f"agent-{number}"
        place.mkdir()
        script = place / "answer.py"
        script.write_text(text(KINDS[kind], number, missing=missing))
        took["roost, with a missing import" if missing else "roost"].append(
            timed([HERE / "roost", "run", script], environ)
        )
        if number % 5 == 0:
            script.write_text(declared(KINDS[kind], missing=missing) + text(KINDS[kind], number, missing=missing))
            took["uv"].append(timed([HERE / "uv", "run", "-q", "--script", script], environ))
        script.unlink()
        place.rmdir()
        if (number + 1) % max(1, runs // 10) == 0:
            stages.append({"runs": number + 1, **stage(home)})
            print(stages[-1], flush=True)
    summary = {name: summed(times) for name, times in took.items() if times}
    print(json.dumps(summary, indent=1))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {largest:.0f} MiB")
    return {
        "cores": os.cpu_count(),
        "runs": runs,
        "kinds": len(KINDS),
        "took": summary,
        "stages": stages,
        "largest_mib": largest,
    }


def text(needs: tuple[str, ...], number: int, *, missing: bool) -> str:
    lines = [f"import {IMPORTS.get(need, need)}\n" for need in needs]
    lines += [PADDING.format(number + step) for step in range(15)]
    if missing:
        lines.append(f"name = ''.join(reversed({HIDDEN[::-1]!r}))\nprint(__import__(name).__name__)\n")
    return "".join(lines) + f"print(step_{number}(1))\n"


def declared(needs: tuple[str, ...], *, missing: bool) -> str:
    listed = ", ".join(f'"{need}"' for need in (*needs, *([HIDDEN] if missing else [])))
    return f"# /// script\n# dependencies = [{listed}]\n# ///\n"


def timed(words: list[str | Path], environ: dict[str, str]) -> float:
    begin = time.perf_counter()
    done = subprocess.run(words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{words} ended with {done.returncode}: {done.stderr[-2000:]}")
    return time.perf_counter() - begin


def stage(home: Path) -> dict[str, object]:
    """Count what is in the home, in all and in each store of small files; hard links once."""
    files, seen = 0, {}
    for folder, _, names in os.walk(home):
        for name in names:
            facts = os.lstat(f"{folder}/{name}")
            files += 1
            seen[facts.st_ino] = facts.st_blocks * 512
    stores = {store.name: count(store) for top in ("state", "cache/launcher") for store in (home / top).iterdir()}
    environments = [one for one in (home / "data/environments").iterdir() if not one.name.startswith(".")]
    return {"environments": len(environments), "files": files, "bytes": sum(seen.values()), "stores": stores}


def count(store: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(store))


def summed(times: list[float]) -> dict[str, float]:
    return {"runs": len(times), "median": statistics.median(times), "minimum": min(times), "maximum": max(times)}


main()
