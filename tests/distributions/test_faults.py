"""The engine's words become faults with names and bare reasons."""

from __future__ import annotations

import pytest

from roost.distributions import faults, index
from roost.distributions.errors import IndexUnreachable

SAID = {
    "no-matching-version": "  × No solution found when resolving dependencies:\n  ╰─▶ Because only soup<=1.0 is available and you require soup>=5, we can\n      conclude that your requirements are unsatisfiable.\n",
    "credentials-refused": "error: cannot resolve\n  Because https://host/simple/soup/ answered with status code 403 Forbidden\n",
    "hash-mismatch": "error: bad file\nBecause of a hash mismatch for `soup==1.0`\n",
    "engine-failed": "error: it broke\nBecause nobody knows why\n",
    "build-failed": "error: Failed to build `soup`\nBecause the build backend returned an error\n",
}


@pytest.mark.parametrize("code", SAID)
def test_no_reason_begins_with_the_word_that_stands_before_every_reason(code):
    fault = faults.classify(SAID[code], what="cannot have soup")
    assert fault.code == code
    assert fault.why
    assert not any(why.startswith("Because") for why in fault.why)
    assert not faults.one_line(SAID[code]).startswith("Because")


def test_an_index_that_is_away_is_one_fault_whoever_asked_it():
    assert index.IndexUnreachable is IndexUnreachable
    assert type(faults.classify("error: dns error", what="cannot have soup")) is IndexUnreachable


LISTED = """error: No solution found when resolving dependencies
  cause: Because soup==1.0 depends on one of:
             stock>=1,<2
             stock>2,<3
             stock>3,<4
         and you require soup==1.0, we can conclude that you require one of:
             stock>=1,<2
             stock>2,<3
             stock>3,<4

         And because you require stock>=5, we can conclude that your requirements are unsatisfiable.
"""


def test_a_list_of_versions_stays_in_its_sentence():
    fault = faults.classify(LISTED, what="cannot have soup")
    assert fault.code == "conflict"
    assert fault.why == (
        "soup==1.0 depends on one of: stock>=1,<2, …, stock>3,<4 and you require soup==1.0",
        "you require stock>=5",
    )
