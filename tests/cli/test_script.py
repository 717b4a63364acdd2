from __future__ import annotations

import pytest

SOURCE = """#!/usr/bin/env python3
# /// script
# dependencies = [
#     "soup",  # the first course
# ]
# ///
import soup
"""


@pytest.fixture
def kitchen(index):
    index.add("soup", "1.0")
    index.add("soup", "2.0")
    index.add("stock", "1.4")
    return index


def test_a_requirement_is_added_in_place(kitchen, roost, script):
    path = script(SOURCE)
    done = roost("add", path, "stock>=1")
    assert done.status == 0, done.errors
    assert path.read_text() == SOURCE.replace("# ]", '#     "stock>=1",\n# ]')
    assert "+ stock>=1" in done.output


def test_a_requirement_that_nothing_satisfies_leaves_the_file_as_it_was(kitchen, roost, script):
    path = script(SOURCE)
    done = roost("add", path, "nowhere-to-be-found")
    assert done.status == 69
    assert "nowhere-to-be-found" in done.errors
    assert path.read_text() == SOURCE


def test_a_requirement_in_the_place_of_another_is_resolved_without_it(kitchen, roost, script):
    path = script(SOURCE.replace('"soup"', '"soup<2"'))
    assert roost("add", path, "soup>=2").status == 0
    assert path.read_text() == SOURCE.replace('"soup"', '"soup>=2"')


def test_a_requirements_file_in_use_is_edited(kitchen, roost, script):
    beside = script("# courses\nsoup\n", "requirements.txt")
    path = script("import soup\n")
    assert roost("add", path, "stock").status == 0
    assert beside.read_text() == "# courses\nsoup\nstock\n"
    assert path.read_text() == "import soup\n"
    assert roost("remove", path, "soup").status == 0
    assert beside.read_text() == "# courses\nstock\n"


def test_pins_are_raised_and_what_changed_is_said(kitchen, roost, script):
    path = script(SOURCE.replace('"soup"', '"soup==1.0"'))
    done = roost("upgrade", path)
    assert done.status == 0, done.errors
    assert path.read_text() == SOURCE.replace('"soup"', '"soup==2.0"')
    assert "soup 1.0 → 2.0" in done.output


@pytest.mark.thorough
def test_only_what_is_named_is_upgraded_in_a_lock(kitchen, roost, script):
    path = script(SOURCE.replace('"soup",', '"soup", "stock",'))
    assert roost("lock", path).status == 0
    kitchen.add("soup", "3.0")
    kitchen.add("stock", "2.0")
    done = roost("upgrade", path, "stock", "--json")
    assert done.status == 0, done.errors
    assert done.data["changes"] == ["stock 1.4 → 2.0"]
    text = (path.parent / "pylock.it.toml").read_text()
    assert 'version = "2.0"' in text
    assert "3.0" not in text


def test_upgrading_what_is_not_asked_for_says_what_is(kitchen, roost, script):
    done = roost("upgrade", script(SOURCE), "stock")
    assert done.status == 65
    assert "it asks for `soup`" in done.errors


@pytest.mark.thorough
def test_a_lock_stands_beside_the_script_and_wins(kitchen, roost, script):
    path = script(SOURCE + "print(soup.__version__)\n", "my.dinner.py")
    done = roost("lock", path)
    assert done.status == 0, done.errors
    assert done.output == "locked 1 distribution in `pylock.my_dinner.toml`\n"
    kitchen.add("soup", "3.0")
    assert roost("run", path).output == "2.0\n"
    assert roost("lock", "--upgrade", path).status == 0
    assert roost("run", path).output == "3.0\n"


def test_a_notebook_says_where_its_requirements_go(roost, script):
    path = script('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "it.ipynb")
    done = roost("add", path, "soup")
    assert done.status == 65
    assert "%pip install" in done.errors
