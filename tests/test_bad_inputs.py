"""What a user can do wrong: one clear error each, no traceback, nothing half-built, and the home as it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Bad:
    """One bad input: how it is made, what is run, the exit status, and what the message must say."""

    make: Callable[[Path], object]
    status: int
    says: tuple[str, ...]
    file: str = "it.py"
    options: tuple[str, ...] = ()


def text(source: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(source, "utf-8")


def data(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def notebook(cells: list, **metadata: object) -> Callable[[Path], object]:
    return text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


def pep723(lines: str) -> Callable[[Path], object]:
    return text("# /// script\n" + "".join(f"# {line}\n" for line in lines.splitlines()) + "# ///\nprint('ran')\n")


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.py", "print(1)\n")


CASES = {
    "no such file": Bad(lambda path: None, 66, ("no", "it.py")),
    "dangling link": Bad(lambda path: path.symlink_to("gone.py"), 66, ("link", "gone.py")),
    "link to itself": Bad(lambda path: path.symlink_to(path.name), 66, ("link",)),
    "empty folder": Bad(lambda path: path.mkdir(), 65, ("empty",), file="folder"),
    "folder without code": Bad(
        lambda path: (path.mkdir(), (path / "notes.txt").touch()), 65, ("__main__.py",), file="folder"
    ),
    "program": Bad(data(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8), 65, ("compiled", "ELF"), file="tool"),
    "binary": Bad(data(bytes(range(256)) * 8), 65, ("binary",), file="tool"),
    "UTF-16": Bad(data("print(1)\n".encode("utf-16")), 65, ("UTF-16",)),
    "NUL bytes": Bad(data(b"print(1)\n" * 20 + b"x = 1\0\nprint(2)\n"), 65, ("NUL", "line 21")),
    "unknown encoding": Bad(data(b"# -*- coding: klingon -*-\nprint(1)\n"), 65, ("klingon",)),
    "not UTF-8": Bad(data(b"print('caf\xe9')\n"), 65, ("UTF-8", "line 1")),
    "syntax error": Bad(text("x = 1\nif x\n    print(x)\n"), 65, ("line 2",)),
    "Python 2": Bad(text("print 'hello'\nexec 'x = 1'\n"), 65, ("Python 2",)),
    "broken notebook": Bad(text('{"cells": ['), 65, ("JSON",), file="book.ipynb"),
    "notebook of R": Bad(
        notebook([{"cell_type": "code", "source": ["x <- c(1)\n"]}], kernelspec={"language": "R", "name": "ir"}),
        65,
        ("R",),
        file="book.ipynb",
    ),
    "Markdown without code": Bad(text("# Title\n\nOnly words.\n"), 65, ("Python",), file="answer.md"),
    "zip without code": Bad(zipped, 65, ("__main__.py",), file="app.pyz"),
    "broken PEP 723": Bad(pep723("dependencies = [\n"), 65, ("PEP 723",)),
    "two PEP 723 blocks": Bad(
        text("# /// script\n# dependencies = []\n# ///\n\n# /// script\n# dependencies = []\n# ///\n"),
        65,
        ("second", "line 5"),
    ),
    "requirement that is none": Bad(pep723('dependencies = ["foo bar baz"]'), 65, ("foo bar baz",)),
    "requires no Python there is": Bad(pep723('requires-python = ">=3.99"'), 69, ("3.99",)),
    "declared name that nobody has": Bad(pep723('dependencies = ["no-such-soup"]'), 69, ("no-such-soup",)),
    "version that nobody has": Bad(pep723('dependencies = ["soup==99"]'), 69, ("soup", "99")),
    "requirements that cannot be met together": Bad(pep723('dependencies = ["soup", "stock<1"]'), 69, ("stock",)),
    "unknown option": Bad(text(""), 64, ("--ofline", "--offline"), options=("--ofline",)),
    "option without its value": Bad(text(""), 64, ("--python",), options=("--python",), file=""),
    "Python that is none": Bad(text(""), 64, ("snake",), options=("--python", "snake")),
    "report that cannot be written": Bad(
        text(""), 73, ("missing",), options=("--report", "missing/folder/report.json")
    ),
    "requirement of --with that is none": Bad(text(""), 65, ("=foo=",), options=("--with", "=foo=")),
}


def listing(home: Path) -> list[str]:
    """Name what a user would call leftovers: environments, and anything half-built."""
    return sorted(
        str(path.relative_to(home)) for path in (home / "data").rglob("*") if path.parent.name == "environments"
    )


@pytest.mark.covers("B5")
@pytest.mark.parametrize("name", CASES)
def test_a_bad_input_is_one_clear_error(roost, index, home, name):
    bad = CASES[name]
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4", history=False)
    index.add("stock", "0.9")
    if bad.file:
        bad.make(roost.cwd / bad.file)
    ran = roost("run", *bad.options, *([bad.file] if bad.file else []))
    assert ran.status == bad.status, ran.errors
    assert ran.output == ""
    assert ran.errors.startswith("error: ")
    assert "Traceback" not in ran.errors
    assert all(part.lower() in ran.errors.lower() for part in bad.says), ran.errors
    assert listing(home) == []


def test_a_python_that_cannot_be_is_told_and_not_used(roost, script):
    ran = roost("run", script('# /// script\n# requires-python = "three"\n# ///\nprint("ran")\n'))
    assert (ran.status, ran.output) == (0, "ran\n")
    assert "three" in ran.errors


@pytest.mark.thorough
def test_a_huge_script_runs_with_what_its_head_declares(roost, index, script):
    index.add("soup", "2.0")
    head = '# /// script\n# dependencies = ["soup"]\n# ///\nimport soup\nprint(soup.__version__)\n'
    path = script(head + "# filler\n" * 1)
    with path.open("a") as file:
        for _ in range(200):
            file.write("#" * (1 << 20) + "\n")
    ran = roost("run", path)
    assert (ran.status, ran.output) == (0, "2.0\n"), ran.errors


def test_settings_that_are_no_toml(roost, home, script):
    (home / "config").mkdir(parents=True)
    (home / "config" / "roost.toml").write_text("index = \n")
    ran = roost("run", script("print(1)\n"))
    assert ran.status == 78
    assert "roost.toml" in ran.errors


def test_a_home_that_is_no_absolute_path(roost, script):
    ran = roost("run", script("print(1)\n"), ROOST_HOME="here")
    assert ran.status == 78
    assert "ROOST_HOME" in ran.errors


@pytest.mark.covers("B5")
def test_an_index_that_is_away(roost, index, script, home):
    ran = roost(
        "run", script('# /// script\n# dependencies = ["soup"]\n# ///\n'), ROOST_INDEX_URL="http://127.0.0.1:9/simple/"
    )
    assert ran.status == 69
    assert "127.0.0.1:9" in ran.errors
    assert listing(home) == []
