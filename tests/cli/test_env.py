from __future__ import annotations

import pytest


@pytest.fixture
def dinner(index, roost, script):
    """A script with an environment."""
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\n")
    assert roost("run", path).status == 0
    return path


@pytest.mark.covers("C5")
def test_environments_are_listed_shown_and_removed(dinner, roost):
    [listed] = roost("env", "list", "--json").data["environments"]
    assert listed["name"].startswith("soup")
    assert listed["size"] > 0
    shown = roost("env", "show", dinner, "--json").data["environment"]
    assert shown["key"] == listed["key"]
    assert shown["scripts"] == [str(dinner)]
    assert "soup   2.0" in roost("env", "show", listed["name"][:6]).output
    assert roost("env", "rm", listed["name"]).output == f"removed {listed['name']}\n"
    assert roost("env", "list", "--json").data["environments"] == []


def test_one_of_several_that_does_not_exist_removes_none(dinner, roost):
    done = roost("env", "rm", "soup", "nowhere")
    assert done.status == 66
    assert len(roost("env", "list", "--json").data["environments"]) == 1


def test_an_empty_home_says_how_an_environment_comes(roost):
    assert roost("env", "list").output == "there are no environments yet: `roost run FILE` makes one\n"
