"""What `roost check` costs beside a bare interpreter's start: at most 6 × for a script whose names are in the tables.

    python benchmarks/check_start.py [--rounds 30] [--json FILE]

Bare is `python -I -c pass` of a virtual environment. The answers that `check` remembers are taken away before each round (with
them it is `new_path` that measures); what else it keeps stays.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import timing

ROOST = Path(sys.executable).parent / "roost"
PLAIN = (
    "import json\nimport numpy as np\nimport requests\nfrom PIL import Image\n\nprint(np.zeros(3), requests, Image)\n"
)
DECLARED = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["requests>=2.30", "rich"]\n# ///\n' + PLAIN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = timing.clean_environment(ROOST_HOME=f"{folder}/home")
        subjects: dict[str, timing.Subject] = {"bare": [sys.executable, "-I", "-c", "pass"]}
        for name, text in {"empty": "", "plain": PLAIN, "declared": DECLARED}.items():
            file = Path(folder) / f"{name}.py"
            file.write_text(text, "utf-8")
            subjects[f"check {name}"] = [ROOST, "check", "--no-build", "--json", file]
        subjects["roost --version"] = [ROOST, "--version"]

        def forget(_: str) -> None:
            shutil.rmtree(f"{folder}/home/cache/launcher", ignore_errors=True)

        timing.measure(subjects, rounds=2, environ=environ)  # bytecode and facts, once
        took = timing.measure(subjects, rounds=options.rounds, environ=environ, before=forget)
        timing.report(took, against="bare", file=options.json, target={"check plain": 6.0})


if __name__ == "__main__":
    main()
