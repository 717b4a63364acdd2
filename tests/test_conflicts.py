"""Requirements that do not go together: both sides are named, and what is suggested helps when it is done."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

COMMAND = re.compile(r"^hint: .*which was tried: `roost ([^`]+)`", re.MULTILINE)


def block(*requirements, body=""):
    listed = "".join(f"#   {text!r},\n" for text in requirements)
    return f"# /// script\n# dependencies = [\n{listed}# ]\n# ///\n{body}"


def suggested(said):
    return [shlex.split(words) for words in COMMAND.findall(said.errors)]


@pytest.fixture
def conflicting(index):
    """`old` needs `soup` below 2, `fresh` needs 2; `old` 2 goes with it."""
    for version in ("1.0", "1.5", "2.0"):
        index.add("soup", version, history=False)
    index.add("old", "1.0", requires=("soup<2",), history=False)
    index.add("old", "2.0", requires=("soup>=2",), history=False)
    for version in ("1.0", "1.1", "1.2"):
        index.add("fresh", version, requires=("soup>=2",), history=False)
    return index


@pytest.mark.covers("B5")
@pytest.mark.parametrize(
    "case",
    [
        (("old==1.0", "soup>=2"), "import old, soup\nprint(old.__version__)", ["add", "FILE", "old>=2.0"], "2.0\n"),
        (("old<2", "fresh"), "import old, fresh, soup\nprint(old.__version__)", ["add", "FILE", "old>=2.0"], "2.0\n"),
        (("fresh", "soup<2"), "import fresh, soup\nprint(soup.__version__)", ["add", "FILE", "soup>=2.0"], "2.0\n"),
        (("soup>=7",), "import soup\nprint(soup.__version__)", ["add", "FILE", "soup<=2.0"], "2.0\n"),
        (("soup<2", "fresh"), "import soup\nprint(soup.__version__)", ["add", "FILE", "soup>=2.0"], "2.0\n"),
    ],
    ids=["newer", "with another", "older", "not there", "one side"],
)
def test_a_suggestion_resolves_and_imports(roost, script, conflicting, case):
    requirements, body, command, prints = case
    file = script(block(*requirements, body=body))
    said = roost("run", file)
    assert said.status == 69
    first = suggested(said)[0]
    assert first == [str(file) if word == "FILE" else word for word in command], said.errors
    assert roost(*first).status == 0
    assert roost("run", file).output == prints


@pytest.mark.covers("C7 conflicts")
@pytest.mark.covers("B5")
def test_both_sides_are_named_with_the_place_where_each_was_written(roost, script, conflicting):
    file = script("import fresh\n")
    (file.parent / "requirements.txt").write_text("# ours\nold<2\n")
    for words in (("run",), ("lock",), ("check",)):
        said = roost(*words, file)
        text = said.errors + said.output
        assert "`old<2` is asked for: declared in `requirements.txt`, line 2" in text
        assert "`fresh` is asked for: `import fresh` at line 1" in text
        assert f"`roost add {file} 'old>=2.0'`" in text


@pytest.mark.covers("B5")
def test_what_nothing_imports_may_be_dropped(roost, script, index):
    for version in ("1.0", "2.0"):
        index.add("soup", version, history=False)
    index.add("unused", "1.0", requires=("soup<2",), history=False)
    index.add("fresh", "1.0", requires=("soup>=2",), history=False)
    file = script(block("unused", "fresh", body="import fresh"))
    said = roost("run", file)
    assert suggested(said) == [["remove", str(file), "unused"]]
    assert roost(*suggested(said)[0]).status == 0
    assert roost("run", file).status == 0


@pytest.mark.covers("B5")
@pytest.mark.thorough
def test_an_older_pair_is_found(roost, script, index):
    for version in ("1.0", "2.0", "3.0"):
        index.add("soup", version, requires=(f"stock=={version}",), history=False)
        index.add("stock", version, history=False)
        index.add("spoon", version, requires=(f"stock=={version if version != '3.0' else '2.0'}",), history=False)
    file = script(
        block("soup==3.0", "spoon==1.0", "stock<3", body="import soup, spoon, stock\nprint(soup.__version__)")
    )
    said = roost("run", file)
    assert suggested(said), said.errors
    assert roost(*suggested(said)[0]).status == 0
    assert roost("run", file).status == 0


@pytest.mark.covers("B5")
def test_options_of_the_command_line_are_suggested_anew(roost, script, conflicting):
    file = script("import fresh\n")
    said = roost("run", "--with", "soup<2", "--with", "fresh", file)
    first = suggested(said)[0]
    assert first == ["run", "--with", "soup>=2.0", "--with", "fresh", str(file)]
    assert roost(*first).status == 0


@pytest.mark.covers("B5")
def test_adding_what_does_not_fit_says_what_would(roost, script, conflicting):
    file = script(block("old<2", body="import old\nprint(old.__version__)"))
    before = file.read_text()
    said = roost("add", file, "fresh")
    assert said.status == 69
    assert file.read_text() == before
    first = suggested(said)[0]
    assert first == ["add", str(file), "old>=2.0", "fresh"]
    assert roost(*first).status == 0
    assert roost("run", file).output == "2.0\n"


@pytest.mark.covers("B5")
def test_nothing_is_said_that_was_not_tried(roost, script, index):
    for version in ("1.0", "2.0"):
        index.add("soup", version, history=False)
    index.add("old", "1.0", requires=("soup<2",), history=False)
    index.add("fresh", "1.0", requires=("soup>=2",), history=False)
    said = roost("run", script(block("old==1.0", "fresh", body="import old, fresh")))
    assert suggested(said) == []
    assert re.search(r"because \d+ changes? (was|were) tried in \d+ s, none of them helps", said.errors)


# From the history of the public index: what people had, and what they added to it.
REAL = {
    "requests": (("requests==2.25.1", "urllib3>=2"), "import requests, urllib3"),
    "flask": (("flask==1.1.4", "werkzeug>=2"), "import flask, werkzeug"),
    "fastapi": (("fastapi==0.95.0", "pydantic>=2"), "import fastapi, pydantic"),
    "httpx": (("httpx==0.23.0", "httpcore>=1"), "import httpx, httpcore"),
    "databases": (("databases==0.6.0", "sqlalchemy>=2"), "import databases, sqlalchemy"),
    "rich": (("rich==10.0.0", "typing-extensions>=4"), "import rich, typing_extensions"),
    "black": (("black==23.1.0", "click<8"), "import black, click"),
    "pandas": (("pandas==2.1.4", "numpy>=2"), "import pandas, numpy"),
    "jsonschema": (("jsonschema==4.23.0", "attrs<20"), "import jsonschema, attr"),
    "markdown-it": (("rich==13.9.0", "markdown-it-py<2"), "import rich, markdown_it, rich.markdown"),
}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.covers("B5")
@pytest.mark.parametrize("case", REAL)
def test_a_conflict_of_the_public_index_is_solved_by_what_is_suggested(roost, script, case, tmp_path_factory):
    requirements, body = REAL[case]
    shared = {
        "XDG_CACHE_HOME": "",
        "ROOST_HOME": str(tmp_path_factory.getbasetemp() / "real-home"),
    }  # one cache for all
    file = script(block(*requirements, body=f"{body}\nprint('imported')"))
    said = roost("run", file, **shared, timeout=300)
    assert said.status == 69, said.errors
    for text in requirements:
        assert f"`{text}` is asked for: declared in the PEP 723 block of `it.py`" in said.errors
    first = suggested(said)[0]
    assert roost(*first, **shared, timeout=300).status == 0
    assert roost("run", file, **shared, timeout=300).output == "imported\n", Path(file).read_text()
