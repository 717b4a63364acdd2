"""Variables that would break isolation are dealt with and named; what a user means stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.records.variables import isolated, looking_in

pytestmark = pytest.mark.covers("C1")
ENVIRONMENT = Path("/data/environments/rich-0123456789ab")


def test_path_and_virtual_env_are_those_of_an_activated_environment():
    given, notes = isolated(
        {"PATH": "/usr/bin:/bin", "VIRTUAL_ENV": "/other", "VIRTUAL_ENV_PROMPT": "other"}, ENVIRONMENT
    )
    assert given == {"PATH": f"{ENVIRONMENT}/bin:/usr/bin:/bin", "VIRTUAL_ENV": str(ENVIRONMENT)}
    assert notes == ()


def test_path_does_not_grow_in_children():
    once, _ = isolated({"PATH": "/bin"}, ENVIRONMENT)
    assert isolated(once, ENVIRONMENT)[0] == once


def test_a_missing_path_is_the_systems_own():
    assert isolated({}, ENVIRONMENT)[0]["PATH"] == f"{ENVIRONMENT}/bin:/bin:/usr/bin"


@pytest.mark.parametrize("name", ["PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE"])
def test_what_puts_another_python_in_place_is_taken_away_and_named(name):
    given, notes = isolated({name: "/opt/python"}, ENVIRONMENT)
    assert name not in given
    assert len(notes) == 1
    assert f"`{name}`" in notes[0]


def test_an_empty_variable_is_nothing_to_speak_of():
    assert isolated({"PYTHONHOME": ""}, ENVIRONMENT)[1] == ()


def test_folders_of_the_user_stay_on_pythonpath_and_other_environments_go():
    foreign = "/home/me/.venv/lib/python3.9/site-packages"
    given, notes = isolated(
        {"PYTHONPATH": f"/home/me/lib:{foreign}:{ENVIRONMENT}/lib/python3.11/site-packages"}, ENVIRONMENT
    )
    assert given["PYTHONPATH"] == f"/home/me/lib:{ENVIRONMENT}/lib/python3.11/site-packages"
    assert foreign in notes[0]
    given, _ = isolated({"PYTHONPATH": "/usr/lib/python3/dist-packages/"}, ENVIRONMENT)
    assert "PYTHONPATH" not in given


def test_a_user_sees_in_the_script_that_they_are_gone(ways, script):
    path = script("import sys; print(sys.prefix, sys.path)")
    ended = ways.run(
        ways.through(str(path)),
        ways.environ | {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/other/lib/python3.9/site-packages"},
    )
    plain = ways.run(ways.plainly(str(path)), ways.activated())
    assert (ended.status, ended.output) == (0, plain.output)
    assert [line.split("`")[1] for line in ended.errors.decode().splitlines()] == ["PYTHONHOME", "PYTHONPATH"]


def test_folders_that_answered_imports_come_behind_what_pythonpath_has():
    given = {"PYTHONPATH": "/mine:/place/src"}
    (note,) = looking_in((Path("/place/src"), Path("/place")), given)
    assert given == {"PYTHONPATH": "/mine:/place/src:/place"}
    assert "`/place`" in note
    assert "/place/src" not in note
    assert looking_in((Path("/place"),), given) == ()
    assert looking_in((Path("/place/src"),), alone := {}) != ()
    assert alone == {"PYTHONPATH": "/place/src"}


@pytest.mark.parametrize("report", [False, True])
def test_a_script_of_a_src_layout_finds_its_package(roost, script, tmp_path, report):
    path = script("import kitchen; print(kitchen.__file__)", "scripts/it.py")
    module = script("", "src/kitchen/__init__.py")
    script("[project]\nname = 'kitchen'\n", "pyproject.toml")
    ran = roost("run", *(["--report", tmp_path / "report.json"] if report else []), path)
    assert ran.output == f"{module}\n"
    assert ran.errors.count(f"`{module.parent.parent}`") == 1
