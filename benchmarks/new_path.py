"""What a text that ran before costs where it is next: at a new path, on standard input, in `-c`; and `check` of an unchanged file.

A script of 50 lines with a requirement, once declared and once only imported. Bare is its environment's Python with an empty
program; beside it that Python on the same script, `uv run --script` of the same text at a new path, and a text that is new and
needs the same. Each new path is written before the clock runs. Needs the index once, for the one requirement.

Run: .venv/bin/python benchmarks/new_path.py [--json FILE] [--rounds N]
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from timing import clean_environment, measure, report

HERE = Path(sys.executable).parent
ROOST = HERE / "roost"
DECLARED = "# /// script\n# dependencies = ['six']\n# ///\n"
BODY = '''"""Counts words in a text of its own."""

import sys
from collections import Counter

import six

TEXT = """
the quick brown fox jumps over the lazy dog while the other dog
sleeps and the fox runs away from the dog that is not lazy at all
"""


def words(text):
    """Part a text into its words."""
    return [word for word in text.split() if word]


def longest(found):
    """Name the longest word."""
    best = ""
    for word in found:
        if len(word) > len(best):
            best = word
    return best


def table(counts):
    """Set words and counts in columns."""
    width = max(len(word) for word in counts)
    lines = []
    for word, count in counts.most_common():
        lines.append(f"{word:{width}} {count}")
    return "\\n".join(lines)


def main(arguments):
    """Count, and say what was found."""
    found = words(TEXT)
    counts = Counter(found)
    if "--table" in arguments:
        six.print_(table(counts))
    six.print_(len(found), "words,", len(counts), "different")
    six.print_("longest:", longest(found))


if __name__ == "__main__":
    main(sys.argv[1:])
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = clean_environment(ROOST_HOME=str(folder / "home"), UV_CACHE_DIR=str(folder / "uv"))
        result = {
            case: of_case(case, text, folder, environ, arguments.rounds)
            for case, text in (("imported", BODY), ("declared", DECLARED + BODY))
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


def of_case(case: str, text: str, top: Path, environ: dict[str, str], rounds: int) -> object:
    folder = top / case
    folder.mkdir()
    script = folder / "it.py"
    script.write_text(text)
    python = known(script, environ)
    numbers = itertools.count()
    new = {"path": script, "text": text}

    def before(subject: str) -> None:
        """Put the text, or another one with the same needs, where nothing ran."""
        number = next(numbers)
        new["path"] = folder / f"new{number}.py"
        new["text"] = text + (f"# {number}\n" if "new text" in subject else "")
        new["path"].write_text(new["text"])

    def start(command: Callable[[], list[object]], *, piped: bool = False) -> Callable[[], None]:
        def run() -> None:
            subprocess.run(
                list(map(str, command())), env=environ, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                input=text.encode() if piped else None, stdin=None if piped else subprocess.DEVNULL,
            )  # fmt: skip

        return run

    uv = [HERE / "uv", "run", "-q", "--no-project"] if case == "imported" else [HERE / "uv", "run", "-q"]
    uv += ["--with", "six"] if case == "imported" else []
    subjects = {
        "bare": start(lambda: [python, "-I", "-c", "pass"]),
        "its environment's python": start(lambda: [python, script]),
        "roost run: new path": start(lambda: [ROOST, "run", new["path"]]),
        "roost run: standard input": start(lambda: [ROOST, "run", "-"], piped=True),
        "roost run: -c": start(lambda: [ROOST, "run", "-c", text]),
        "roost run: new text": start(lambda: [ROOST, "run", new["path"]]),
        "uv run --script: new path": start(lambda: [*uv, "--script", new["path"]]),
        "roost check": start(lambda: [ROOST, "check", script]),
        "roost check --json --no-build": start(lambda: [ROOST, "check", "--json", "--no-build", script]),
    }
    measure(subjects, rounds=3, before=before)
    took = measure(subjects, rounds=rounds, before=before)
    print(f"\n{case}")
    report(took, against="bare", file=folder / "took.json", rounds=rounds)
    return json.loads((folder / "took.json").read_text())


def known(script: Path, environ: dict[str, str]) -> str:
    """Run until the text is known; gives the environment's Python."""
    time.sleep(0.2)  # what was just written is not relied on
    for _ in range(3):
        subprocess.run([ROOST, "run", script], env=environ, check=True, stdout=subprocess.DEVNULL)
        said = subprocess.run([ROOST, "check", "--json", script], env=environ, check=True, stdout=subprocess.PIPE)
    return str(json.loads(said.stdout)["environment"]["python"])


main()
