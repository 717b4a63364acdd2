from __future__ import annotations

import pytest


@pytest.mark.covers("C5")
def test_environments_are_listed_shown_and_removed(dinner, roost):
    [listed] = roost("env", "list", "--size", "--json").data["environments"]
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


def test_the_way_to_a_distribution_is_shown(dinner, roost):
    assert roost("env", "why", "soup", "stock").output.startswith("soup==2.0 → stock>=1\n")
    [root] = roost("env", "tree", dinner, "--json").data["tree"]
    assert (root["name"], [below["name"] for below in root["needs"]]) == ("soup", ["stock"])
    assert roost("env", "tree", "soup").output.splitlines()[1:] == ["soup 2.0", "  stock 1.4  (stock>=1)"]
    assert roost("env", "why", "soup", "nowhere").status == 66


def test_what_no_script_needs_is_collected_and_the_rest_is_kept(dinner, roost):
    kept = roost("env", "gc", "--older-than", "0")
    assert "refers to it" in kept.output
    dinner.unlink()
    assert "would remove soup" in roost("env", "gc", "--older-than", "0", "--dry-run").output
    [name] = roost("env", "gc", "--older-than", "0", "--json").data["removed"]
    assert name.startswith("soup")
    assert roost("env", "list", "--json").data["environments"] == []


def test_an_age_that_is_no_number_is_refused(roost):
    assert roost("env", "gc", "--older-than", "soon").status == 64


@pytest.mark.covers("C7 visualisation")
def test_the_line_that_asks_for_a_distribution_is_named(dinner, roost, script):
    said = roost("env", "why", dinner, "stock")
    assert said.output.splitlines()[0] == "soup==2.0 → stock>=1"
    assert "declared in" in said.output
    assert "line 2" in said.output
    other = script("import os\nimport soup\n", "other.py")
    assert roost("run", other).status == 0
    found = roost("env", "why", "stock", "--json").data
    [one] = found["environments"]
    assert {(row["name"], row["script"]) for row in one["asked"]} == {("soup", str(dinner)), ("soup", str(other))}
    assert any("`import soup` at line 2" in row["reason"] for row in one["asked"])
    assert roost("env", "why", "nowhere").status == 66
