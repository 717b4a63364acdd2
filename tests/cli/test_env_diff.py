from __future__ import annotations

import pytest

from tests.environments.test_foreign import make_venv

pytestmark = pytest.mark.thorough


@pytest.fixture
def meals(index, roost, script):
    """Two scripts that ran, with different needs."""
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    index.add("bread", "3.1")
    dinner = script("# /// script\n# dependencies = ['soup==2.0']\n# ///\n", "dinner.py")
    lunch = script("# /// script\n# dependencies = ['soup==0.0.2', 'bread']\n# ///\n", "lunch.py")
    for path in (dinner, lunch):
        assert roost("run", path).status == 0
    return dinner, lunch


@pytest.mark.covers("C7 visualisation")
def test_two_scripts_and_two_environments_are_compared(meals, roost, script):
    said = roost("env", "diff", *meals)
    assert said.output.splitlines() == ["+ bread 3.1", "soup 2.0 → 0.0.2"]
    names = [one["name"] for one in roost("env", "list", "--json").data["environments"]]
    found = roost("env", "diff", *sorted(names, reverse=True), "--json").data
    assert {row["name"] for row in found["differences"]} == {"bread", "soup"}
    assert roost("env", "diff", meals[0], meals[0]).output == "they have the same\n"
    never = script("# /// script\n# dependencies = ['bread']\n# ///\n", "never.py")
    assert roost("env", "diff", never, meals[1]).output.splitlines() == ["+ soup 0.0.2", "+ stock 1.4"]
    assert roost("env", "diff", meals[0], "nowhere").status == 66


@pytest.mark.covers("A4")
@pytest.mark.covers("C7 visualisation")
def test_what_drifted_from_a_file_is_said_with_its_line(meals, roost, script):
    file = script(
        "soup>=2\n# a remark\nbread<3 ; python_version >= '3'\nsnow ; sys_platform == 'win32'\n", "requirements.txt"
    )
    said = roost("env", "diff", meals[1], file)
    assert said.output.splitlines() == [
        "soup 0.0.2 → >=2  (`requirements.txt` line 1)",
        "bread 3.1 → <3  (`requirements.txt` line 3)",
    ]
    assert roost("env", "diff", file, meals[1]).output == said.output
    assert roost("env", "diff", file, file).status == 64
    project = script("[project]\nname = 'x'\nversion = '1'\ndependencies = [\n  'soup>=2',\n]\n", "pyproject.toml")
    assert "has what `pyproject.toml` asks for" in roost("env", "diff", meals[0], project).output
    assert roost("lock", meals[0]).status == 0
    assert roost("env", "diff", meals[0], meals[0].parent / "pylock.dinner.toml").output == "they have the same\n"
    broken = script("packages = 3\n", "pylock.x.toml")
    assert roost("env", "diff", meals[0], broken).status == 65


@pytest.mark.covers("C8")
def test_another_tools_environment_is_compared_too(meals, roost, tmp_path):
    other = make_venv(tmp_path / "work" / ".venv")
    said = roost("env", "diff", meals[0], other)
    assert "- soup 2.0" in said.output
