"""What the import hook adds to the environment's own Python: nothing may be felt of it until an import has failed.

The same environment twice, once without the hook's `.pth` and outside of a run, once as a run has it: an empty script,
one that works for 100 ms, one whose optional import fails, and `import pandas`, which asks for sixteen things it can
do without. Needs the index once.

Run: .venv/bin/python benchmarks/hook.py [--json FILE] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from timing import clean_environment, measure, report

ROOST = Path(sys.executable).parent / "roost"
WORK = "import time\nend = time.perf_counter() + 0.1\nwhile time.perf_counter() < end:\n    sum(range(1000))\n"
CASES = {
    "empty": "",
    "100 ms": WORK,
    "optional": "try:\n    import not_there_at_all\nexcept ImportError:\n    pass\n",
    "pandas": "import pandas\n",
}
SHOW = "import os, sys\nprint(sys.prefix)\nprint(os.environ['ROOST_RUN'])\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=120)
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = clean_environment(ROOST_HOME=str(folder / "home"))
        for case, text in CASES.items():
            results[case] = of_case(case, text, folder, environ, 30 if case == "pandas" else arguments.rounds)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


def of_case(case: str, text: str, folder: Path, environ: dict[str, str], rounds: int) -> object:
    script = folder / f"case {case}.py"
    script.write_text(text + SHOW)
    said = subprocess.run([ROOST, "run", script], env=environ, check=True, capture_output=True, text=True).stdout
    with_hook, run = said.splitlines()[-2:]
    without = f"{with_hook}-bare"
    subprocess.run(["cp", "-al", with_hook, without], check=True)
    for file in Path(without).rglob("_roost*"):
        if file.is_file() and file.suffix in (".pth", ".py"):
            file.unlink()
    script.write_text(text)
    took = measure(subjects(without, with_hook, run, script, environ), rounds=rounds)
    print(f"\n{case}")
    report(took, against="without", file=folder / "took.json", rounds=rounds)
    return json.loads((folder / "took.json").read_text())


def subjects(without: str, with_hook: str, run: str, script: Path, environ: dict[str, str]) -> dict:
    def start(environment: str, **more: str) -> Callable[[], object]:
        words = [f"{environment}/bin/python", str(script)]
        given = environ | more
        return lambda: subprocess.run(words, env=given, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    for environment in (without, with_hook):
        start(environment)()  # bytecode
    return {
        "without": start(without),
        "hook in a run": start(with_hook, ROOST_RUN=run),
        "hook outside of a run": start(with_hook),
    }


main()
