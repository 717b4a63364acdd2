"""What only conda has: its modules, programs and variables are there, and an index never takes their place."""

from __future__ import annotations

import json
import shutil

import pytest

from roost import home as homes

pytestmark = pytest.mark.thorough
BODY = (
    "import coffee, os, subprocess, sys\n"
    "print(open(coffee.DATA).read(), os.environ['GRINDER_MODE'])\n"
    "print(subprocess.run(['grind'], capture_output=True, text=True).stdout, end='')\n"
    "print(sys.base_prefix)\n"
)


def folders(roost) -> list[str]:
    found = homes.locate(roost.environ).prefixes
    return sorted(one.name for one in found.iterdir()) if found.is_dir() else []


@pytest.mark.covers("C7 conda")
def test_modules_programs_and_variables_are_there(roost, index, brewing):
    index.add("soup", "1.0")
    path = brewing("coffee>=1", needs=("soup",), body="import soup\n" + BODY)
    first = roost("run", path)
    [name] = folders(roost)
    place = homes.locate(roost.environ).prefixes / name
    assert (first.status, first.output) == (0, f"beans fine\nground in {place}\n{place}\n"), first.errors
    again = [roost("run", path), roost("run", "--offline", path)]
    assert [(one.status, one.output) for one in again] == [(0, first.output)] * 2
    other = brewing("coffee>=1", body="import coffee\nprint(coffee.__file__)\n", name="other.py")
    assert roost("run", other).output.startswith(str(place))
    assert folders(roost) == [name]


def test_a_package_is_added_for_once(roost, channel, script):
    path = script("import coffee\nprint('brewed')\n")
    ran = roost("run", "--with", "conda:coffee", path, ROOST_CONDA_CHANNELS=str(channel.folder))
    assert (ran.status, ran.output) == (0, "brewed\n"), ran.errors


@pytest.mark.covers("C7 conda")
def test_what_conda_has_is_not_taken_from_an_index(roost, index, brewing):
    index.add("coffee", "9.0")
    index.add("cup", "1.0", requires=("coffee>=1",))
    path = brewing("coffee", needs=("cup", "coffee"), body="import coffee, cup\nprint(coffee.__file__)\n")
    ran = roost("run", path)
    assert ran.status == 0, ran.errors
    assert "/prefixes/" in ran.output
    assert not [asked for asked in index.asked if "coffee" in asked]
    [listed] = roost("env", "list", "--json").data["environments"]
    assert listed["distributions"] == [{"name": "cup", "version": "1.0"}]


def test_both_sides_of_a_conflict_between_conda_and_an_index_are_said(roost, index, brewing):
    index.add("cup", "1.0", requires=("coffee>=3",))
    index.add("coffee", "9.0")
    ran = roost("run", brewing("coffee", needs=("cup",), body="import cup\n"))
    assert ran.status == 69
    assert "cup" in ran.errors
    assert "coffee" in ran.errors


def test_check_says_where_packages_are_wanted_and_installs_none(roost, brewing):
    path = brewing("coffee>=1", "grinder", body="import coffee\n")
    checked = roost("check", "--no-build", "--json", path)
    assert checked.status == 0, checked.errors
    assert [one["requirement"] for one in checked.data["conda"]] == ["coffee>=1", "grinder"]
    assert checked.data["requirements"] == []
    assert folders(roost) == []
    assert roost("run", path).status == 0
    page = roost("check", path).output
    assert "coffee>=1  2.0  declared in the PEP 723 block of `it.py`, line 4" in page
    assert "needs 2 conda packages" in page
    found = roost("env", "find", "grind", "--json").output
    assert "grinder 6.1" in found
    shown = roost("env", "show", roost("env", "list", "--json").data["environments"][0]["name"], "--json").data
    assert {one["name"] for one in shown["environment"]["conda"]} == {"python", "coffee", "grinder"}


@pytest.mark.parametrize(
    ("package", "option", "status", "said"),
    [
        ("tea", "-v", 69, "No candidates were found for tea"),
        ("coffee>=3", "-v", 69, "No candidates were found for coffee >=3"),
        ("coffee[", "-v", 65, "cannot read the conda requirement `coffee[`"),
        ("coffee", "--offline", 69, "never solved here"),
    ],
)
def test_what_cannot_be_had_is_said(roost, brewing, package, option, status, said):  # noqa: PLR0917  # a table's columns
    ran = roost("run", option, brewing(package))
    assert ran.status == status, ran.errors
    assert said in ran.errors
    assert "Traceback" not in ran.errors
    assert folders(roost) == []


def test_a_channel_that_is_away_is_said_and_what_is_there_goes_on(roost, channel, brewing):
    path = brewing("coffee", body="import coffee\nprint('brewed')\n")
    assert roost("run", path).output == "brewed\n"
    shutil.rmtree(channel.folder)
    assert roost("run", path).output == "brewed\n"
    roost.environ["ROOST_LOCK_MAX_AGE_DAYS"] = "0"  # then it would be solved again
    path.write_text(path.read_text() + "# edited\n")
    again = roost("run", path)
    assert (again.status, again.output) == (0, "brewed\n"), again.errors
    other = roost("run", brewing("grinder", name="other.py"))
    assert other.status == 69
    assert "Traceback" not in other.errors


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch, plain_channel):
    from roost.distributions.conda import solver

    monkeypatch.setattr(solver, "available", lambda: False)
    with pytest.raises(solver.CondaMissing) as caught:
        solver.needed(["coffee"])
    assert "roost[conda]" in caught.value.hints[0]


@pytest.mark.parametrize("text", ["conda = 'coffee'", "conda = [1]", "conda-channels = 'x'"])
def test_a_table_of_another_form_is_refused(roost, script, text):
    ran = roost("run", script(f"# /// script\n# [tool.roost]\n# {text}\n# ///\n"))
    assert ran.status == 65
    assert "must be a list of texts" in ran.errors


def test_requirements_files_and_projects_may_name_packages(roost, channel, script, tmp_path):
    path = script("import coffee\nprint('brewed')\n")
    listed = path.parent / "requirements.txt"
    listed.write_text("# what conda has\nconda:coffee>=1\n")
    roost.environ["ROOST_CONDA_CHANNELS"] = str(channel.folder)
    assert roost("run", path).output == "brewed\n"
    listed.unlink()
    project = f"[project]\nname = 'x'\nversion = '1'\n[tool.roost]\nconda = ['coffee']\nconda-channels = ['{channel.folder}']\n"
    (path.parent / "pyproject.toml").write_text(project)
    assert json.loads(roost("check", "--json", path).output)["conda"][0]["requirement"] == "coffee"
    assert roost("run", path).output == "brewed\n"
