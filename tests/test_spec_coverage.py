"""`docs/spec-coverage.md` and the `covers` marks say the same."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


@functools.cache
def marked() -> dict[str, set[str]]:
    """Row of the specification → the tests that carry its mark, as `folder/test_file.py::name`."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.covers":
                    for row in mark.args:
                        place = f"{path.relative_to(ROOT / 'tests').as_posix()}::{node.name}"
                        found.setdefault(ast.literal_eval(row), set()).add(place)
    return found


@functools.cache
def listed() -> dict[str, set[str]]:
    """Row → the tests that the page names."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "docs/spec-coverage.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) >= 3 and re.fullmatch(r"[A-D]\d+(?: [a-z-]+)?", cells[0]):
            found.setdefault(cells[0], set()).update(re.findall(r"`([\w/]+\.py::\w+)`", cells[2]))
    return found


def test_every_marked_test_is_on_the_page():
    assert {
        row: tests - listed().get(row, set()) for row, tests in marked().items() if tests - listed().get(row, set())
    } == {}


def test_every_test_on_the_page_exists_and_is_marked():
    assert {
        row: tests - marked().get(row, set()) for row, tests in listed().items() if tests - marked().get(row, set())
    } == {}
