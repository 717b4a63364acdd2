from __future__ import annotations

import json
import os
import time

import pytest

from tests.index import wheel

pytestmark = pytest.mark.thorough

ASKING = "# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nprint(soup.__version__)\n"


@pytest.fixture
def dinner(index, roost, script):
    """A script that ran with `soup` 1.0 before 2.0 appeared."""
    index.add("soup", "1.0", history=False)
    path = script(ASKING)
    assert roost("run", path).output == "1.0\n"
    index.add("soup", "2.0", requires=("stock",))
    index.add("stock", "1.4")
    return path


@pytest.mark.covers("C7 updates")
@pytest.mark.covers("A6")
def test_an_update_is_taken_and_can_be_taken_back(dinner, roost):
    assert roost("run", dinner).output == "1.0\n"
    done = roost("env", "update", dinner)
    assert done.status == 0
    assert done.output.splitlines()[1:] == ["  soup 1.0 → 2.0", "  + stock 1.4"]
    assert roost("run", dinner).output == "2.0\n"
    [earlier] = roost("env", "rollback", "--list", dinner, "--json").data["earlier"]
    assert earlier["changes"] == [
        {"name": "soup", "before": "2.0", "after": "1.0"},
        {"name": "stock", "before": "1.4", "after": None},
    ]
    back = roost("env", "rollback", dinner)
    assert back.output.splitlines()[1:] == ["  soup 2.0 → 1.0", "  - stock 1.4"]
    for _ in range(3):
        assert roost("run", dinner).output == "1.0\n"
    again = roost("env", "rollback", dinner)
    assert again.status == 66
    assert "has its oldest lock already" in again.errors
    assert roost("env", "rollback", "--to", "1", dinner).status == 0
    assert roost("run", dinner).output == "2.0\n"


@pytest.mark.covers("C7 updates")
@pytest.mark.thorough
def test_what_was_rolled_back_stays_until_an_update_is_asked_for(dinner, roost, home):
    assert roost("env", "update", dinner).status == 0
    assert roost("env", "rollback", dinner).status == 0
    [file] = (home / "state" / "requests").glob("*.json")
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"created": time.time() - 400 * 86400}))
    for _ in range(3):
        assert roost("run", dinner).output == "1.0\n"
    assert roost("run", "--upgrade", dinner).output == "2.0\n"
    assert roost("run", dinner).output == "2.0\n"


@pytest.mark.covers("C7 updates")
def test_an_update_with_which_the_imports_fail_is_not_taken(dinner, roost, index):
    index.add("soup", "3.0", modules={"soup.py": "1 / 0\n"})
    done = roost("env", "update", dinner)
    assert done.status == 69
    assert "kept as it was; tried soup 1.0 → 3.0" in done.output
    assert "ZeroDivisionError" in done.output
    assert roost("run", dinner).output == "1.0\n"


@pytest.mark.covers("C7 updates")
def test_an_update_that_cannot_be_built_is_not_taken(dinner, roost, index):
    index.put("soup", *wheel("soup", "3.0"), sha256="0" * 64)  # not what the page says
    done = roost("env", "update", dinner)
    assert done.status != 0
    assert "hash" in done.errors.lower()
    assert roost("run", dinner).output == "1.0\n"


@pytest.mark.covers("A6")
@pytest.mark.thorough
def test_an_environment_is_updated_by_the_scripts_that_run_in_it(dinner, roost, script):
    other = script(ASKING + "print('other')\n", "other.py")
    assert roost("run", other).status == 0
    [one] = roost("env", "list", "--json").data["environments"]
    done = roost("env", "update", one["name"], "--json").data["scripts"]
    assert {row["script"] for row in done} == {str(dinner), str(other)}
    for path in (dinner, other):
        assert roost("run", path).output.splitlines()[0] == "2.0"


@pytest.mark.covers("A6")
@pytest.mark.thorough
def test_all_scripts_are_updated_and_one_that_fails_holds_up_none(dinner, roost, script):
    other = script(ASKING + "print('other')\n", "other.py")
    assert roost("run", other).status == 0
    other.write_text("# /// script\n# dependencies = ['nowhere']\n# ///\n")
    done = roost("env", "update", "--all")
    assert done.status == 69
    assert f"{dinner}: soup-" in done.output
    assert f"{other}: kept as it was" in done.output
    assert roost("run", dinner).output == "2.0\n"
    assert roost("env", "update").status == 64


def test_nothing_to_update_and_nothing_to_go_back_to(dinner, roost, index):
    del index.projects["soup"][1:]
    assert roost("env", "update", dinner).output == f"{dinner}: nothing newer fits\n"
    assert "there is no earlier lock" in roost("env", "rollback", dinner).errors
    assert roost("env", "rollback", "--list", dinner).output == "there is no earlier lock of `it.py`\n"
    assert roost("env", "update", "nowhere").status == 66


def test_a_lock_beside_the_script_decides(dinner, roost):
    assert roost("lock", dinner).status == 0
    assert "has a lock beside it" in roost("env", "rollback", dinner).errors


@pytest.mark.thorough
def test_the_last_ten_locks_of_a_request_are_kept(dinner, roost, index, home):
    for number in range(3, 15):
        index.add("soup", f"{number}.0")
        assert roost("env", "update", dinner).status == 0
    listed = roost("env", "rollback", "--list", dinner, "--json").data["earlier"]
    assert [one["changes"][0]["after"] for one in listed] == [f"{number}.0" for number in range(13, 3, -1)]
    [folder] = (home / "state" / "requests" / "earlier").iterdir()
    damaged = max(folder.iterdir())
    os.truncate(damaged, 20)
    assert len(roost("env", "rollback", "--list", dinner, "--json").data["earlier"]) == 9
    assert roost("env", "rollback", "--to", "11", dinner).status == 64


@pytest.mark.covers("A6")
@pytest.mark.covers("C7 updates")
@pytest.mark.thorough
def test_what_is_outdated_is_listed_with_what_stands_against_it(roost, script, index):
    index.add("soup", "1.0", requires=("stock<2",), history=False)
    index.add("stock", "1.0", history=False)
    assert roost("env", "outdated").output == "nothing is outdated\n"
    path = script(ASKING)
    assert roost("run", path).status == 0
    assert roost("env", "outdated", path).output == "nothing is outdated\n"
    index.add("soup", "1.5", requires=("stock<2",))
    index.add("stock", "3.0")
    rows = roost("env", "outdated", path, "--json").data["outdated"]
    assert [(row["name"], row["version"], row["latest"], row["held_by"]) for row in rows] == [
        ("soup", "1.0", "1.5", []),
        ("stock", "1.0", "3.0", ["soup 1.0 needs stock<2"]),
    ]
    assert "stock  1.0 → 3.0  soup 1.0 needs stock<2" in roost("env", "outdated").output
    index.fail("/simple/", 503)
    assert roost("env", "outdated").status == 69


def test_a_lock_that_was_gone_back_to_outlives_its_environment_as_long_as_the_script_is_there(dinner, roost, home):
    assert roost("env", "update", dinner).status == 0
    assert roost("env", "rollback", dinner).status == 0
    [file] = (home / "state" / "requests").glob("*.json")
    for path in (file, *(home / "state" / "requests").rglob("*.json")):
        os.utime(path, (1, 1))
    for environment in roost("env", "list", "--json").data["environments"]:
        assert roost("env", "rm", environment["name"]).status == 0
    assert roost("env", "gc", "--older-than", "0", "--json").data["requests"] == 0
    assert roost("run", dinner).output == "1.0\n"
    dinner.unlink()
    said = roost("env", "gc", "--older-than", "0")
    assert "forgot 1 remembered lock that nothing leads to\n" in said.output
    assert not file.exists()
