"""Which distributions does a script need? The shared benchmark, run with `roost check --no-build --json`.

    python benchmarks/inference.py [--bench DIR] [--json FILE] [further arguments of bench.py]

DIR is the folder of `bench.py` (by default the one beside this checkout); without it there is nothing to run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCH = HERE.parent.parent / "shared" / "bench" / "inference"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--json", type=Path, help="write the scores and every wrong answer here")
    options, further = parser.parse_known_args()
    script = options.bench / "bench.py"
    if not script.exists():
        print(f"the benchmark is not at {options.bench}: name its folder with --bench", file=sys.stderr)
        return 66
    roost = Path(sys.executable).parent / "roost"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        tool = f"roost=json:{roost} check {{file}} --no-build --json"
        done = subprocess.run([sys.executable, script, "--tool", tool, "--wrong", "--out", out, *further], check=False)
        if options.json and out.exists():
            write(options.json, json.loads(out.read_text()))
    return done.returncode


def write(file: Path, document: dict[str, dict]) -> None:
    """Keep the scores with the cores of this machine, and of the cases only those that are not exact."""
    kept = {
        "cores": os.cpu_count(),
        "summary": document["roost"]["summary"],
        "not exact": [
            {key: row[key] for key in ("case", "answer", "wrong", "traps", "missed", "error")}
            for row in document["roost"]["rows"]
            if not row["exact"]
        ],
    }
    file.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
