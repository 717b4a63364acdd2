"""Does every import that no environment can answer get one sentence with the right class?

    python benchmarks/runs_diagnosis.py [--bench DIR] [--build] [--json FILE]

Two truths stand beside the shared benchmark. `truth.json` says of each module for which nothing may be installed why that is so;
`runs.json` says which scripts do not start although they have the right distributions. For the latter `--build` lets
`roost check` build the environments and try the imports, because only a release itself tells that an interface is gone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCH = HERE.parent.parent / "shared" / "bench" / "inference"
CLASSES = {
    "host": {"host program"},
    "local": {"own file missing"},
    "python2": {"python 2"},
    "uninstallable": {"nothing installable", "refused"},
    "platform": {"other platform"},
}
ENDS = {  # how a case of runs.json ends → classes that explain it
    "host": {"host program", "own file missing", "other platform"},
    "python2": {"python 2"},
    "gone": {"api gone", "python 2"},
    "missing": {"api gone"},
    "broken": {"api gone", "other platform", "nothing installable"},
    "install": {"nothing installable", "other platform"},
}
COPES = {
    "not needed",
    "local",
    "standard library",
    "declared",
    "host",
    "python2",
    "own file",
}  # and no trouble: a handler copes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--build", action="store_true", help="build the environments of the scripts in runs.json")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not (options.bench / "truth.json").exists():
        print(f"the benchmark is not at {options.bench}: name its folder with --bench", file=sys.stderr)
        return 66
    cases = json.loads((options.bench / "truth.json").read_text())["cases"]
    rows = list(of_truth(cases, options.bench)) + list(of_runs(cases, options.bench, build=options.build))
    show(rows)
    if options.json:
        options.json.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")
    return 0


def of_truth(cases: dict[str, dict], bench: Path) -> Iterator[dict]:
    """Compare the class of each module that must not be installed."""
    for name, case in sorted(cases.items()):
        why = {module: cause for module, cause in (case.get("why") or {}).items() if cause in CLASSES}
        if not why:
            continue
        answer = check(bench / "cases" / name / case["entry"], "--no-build")
        for module, cause in why.items():
            given = classes_of(answer, module)
            right = bool(given & CLASSES[cause]) or (given <= COPES and given != {""})
            yield {
                "from": "truth",
                "case": name,
                "module": module,
                "want": cause,
                "given": sorted(given),
                "right": right,
            }


def of_runs(cases: dict[str, dict], bench: Path, *, build: bool) -> Iterator[dict]:
    """Compare the class of what keeps a script from starting."""
    for row in json.loads((bench / "runs.json").read_text())["cases"]:
        if row["start"] == "ok":
            continue
        case = cases[row["case"]]
        answer = check(bench / "cases" / row["case"] / case["entry"], *([] if build else ["--no-build"]))
        given = {one["class"] for one in answer["unresolved"]}
        started = not given and build
        right = started or bool(given & ENDS[row["start"]])
        yield {
            "from": "runs",
            "case": row["case"],
            "want": row["start"],
            "given": sorted(given) or ["starts"],
            "right": right,
        }


def classes_of(answer: dict, module: str) -> set[str]:
    """Give the classes of a module's unresolved entries, else what its imports were answered with."""
    found = {one["class"] for one in answer["unresolved"] if one["name"].partition(".")[0] == module}
    return found or {one["answer"] for one in answer["imports"] if one["name"].partition(".")[0] == module} or {""}


def check(script: Path, *arguments: str) -> dict:
    """Ask `roost check --json` about one script."""
    roost = Path(sys.executable).parent / "roost"
    words = [roost, "check", script, "--json", *arguments]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=script.parent
    )
    try:
        document = json.loads(done.stdout)
    except json.JSONDecodeError:
        document = {}
    if "unresolved" not in document:
        print(f"{script.parent.name}: no answer ({done.returncode}): {done.stderr.strip()[-200:]}", file=sys.stderr)
        return {"unresolved": [], "imports": []}
    return document


def show(rows: list[dict]) -> None:
    """Print the score of each class, and every row that is not right."""
    for source in ("truth", "runs"):
        mine = [row for row in rows if row["from"] == source]
        total, right = Counter(row["want"] for row in mine), Counter(row["want"] for row in mine if row["right"])
        print(f"{source}: {sum(right.values())} of {len(mine)} have the right class")
        for want, count in total.most_common():
            print(f"  {want}: {right[want]} of {count}")
    for row in rows:
        if not row["right"]:
            print(f"  {row['case']} {row.get('module', '')}: wanted {row['want']}, given {', '.join(row['given'])}")


if __name__ == "__main__":
    sys.exit(main())
