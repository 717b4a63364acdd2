"""What `roost run` of a script that ran before adds to its environment's own Python; beside it what others take.

Three scripts: empty, one that declares a requirement, one with ten local modules. Needs strace for the system calls
before the script's first line, and the index once, to install the peers and the one requirement.

Run: .venv/bin/python benchmarks/warm_run.py [--json FILE] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import clean_environment, measure, report

HERE = Path(sys.executable).parent
DECLARED = "# /// script\n# dependencies = ['six']\n# ///\n"
FIRST_LINE = "import os; os.path.exists('/the-first-line')\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = clean_environment(
            ROOST_HOME=str(folder / "home"), UV_CACHE_DIR=str(folder / "uv"), PIPX_HOME=str(folder / "pipx")
        )
        peers = folder / "peers"
        subprocess.run([HERE / "uv", "venv", "-q", "--python", sys.executable, peers], env=environ, check=True)
        subprocess.run(
            [HERE / "uv", "pip", "install", "-q", "--python", peers, "pipx", "pip-run"], env=environ, check=True
        )
        result = {
            case: of_case(case, folder / case, peers / "bin", environ, arguments.rounds)
            for case in ("empty", "declared", "modules")
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


def of_case(case: str, folder: Path, peers: Path, environ: dict[str, str], rounds: int) -> object:
    folder.mkdir()
    script = folder / "it.py"
    modules = [f"local{number}" for number in range(10)] if case == "modules" else []
    for module in modules:
        (folder / f"{module}.py").write_text("VALUE = 1\n")
    script.write_text(
        (DECLARED if case == "declared" else "") + "".join(f"import {module}\n" for module in modules) + "pass\n"
    )
    roost = [HERE / "roost", "run", script]
    python = warm(roost, folder, environ)
    subjects = {
        "its environment's python": [python, script],
        "roost run": roost,
        "uv run --script": [HERE / "uv", "run", "-q", "--script", script],
        "uvx python": [HERE / "uvx", "-q", *(["--with", "six"] if case == "declared" else []), "python", script],
        "pipx run": [peers / "pipx", "run", script],
        "pip-run": [peers / "pip-run", *(["six"] if case == "declared" else []), "--", script],
    }
    if case == "modules":  # both put the script's folder elsewhere or copy it
        del subjects["pipx run"]
    measure(subjects, rounds=2, environ=environ, cwd=folder)
    took = measure(subjects, rounds=rounds, environ=environ, cwd=folder)
    print(f"\n{case}")
    report(took, against="its environment's python", file=folder / "took.json", rounds=rounds)
    script.write_text(script.read_text() + FIRST_LINE)
    warm(roost, folder, environ)
    counted = {name: calls(subjects[name], folder, environ) for name in ("its environment's python", "roost run")}
    print(f"system calls before the first line: {counted}")
    return {"took": json.loads((folder / "took.json").read_text()), "system calls": counted}


def warm(roost: list[str | Path], folder: Path, environ: dict[str, str]) -> str:
    """Run until the launcher has a record; gives the environment's Python."""
    home = Path(environ["ROOST_HOME"])
    record = home / f"cache/launcher/1{folder}/it.py/.record"
    for _ in range(50):
        time.sleep(0.2)
        subprocess.run(roost, cwd=folder, env=environ, check=True)
        if record.exists():
            found = re.search(r"environment=(\S+) python=(\S+) ", record.read_text())
            if found:
                subprocess.run(roost, cwd=folder, env=environ, check=True)
                return found[2]
    raise SystemExit("no record was written")


def calls(command: list[str | Path], folder: Path, environ: dict[str, str]) -> int:
    """Count the system calls of a command until the script's first line."""
    log = folder / "calls"
    subprocess.run(["strace", "-f", "-o", log, *command], cwd=folder, env=environ, check=True)
    lines = log.read_text(errors="replace").splitlines()
    return next(number for number, line in enumerate(lines) if "/the-first-line" in line)


main()
