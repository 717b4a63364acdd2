"""Score the naming of imports on the second sample: exact, other, missed, traps.

    python benchmarks/naming/score.py [--command 'roost check {file} --no-build --json --offline'] [--json FILE] [--wrong]

Each row of `sample.json` becomes a script of its own with one import statement, so that no import helps another. The
index is not asked (`--offline`): nothing is looked up that somebody could have invented, and the score is of what roost
itself knows. `exact`: the answer is one of the accepted distributions; `first`: it is the most downloaded of them; `other`:
something else is to be installed; `missed`: nothing is. For a trap `exact` means that nothing is to be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

SAMPLE = Path(__file__).with_name("sample.json")
COMMAND = "roost check {file} --no-build --json --offline"


def main() -> None:
    """Score every row, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--command", default=COMMAND, help="with {file}; prints JSON with `distributions`")
    parser.add_argument("--json", type=Path, help="write the score here")
    parser.add_argument("--wrong", action="store_true", help="print every row that is not exact")
    options = parser.parse_args()
    rows = json.loads(SAMPLE.read_text())["rows"]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "ROOST_HOME": f"{folder}/home"}
        results = [judge(row, ask(options.command, row, Path(folder), environ)) for row in rows]
    table = summary(rows, results)
    show(table)
    if options.wrong:
        for row, (verdict, answer) in zip(rows, results, strict=True):
            if verdict not in {"exact", "first"}:
                print(f"{verdict:7} {row['id']:18} {row['module']:40} wanted {row['accepted'][:3]}, got {answer}")
    if options.json:
        wrong = [
            {"id": row["id"], "module": row["module"], "verdict": verdict, "answer": answer}
            for row, (verdict, answer) in zip(rows, results, strict=True)
            if verdict not in {"exact", "first"}
        ]
        document = {
            "schema": "roost.naming-score/1",
            "command": options.command,
            "cores": os.cpu_count(),
            "table": table,
            "wrong": wrong,
        }
        options.json.write_text(json.dumps(document, indent=1) + "\n")


def ask(command: str, row: dict[str, object], folder: Path, environ: dict[str, str]) -> list[str]:
    """Ask the command for the distributions of a script with this one import; what it needs beside is left out."""
    file = folder / f"{row['id']}.py"
    file.write_text(f"import {row['module']}\n")
    argv = [word.replace("{file}", str(file)) for word in shlex.split(command)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300, env=environ)
    document = json.loads(done.stdout)
    if "distributions" not in document:
        print(f"{row['id']}: {document.get('what')}: {document.get('why')}")
    implied = {one["name"] for one in document.get("requirements", []) if one.get("source") == "implicit"}
    return [name for name in document.get("distributions", []) if name not in implied]  # an error installs nothing


def judge(row: dict[str, object], answer: list[str]) -> tuple[str, list[str]]:
    """Give the verdict on one answer."""
    accepted = row["accepted"]
    if not accepted:
        return ("trap" if answer else "exact"), answer
    if not answer:
        return "missed", answer
    if any(name not in accepted for name in answer):  # type: ignore[operator]
        return "other", answer
    return ("first" if answer[0] == accepted[0] else "exact"), answer  # type: ignore[index]


def summary(rows: list[dict[str, object]], results: list[tuple[str, list[str]]]) -> list[dict[str, object]]:
    """Count verdicts by kind, and in all."""
    table = []
    for kind in [*dict.fromkeys(str(row["kind"]) for row in rows), "names", "traps"]:
        fits = [is_of(str(row["kind"]), kind) for row in rows]
        counts = Counter(verdict for (verdict, _), fit in zip(results, fits, strict=True) if fit)
        exact = counts["exact"] + counts["first"]
        table.append(
            {
                "kind": kind,
                "n": sum(fits),
                "exact": exact,
                **{name: counts[name] for name in ("first", "other", "missed", "trap")},
            }
        )
    return table


def is_of(kind: str, group: str) -> bool:
    """Tell whether a kind belongs to a line of the table."""
    if group in {"names", "traps"}:
        return (group == "traps") == kind.startswith("trap-")
    return kind == group


def show(table: list[dict[str, object]]) -> None:
    """Print the table."""
    print(f"{'kind':14} {'n':>4} {'exact':>12} {'first':>6} {'other':>6} {'missed':>7} {'trap':>5}")
    for line in table:
        share = f"{line['exact']} ({int(str(line['exact'])) / max(1, int(str(line['n']))):.1%})"
        print(
            f"{line['kind']:14} {line['n']:>4} {share:>12} {line['first']:>6} {line['other']:>6} {line['missed']:>7} {line['trap']:>5}"
        )


if __name__ == "__main__":
    main()
