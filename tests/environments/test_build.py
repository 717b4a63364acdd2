"""Lock → Environment, with real uv against a loopback index."""

from __future__ import annotations

import pytest

from tests.environments.conftest import run


@pytest.mark.covers("C2")
def test_a_lock_becomes_an_environment_in_which_its_distributions_are_imported(index, room):
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    environment = room.build("soup")
    assert environment.fresh
    assert environment.distributions == (("soup", "2.0"), ("stock", "1.4"))
    assert environment.name.startswith("soup-")
    assert run(environment, "import soup, stock; print(stock.__version__)").stdout == "1.4\n"
    assert room.inside() == [environment.name]


@pytest.mark.covers("C2")
def test_the_same_request_gives_the_same_environment_without_asking_the_index(index, room):
    index.add("soup")
    first = room.build("soup")
    asked = len(index.asked)
    second = room.build("soup")
    assert (second.path, second.fresh) == (first.path, False)
    assert len(index.asked) == asked
