"""Bytes are counted once, and what nobody needs goes: by age, by size, with what it had in the engine's cache."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost import environments
from roost.environments import collecting, sizes, store
from roost.records.collecting import now_and_then
from roost.settings import amount
from tests.environments.test_store import old, refer

MONTH = 30 * 86400.0


@pytest.fixture
def pantry(index, room):
    index.add("soup", "2.0", modules={"soup.py": "x = '" + "s" * 300_000 + "'\n"}, requires=("stock",))
    index.add("stock", "1.4", modules={"stock.py": "x = '" + "t" * 200_000 + "'\n"})
    index.add("bread", "1.0", modules={"bread.py": "x = '" + "b" * 100_000 + "'\n"})
    return room


def archives(room) -> list[str]:
    return sorted(entry.parent.name for entry in room.home.engine_cache.glob("archive-v*/*/*.py"))


def disk(*folders) -> int:
    """Add up with the system's own `du`, which counts a file once."""
    said = subprocess.run(["du", "-s", "-B1", *map(str, folders)], capture_output=True, text=True, check=True).stdout
    return sum(int(line.split()[0]) for line in said.splitlines())


def folders_below(*tops) -> int:
    """What `du` counts besides files: the folders' own blocks."""
    return sum(os.lstat(at).st_blocks * 512 for top in tops for at, _, _ in os.walk(top))


@pytest.mark.covers("C7 keeping")
def test_shared_files_are_counted_once_and_agree_with_du(pantry):
    one, other = pantry.build("soup"), pantry.build("stock")
    whole = sizes.of_home(pantry.home)
    tops = (pantry.home.data, pantry.home.state, pantry.home.cache)
    assert whole.total == disk(*tops) - folders_below(*tops)
    assert whole.environments < sizes.usage(one.path).total + sizes.usage(other.path).total
    assert whole.both > 500_000
    assert sizes.usage(one.path).shared > 500_000 > sizes.usage(one.path).own
    assert sizes.usage(one.path).bytecode == 0
    assert environments.compile(one, home=pantry.home)
    assert sizes.usage(one.path).bytecode > 0


@pytest.mark.covers("C7 keeping")
def test_what_would_come_free_is_what_comes_free(pantry):
    one, other = pantry.build("soup"), pantry.build("stock")
    old(one)
    environments.mark(other)
    dry = environments.collect(pantry.home, older_than=MONTH, dry_run=True)
    assert len(pantry.inside()) == 2
    before = sizes.of_home(pantry.home).total
    done = environments.collect(pantry.home, older_than=MONTH, dry_run=False)
    assert done.bytes == dry.bytes == pytest.approx(before - sizes.of_home(pantry.home).total, abs=20_000)  # locks
    assert done.bytes > 300_000
    assert done.wheels == ("soup 2.0",)  # `stock` is still linked to an environment
    assert [one.name for one in done.removed] == [one.name]


@pytest.mark.covers("C7 keeping")
@pytest.mark.thorough
def test_a_size_limit_takes_what_was_unused_for_longest_even_of_scripts(pantry):
    oldest, newer, newest = pantry.build("soup"), pantry.build("bread"), pantry.build("stock")
    for one, days in ((oldest, 30), (newer, 20), (newest, 10)):
        old(one, days)
    refer(pantry, pantry.plan("soup"), oldest)
    enough = sizes.of_home(pantry.home).total - 250_000
    done = environments.collect(pantry.home, older_than=400 * 86400, dry_run=False, max_size=enough)
    assert [one.name for one in done.removed] == [oldest.name]
    assert done.wheels == ("soup 2.0",)
    assert done.over == 0
    assert sizes.of_home(pantry.home).total <= enough
    assert pantry.build("soup").fresh  # nothing is lost but time


def test_a_size_that_cannot_be_reached_takes_nothing_that_is_in_use_and_says_so(pantry):
    young, busy = pantry.build("soup"), pantry.build("bread")
    old(busy)
    with environments.using(pantry.home, busy):
        done = environments.collect(pantry.home, older_than=MONTH, dry_run=False, max_size=0)
    assert done.removed == ()
    assert done.over > 0
    assert {one.name for one, _ in done.kept} == {young.name, busy.name}


def test_an_engine_at_work_keeps_its_wheels(pantry, monkeypatch):
    monkeypatch.setattr(collecting, "PATIENCE", 0.2)
    import fcntl

    one = pantry.build("bread")
    old(one)
    with (pantry.home.engine_cache / ".lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        done = environments.collect(pantry.home, older_than=MONTH, dry_run=False)
    assert (len(done.removed), done.wheels) == (1, ())
    assert environments.collect(pantry.home, older_than=0, dry_run=False).wheels == ("bread 1.0",)


def test_a_removal_that_was_broken_off_is_finished(pantry):
    one = pantry.build("bread")
    old(one)
    aside = pantry.home.engine_cache / ".roost-1-rest"
    aside.mkdir()
    environments.collect(pantry.home, older_than=MONTH, dry_run=False)
    assert not aside.exists()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20GB", 20_000_000_000),
        ("1.5 GiB", 1_610_612_736),
        ("500m", 500 * 1024**2),
        ("7", 7),
        ("12b", 12),
        ("much", None),
        ("-1G", None),
        ("", None),
    ],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert amount(text) == size


@settings(deadline=None)  # nothing asserts a duration
@given(st.text())
def test_any_text_is_a_size_or_none(text):
    size = amount(text)
    assert size is None or size >= 0


def test_the_oldest_time_counts_of_what_nobody_links(pantry):
    pantry.build("bread")
    for one in environments.listing(pantry.home):
        environments.remove(pantry.home, one)
    assert environments.collect(pantry.home, older_than=MONTH, dry_run=False).wheels == ()  # it was linked just now
    assert environments.collect(pantry.home, older_than=0, dry_run=False).wheels == ("bread 1.0",)


def idle(room, days: float = 40) -> list:
    """Let every remembered request look as if nobody had asked for it in so many days."""
    moment = time.time() - days * 86400
    files = [path for path in room.home.requests.rglob("*") if path.is_file()]
    for file in files:
        os.utime(file, (moment, moment))
    return sorted(room.home.requests.glob("*.json"))


def collect(room, **options) -> environments.Collected:
    return environments.collect(room.home, **{"older_than": MONTH, "dry_run": False} | options)


def test_a_lock_to_which_nothing_leads_is_forgotten_with_its_earlier_ones(pantry, index):
    pantry.lock("bread")
    index.add("bread", "2.0")
    pantry.lock("bread", upgrade=True)
    assert len(list(pantry.home.requests.rglob("*.json"))) == 2  # one of them is the earlier one
    assert collect(pantry).requests == 0  # somebody asked for it just now
    [file] = idle(pantry)
    assert collect(pantry, dry_run=True).requests == 1
    assert file.exists()
    assert collect(pantry).requests == 1
    assert [path for path in pantry.home.requests.rglob("*") if path.is_file()] == []
    assert collect(pantry).requests == 0


def test_a_lock_that_was_asked_for_lately_stays_however_long_ago_it_was_found(pantry):
    pantry.lock("bread")
    [file] = idle(pantry)
    before = file.stat()
    pantry.lock("bread")
    after = file.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)  # records hang on it
    assert collect(pantry).requests == 0
    idle(pantry)
    assert collect(pantry).requests == 1


def test_a_lock_stays_while_its_script_or_an_environment_that_has_all_of_it_is_there(pantry):
    pantry.script.write_text("")
    environment = pantry.build("soup")
    refer(pantry, pantry.plan("soup"), environment)
    pantry.lock("stock")  # the environment of `soup` has it
    pantry.lock("bread")
    idle(pantry)
    assert collect(pantry).requests == 1
    assert len(list(pantry.home.requests.glob("*.json"))) == 2
    store.remove(pantry.home, environment)
    assert collect(pantry).requests == 1  # that of `stock`
    [held] = pantry.home.requests.glob("*.json")
    assert json.loads(held.read_text())["requirements"] == ["soup"]
    pantry.script.unlink()
    assert collect(pantry, dry_run=True).requests == 1
    assert collect(pantry).requests == 1


def test_an_environment_that_goes_takes_its_lock_along(pantry):
    old(pantry.build("soup"))
    idle(pantry)
    assert collect(pantry, dry_run=True).requests == 1
    assert collect(pantry).requests == 1


@pytest.mark.parametrize("harm", ["", "{", "[]", '{"artifacts": [[1]]}', '{"artifacts": 5}'])
def test_a_damaged_lock_is_forgotten_like_another(pantry, harm):
    pantry.build("bread")
    pantry.lock("bread")
    for file in pantry.home.requests.glob("*.json"):
        file.write_text(harm)
    assert collect(pantry).requests == 0
    idle(pantry)
    assert collect(pantry).requests == 1


def test_requests_that_cannot_be_removed_disturb_nobody(pantry):
    pantry.lock("bread")
    [file] = idle(pantry)
    (pantry.home.requests / "earlier").mkdir(exist_ok=True)
    (pantry.home.requests / "earlier" / file.stem).write_text("no folder")
    (pantry.home.requests / f"{'0' * 64}.json").mkdir()
    os.utime(pantry.home.requests / f"{'0' * 64}.json", (1, 1))
    assert collect(pantry).requests == 2
    assert not file.exists()
    now_and_then(pantry.home)
