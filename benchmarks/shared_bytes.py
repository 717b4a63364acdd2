"""What ten environments with pandas take on disk beside one, and beside ten that uv or pip make.

Each of the ten has pandas and a distribution of its own. Ours and uv's have a cache each, which counts; every file counts once.
Before the first run, then with the bytecode of a run in each. Needs the index.

Run: .venv/bin/python benchmarks/shared_bytes.py [--json FILE] [--count N]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import clean_environment

HERE = Path(sys.executable).parent
OWN = ("six", "idna", "toml", "tabulate", "termcolor", "colorama", "iniconfig", "zipp", "attrs", "cachetools")


def disk(*folders: Path) -> tuple[int, int]:
    """Add up the bytes on disk of folders: all but bytecode, and bytecode; each file once."""
    seen, plain, bytecode = set(), 0, 0
    for folder in folders:
        for at, _, names in os.walk(folder):
            for name in names:
                facts = Path(at, name).lstat()
                if (facts.st_dev, facts.st_ino) in seen:
                    continue
                seen.add((facts.st_dev, facts.st_ino))
                if name.endswith(".pyc"):
                    bytecode += facts.st_blocks * 512
                else:
                    plain += facts.st_blocks * 512
    return plain, bytecode


def call(*words: object, environ: dict[str, str]) -> None:
    subprocess.run(list(map(str, words)), env=environ, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--count", type=int, default=len(OWN))
    arguments = parser.parse_args()
    rows: dict[str, dict[str, list[int]]] = {"roost": {}, "uv": {}, "pip": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "home"
        environ = clean_environment(
            ROOST_HOME=str(home), UV_CACHE_DIR=str(folder / "uv"), PIP_CACHE_DIR=str(folder / "pip"), UV_NO_CONFIG="1"
        )
        places = {
            "roost": (home / "data", home / "cache"),
            "uv": (folder / "uv", folder / "uv-venvs"),
            "pip": (folder / "pip-venvs",),
        }
        for number, own in enumerate(OWN[: arguments.count], 1):
            script = folder / f"it{number}.py"
            script.write_text(f"# /// script\n# dependencies = ['pandas', '{own}']\n# ///\nimport pandas\n")
            code = "import sys, roost; roost.environment(sys.argv[1:])"
            call(sys.executable, "-c", code, "pandas", own, environ=environ)
            venv = folder / "uv-venvs" / own
            call(HERE / "uv", "venv", "--quiet", venv, environ=environ)
            call(
                HERE / "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                venv / "bin/python",
                "pandas",
                own,
                environ=environ,
            )
            if number in (1, arguments.count):
                for side in ("roost", "uv"):
                    rows[side][f"{number} before the first run"] = list(disk(*places[side]))
            if number == 1:
                venv = folder / "pip-venvs" / own
                call(sys.executable, "-m", "venv", venv, environ=environ)
                call(
                    venv / "bin/python",
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-compile",
                    "pandas",
                    own,
                    environ=environ,
                )
                rows["pip"]["1 before the first run"] = list(disk(*places["pip"]))
        for number in range(1, arguments.count + 1):
            call(HERE / "roost", "run", folder / f"it{number}.py", environ=environ)
            call(folder / "uv-venvs" / OWN[number - 1] / "bin/python", folder / f"it{number}.py", environ=environ)
        for side in ("roost", "uv"):
            rows[side][f"{arguments.count} after a run"] = list(disk(*places[side]))
    last = f"{arguments.count} before the first run"
    ratios = {side: rows[side][last][0] / rows[side]["1 before the first run"][0] for side in ("roost", "uv")}
    for side, found in rows.items():
        for what, (plain, bytecode) in found.items():
            print(f"{side:6} {what:22} {plain / 2**20:8.1f} MiB and {bytecode / 2**20:6.1f} MiB of bytecode")
    print(", ".join(f"{side}: {arguments.count} are {ratio:.3f} × one" for side, ratio in ratios.items()))
    print(f"pip would need {arguments.count} × one")
    if arguments.json:
        facts = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
        document = {**facts, "count": arguments.count, "bytes (all but bytecode, bytecode)": rows, "ratios": ratios}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
