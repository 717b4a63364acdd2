"""What `roost env list` costs with two hundred environments, beside an empty Python and with none.

The environments are real: each has a distribution of its own and thirty that all have, made on the spot and installed from a folder
of wheels. `find` and `list --size` read names or every file, and are given beside it.

Run: .venv/bin/python benchmarks/listing.py [--json FILE] [--rounds N] [--count N]
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from timing import clean_environment, measure, report

ROOST = Path(sys.executable).parent / "roost"
COMMON = 30  # distributions in each environment


def wheel(folder: Path, name: str) -> None:
    """Write a wheel of one module."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "x = 1\n" * 200,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        path: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        for path, text in files.items()
    }
    lines = [f"{path},sha256={digests[path]},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheels = folder / "wheels"
        wheels.mkdir()
        common = [f"common{number}" for number in range(COMMON)]
        own = [f"own{number}" for number in range(arguments.count)]
        for one in (*common, *own):
            wheel(wheels, one)
        settings = {"ROOST_INDEX_FIND_LINKS": str(wheels), "ROOST_OFFLINE": "1"}
        full = clean_environment(ROOST_HOME=str(folder / "full"), **settings)
        empty = clean_environment(ROOST_HOME=str(folder / "empty"), **settings)
        for number, one in enumerate(own):
            script = folder / f"script{number}.py"
            block = "".join(f'#   "{requirement}",\n' for requirement in (one, *common))
            script.write_text(f"# /// script\n# dependencies = [\n{block}# ]\n# ///\n")
            subprocess.run([ROOST, "run", script], env=full, check=True, stdout=subprocess.DEVNULL)

        def start(*words: str, environ: dict[str, str]) -> object:
            return lambda: subprocess.run(
                words, env=environ, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )

        roost = os.fspath(ROOST)
        took = measure(
            {
                "python -I -S": start(sys.executable, "-I", "-S", "-c", "", environ=full),
                "env list, no environments": start(roost, "env", "list", environ=empty),
                "env list": start(roost, "env", "list", environ=full),
                "env list --json": start(roost, "env", "list", "--json", environ=full),
                "env find own7": start(roost, "env", "find", "own7", environ=full),
                "env list --size": start(roost, "env", "list", "--size", environ=full),
            },
            rounds=arguments.rounds,
        )
        report(
            took,
            against="python -I -S",
            file=arguments.json,
            environments=arguments.count,
            distributions=COMMON + 1,
        )


if __name__ == "__main__":
    main()
