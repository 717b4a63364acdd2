"""What the first environment of a script costs beside uv doing the same by itself.

    python benchmarks/first_run.py [--rounds 9] [--json FILE] [--set requests ...] [--index URL]

Three ratios for each set of names, warm package caches on both sides, each side with its own cache:
`resolved` is plan → lock → environment against `uv venv` and `uv pip install NAMES`; `locked` is the same from a
remembered lock against `uv venv` and `uv pip install --no-deps` of the same pins; `locked, offline` gives that peer
`--offline` too. `cold` is once, with empty package caches. Ours is the whole command, `roost run` of a script that imports these
names after its end: reading, naming, the environment, and the start of the script's Python are all in it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import timing

SETS = {"requests": ["requests"], "medium": ["requests", "pydantic", "rich"], "pandas": ["pandas", "openpyxl"]}
IMPORTS = {"pydantic": "pydantic", "rich": "rich", "requests": "requests", "pandas": "pandas", "openpyxl": "openpyxl"}
ROOST = Path(sys.executable).parent / "roost"


class Bench:
    """One set of names, with folders for both sides."""

    def __init__(self, names: list[str], folder: Path, index: str | None) -> None:
        self.names = names
        self.folder = folder
        self.uv = str(Path(sys.prefix) / "bin" / "uv")
        self.count = 0
        environ = timing.clean_environment(
            ROOST_HOME=str(folder / "home"), UV_CACHE_DIR=str(folder / "uv-cache"), UV_NO_CONFIG="1"
        )
        for name in list(environ):
            if name.startswith("PIP_"):
                del environ[name]
        self.script = folder / "it.py"
        self.script.write_text("import sys\n\nsys.exit()\n" + "".join(f"import {IMPORTS[name]}\n" for name in names))
        self.environ = environ | ({"UV_DEFAULT_INDEX": index} if index else {})

    def call(self, *argv: str) -> None:
        """Run a command to its end."""
        done = subprocess.run(
            argv, env=self.environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{argv[:4]} ended with {done.returncode}: {done.stderr[-2000:]}")

    def place(self) -> str:
        """Give a folder that was never there: what uv knows of an interpreter by its path does not help."""
        self.count += 1
        return str(self.folder / f"env-{self.count}")

    def resolved_by_uv(self) -> None:
        """Do by hand what a first run does."""
        place = self.place()
        self.call(self.uv, "venv", "-q", place, "--python", sys.executable)
        self.call(self.uv, "pip", "install", "-q", "--python", f"{place}/bin/python", *self.names)

    def locked_by_uv(self, *words: str) -> None:
        """Install the pins, without resolving."""
        place = self.place()
        self.call(self.uv, "venv", "-q", place, "--python", sys.executable)
        self.call(
            self.uv,
            "pip",
            "install",
            "-q",
            "--no-deps",
            *words,
            "--python",
            f"{place}/bin/python",
            "-r",
            str(self.folder / "pins.txt"),
        )

    def ours(self) -> None:
        """Run the script."""
        self.call(str(ROOST), "run", "-q", str(self.script))

    def forget(self, *, lock: bool) -> None:
        """Take the environment away, and the lock too if asked; the package cache stays."""
        shutil.rmtree(self.folder / "home" / "data", ignore_errors=True)
        if lock:
            shutil.rmtree(self.folder / "home" / "state" / "requests", ignore_errors=True)

    def pins(self) -> None:
        """Write down what uv has chosen."""
        done = subprocess.run(
            [self.uv, "pip", "freeze", "-q", "--python", f"{self.folder}/env-1/bin/python"],
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        (self.folder / "pins.txt").write_text(done.stdout)


def measure(bench: Bench, rounds: int) -> dict[str, object]:
    cold = timing.measure({"uv": bench.resolved_by_uv, "roost": bench.ours}, rounds=1)
    bench.pins()
    rows: dict[str, object] = {
        "cold": {"uv": cold["uv"][0], "roost": cold["roost"][0], "ratio": cold["roost"][0] / cold["uv"][0]}
    }
    print(f"cold, once: uv {cold['uv'][0]:.2f} s, roost {cold['roost'][0]:.2f} s")
    peers = {
        "resolved": (bench.resolved_by_uv, True),
        "locked": (bench.locked_by_uv, False),
        "locked, offline": (lambda: bench.locked_by_uv("--offline"), False),
    }
    for name, (peer, lock) in peers.items():
        took = timing.measure(
            {"uv": peer, "roost": bench.ours},
            rounds=rounds,
            before=lambda side, lock=lock: bench.forget(lock=lock) if side == "roost" else None,
        )
        print(name)
        rows[name] = timing.report(took, against="uv")
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--json", type=Path)
    options.add_argument("--set", nargs="+", choices=SETS, default=list(SETS))
    options.add_argument("--index")
    chosen = options.parse_args()
    rows: dict[str, object] = {
        "schema": "roost.benchmark/1",
        "cores": os.cpu_count(),
        "rounds": chosen.rounds,
        "load": os.getloadavg()[0],
    }
    for name in chosen.set:
        print(f"== {name}: {' '.join(SETS[name])}")
        folder = Path(tempfile.mkdtemp(prefix="roost-first-run-"))
        try:
            rows[name] = measure(Bench(SETS[name], folder, chosen.index), chosen.rounds)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
