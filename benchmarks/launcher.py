"""What the sh launcher adds to the Python that it starts: beside that Python itself, a link, and a console script.

Run: .venv/bin/python benchmarks/launcher.py [--json FILE] [--rounds N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from timing import clean_environment, measure, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    here = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, "roost")
        link.symlink_to(here / "roost")
        subjects = {
            "python -I -m roost": [here / "python", "-I", "-m", "roost", "--version"],
            "roost": [here / "roost", "--version"],
            "roost, by a link": [link, "--version"],
            "roost-python (console script)": [here / "roost-python", "--version"],
            "python -I -c pass": [here / "python", "-I", "-c", "pass"],
            "./roost of the checkout": [here.parent.parent / "roost", "--version"],
            "sh -c :": ["/bin/sh", "-c", ":"],
        }
        environ = clean_environment()
        measure(subjects, rounds=3, environ=environ)
        took = measure(subjects, rounds=arguments.rounds, environ=environ)
    report(took, against="python -I -m roost", file=arguments.json, rounds=arguments.rounds)


main()
