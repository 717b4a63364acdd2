"""What an inferred distribution brings along is judged once, when the lock is made, and written down."""

from __future__ import annotations

import json
import shutil
import time

import pytest

from roost.distributions import Plan, Requirement, judgements, trust
from roost.distributions.bringing import Untrusted
from roost.distributions.errors import IndexUnreachable
from tests.environments import conftest as parts

pytestmark = pytest.mark.thorough

python, room = parts.python, parts.room  # its fixtures serve here too


def ago(days: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86400))


def needing(room, *requirements: Requirement) -> Plan:
    plan = room.plan()
    return Plan(plan.script, plan.python, requirements, (), ())


def inferred(name: str, **more) -> Requirement:
    return Requirement(name, name, f"`import {name}` at line 1", "inferred", wheels_only=True, **more)


def declared(name: str) -> Requirement:
    return Requirement(name, name, "declared", "declared")


def names(lock) -> list[str]:
    return [one.name for one in lock.artifacts]


@pytest.fixture
def young(index):
    """`zorbing-kit`, well kept, brings `harness`, which brings `young`, which is three days old."""
    index.add("zorbing_kit", requires=("harness",))
    index.add("harness", requires=("young",))
    index.add("young", uploaded=ago(3))


def test_a_young_name_that_comes_along_is_refused_with_the_way_to_it(young, room):
    with pytest.raises(Untrusted) as caught:
        room.lock(plan=needing(room, inferred("zorbing-kit")))
    assert caught.value.exit == 77
    assert caught.value.why[0] == (
        "`zorbing-kit`, wanted for `import zorbing-kit` at line 1, brings `young` by way of `harness`, which nobody vouches for: "
        "its first release is 3 days old, and 90 are asked for"
    )
    assert caught.value.hints == (
        "allow it once: `roost run --allow young FILE`; for good: `roost trust young`",
        "or declare what brings it, if you know it: `roost add FILE zorbing-kit`",
    )
    assert not list(room.home.requests.glob("*.json"))
    assert judgements.every(room.home) == ()


def test_what_is_good_by_its_facts_comes_along_and_is_written_down(index, room):
    index.add("zorbing_kit", "2.0", requires=("harness",), attested=True)
    index.add("harness", "1.2", history=False)
    lock = room.lock(plan=needing(room, inferred("zorbing-kit")))
    assert names(lock) == ["harness", "zorbing-kit"]
    brought, root = judgements.every(room.home)
    assert (brought.name, brought.version, brought.brought_by, brought.by) == ("harness", "1.2", "zorbing-kit", "facts")
    assert brought.sha256 == lock.artifacts[0].sha256
    assert brought.because == "its first release is of 2020-01-01, it has 1 release"
    assert (root.name, root.imports, root.facts.attested) == ("zorbing-kit", ("zorbing_kit",), True)
    assert "attestations" in root.because


def test_what_the_user_declares_may_bring_anything_and_nobody_is_asked(young, index, room):
    assert names(room.lock(plan=needing(room, declared("zorbing-kit")))) == ["harness", "young", "zorbing-kit"]
    assert all(index.asked.count(f"/simple/{name}/") == 1 for name in ("zorbing-kit", "harness", "young"))


def test_what_something_declared_brings_too_is_the_users_word(young, index, room):
    index.add("other", requires=("young",))
    lock = room.lock(plan=needing(room, inferred("zorbing-kit"), declared("other")))
    assert "young" in names(lock)


@pytest.mark.parametrize(("days", "let_in"), [(20, True), (3, False)])
def test_what_a_known_distribution_brings_need_only_be_older_than_a_hijack_lasts(index, room, days, let_in):
    index.add("flask", requires=("young",))
    index.add("young", uploaded=ago(days), history=False)
    plan = needing(room, inferred("flask"))
    if let_in:
        assert names(room.lock(plan=plan)) == ["flask", "young"]
    else:
        with pytest.raises(Untrusted, match="nobody vouches"):
            room.lock(plan=plan)


def test_a_release_of_before_the_young_name_is_taken_where_there_is_one(index, room):
    index.add("flask", "1.0")
    index.add("flask", "2.0", requires=("young",), uploaded=ago(2))
    index.add("young", uploaded=ago(3), history=False)
    lock = room.lock(plan=needing(room, inferred("flask")))
    assert [(one.name, one.version) for one in lock.artifacts] == [("flask", "1.0")]
    (note,) = room.report.of("note")
    assert note.endswith("releases of the last 14 days are left aside")
    assert room.lock(plan=needing(room, inferred("flask"))).steps == ("remembered",)


def test_an_optional_distribution_is_left_out_with_what_it_brings(young, index, room):
    index.add("bread")
    lock = room.lock(plan=needing(room, declared("bread"), inferred("zorbing-kit", optional=True)))
    assert names(lock) == ["bread"]


def test_an_allowed_name_comes_along_this_time_only(young, room):
    plan = needing(room, inferred("zorbing-kit"))
    assert "young" in names(room.lock(plan=plan, allow=("young",)))
    with pytest.raises(Untrusted):
        room.lock(plan=plan)
    trust.trust(room.home, "young")
    assert "young" in names(room.lock(plan=plan))
    assert room.lock(plan=plan).steps == ("remembered",)
    trust.revoke(room.home, "young")
    with pytest.raises(Untrusted):
        room.lock(plan=plan)
    assert [one.by for one in judgements.read(room.home, "young")] == ["you"]


def test_a_name_in_quarantine_never_comes_along(index, room):
    index.add("zorbing_kit", requires=("harness",))
    index.add("harness")
    index.statuses["harness"] = ("quarantined", "malware\x1b[2J")
    with pytest.raises(Untrusted) as caught:
        room.lock(plan=needing(room, inferred("zorbing-kit")))
    assert "quarantine (malware [2J)" in caught.value.why[0]
    assert not any("allow" in hint for hint in caught.value.hints)


def test_names_that_roost_knows_are_asked_of_nobody(index, room):
    index.add("flask", requires=("jinja2", "click"))
    index.add("jinja2")
    index.add("click")
    room.lock(plan=needing(room, inferred("flask")))
    assert all(index.asked.count(f"/simple/{name}/") == 1 for name in ("flask", "jinja2", "click"))
    assert judgements.every(room.home) == ()


def test_what_was_let_in_before_is_let_in_without_an_index(index, room):
    index.add("zorbing_kit", requires=("harness",))
    index.add("harness")
    plan = needing(room, inferred("zorbing-kit"))
    room.lock(plan=plan)
    shutil.rmtree(room.home.facts)
    shutil.rmtree(room.home.requests)
    assert names(room.lock(plan=plan, offline=True)) == ["harness", "zorbing-kit"]
    shutil.rmtree(room.home.judgements)
    shutil.rmtree(room.home.requests)
    with pytest.raises(IndexUnreachable, match="nothing is known of `harness`"):
        room.lock(plan=plan, offline=True)


def test_a_file_that_the_user_names_lets_in_what_it_says_and_nothing_else(young, index, room, tmp_path):
    plan = needing(room, inferred("zorbing-kit"))
    first = room.lock(plan=plan, allow=("young",))
    file = tmp_path / "trust.lock.toml"
    file.write_text(judgements.text(room.home, ()))
    shutil.rmtree(room.home.requests)
    shutil.rmtree(room.home.judgements)
    room.settings = room.settings.replace(trust_files=(str(file),))
    assert room.lock(plan=plan).artifacts == first.artifacts
    assert {one.by for one in judgements.read(room.home, "young")} == {"file"}
    index.projects["young"].clear()
    index.add("young", "1.0", uploaded=ago(3), modules={"young.py": "changed = 1\n"}, history=False)
    shutil.rmtree(room.home.requests)
    shutil.rmtree(room.home.cache)
    with pytest.raises(Untrusted):
        room.lock(plan=plan)


def test_a_damaged_note_of_what_was_let_in_is_not_there(index, room):
    index.add("zorbing_kit")
    room.lock(plan=needing(room, inferred("zorbing-kit")))
    (file,) = room.home.judgements.iterdir()
    for text in ("", "{}", "[]", json.dumps(json.loads(file.read_text()) | {"judgements": [{"name": "x"}]})):
        file.write_text(text)
        assert judgements.read(room.home, "zorbing-kit") == ()


def test_a_lock_that_somebody_declared_is_judged_for_who_only_imports_it(index, room):
    index.add("flask", requires=("young",))
    index.add("young", uploaded=ago(3), history=False)
    assert names(room.lock(plan=needing(room, declared("flask")))) == ["flask", "young"]
    plan = needing(room, Requirement("flask", "flask", "`import flask` at line 1", "inferred"))
    with pytest.raises(Untrusted):
        room.lock(plan=plan)
    assert names(room.lock(plan=needing(room, declared("flask")))) == ["flask", "young"]
