"""What goes wrong on the far side of the wire, made there: each ends as a fault with a class, and within its limit."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = pytest.mark.thorough

BLOCK = "# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nprint(soup.__version__)\n"


def failure(roost, file, **environ):
    report = roost.cwd / "report.json"
    said = roost("run", "-v", "--report", report, file, **environ)
    error = json.loads(report.read_text())["error"]
    assert said.status == error["exit"]
    return error, said


@pytest.mark.covers("B5")
@pytest.mark.thorough
@pytest.mark.parametrize(
    "case",
    [
        ("cut", "simple/soup", "index-unreachable", "resolve"),
        ("wrong", "files/soup", "hash-mismatch", "resolve"),
    ],
)
def test_what_an_index_does_has_a_class_and_a_stage(roost, script, index, case):
    fault, part, code, stage = case
    index.add("soup", "1.0", history=False)
    getattr(index, fault).add(part)
    error, _ = failure(roost, script(BLOCK))
    assert (error["code"], error["stage"]) == (code, stage)
    assert error["hints"]
    getattr(index, fault).clear()
    assert roost("run", script(BLOCK)).output == "1.0\n", "nothing half-built is used"


@pytest.mark.covers("B5")
@pytest.mark.thorough
def test_an_index_that_stumbles_is_asked_again(roost, script, index):
    index.add("soup", "1.0", history=False)
    index.flaky.add("soup")
    said = roost("run", "--declared-only", script(BLOCK), UV_HTTP_RETRIES="2")
    assert said.output == "1.0\n", said.errors


@pytest.mark.covers("B5")
@pytest.mark.thorough
def test_an_index_that_hangs_ends_within_the_limit_that_was_set(roost, script, index):
    index.add("soup", "1.0", history=False)
    index.hold("simple/soup")
    error, said = failure(roost, script(BLOCK), UV_HTTP_RETRIES="", ROOST_INDEX_TIMEOUT="6")
    assert error["code"] == "timed-out"
    assert "Request failed after 1 retry" in said.errors
    waits = [float(one) for one in re.findall(r"Request failed after 1 retry in ([\d.]+)s", said.errors)]
    assert waits
    assert max(waits) < 6 + 3, "the limit is for all attempts together; a busy machine adds to it"


@pytest.mark.covers("B5")
@pytest.mark.thorough
def test_an_index_that_hangs_is_waited_for_once(roost, script, index):
    """Reading looks for what an import means, then the resolver would ask the same index."""
    index.hold("simple/")
    source = "# /// script\n# dependencies = ['soup']\n# ///\nimport soup, whatever_this_is\n"
    error, said = failure(roost, script(source), UV_HTTP_RETRIES="", ROOST_INDEX_TIMEOUT="3")
    assert error["code"] == "timed-out"
    assert "gave no answer within 3 s" in error["why"][0]
    assert len(re.findall("uv pip compile", said.errors)) == 1, "from its cache only"


@pytest.mark.covers("C4")
def test_each_step_tried_is_in_the_error_and_with_v_as_it_comes(roost, script, index):
    index.add("soup", "1.0", history=False)
    index.fail("simple/soup", 500)
    error, said = failure(roost, script(BLOCK))
    assert [one.partition(":")[0] for one in error["why"][2:]] == ["uv from its cache", "pip"]
    for step in ("uv from the index: Failed to fetch", "uv from its cache: ", "pip: "):
        assert step in said.errors
