from __future__ import annotations

import json
import os
import signal
import time

import pytest

from roost import home as homes
from roost.sandbox import image
from roost.sandbox.kept import SCHEMA

pytestmark = pytest.mark.thorough


@pytest.mark.covers("C7 keeping")
def test_the_bytes_of_environments_are_shown(dinner, roost):
    found = roost("env", "du", "--json").data
    [one] = found["environments"]
    assert one["total"] == one["own"] + one["shared"] + one["bytecode"] > 0
    assert found["home"]["total"] >= found["home"]["environments"]
    assert "the whole home" in roost("env", "du", "soup").output
    assert roost("env", "du", "nowhere").status == 66


@pytest.mark.covers("C7 keeping")
def test_a_collection_says_what_it_would_free_and_frees_it(dinner, roost):
    dinner.unlink()
    dry = roost("env", "gc", "--older-than", "0", "--dry-run")
    assert f"would forget {dinner}, which is gone" in dry.output
    said = roost("env", "gc", "--older-than", "0", "--json").data
    assert said["wheels"] == ["soup 2.0", "stock 1.4"]
    assert said["bytes"] > 0
    assert roost("env", "list", "--json").data["environments"] == []


def test_a_size_limit_that_cannot_be_met_is_said(dinner, roost):
    done = roost("env", "gc", "--max-size", "1KB")
    assert done.status == 0
    assert "more than allowed stay" in done.output
    assert roost("env", "gc", "--max-size", "little").status == 64


@pytest.mark.covers("C7 keeping")
def test_collection_happens_by_itself_within_the_budget_of_the_settings(dinner, roost, home, script, environ):
    """It is done once a day, after a first success, by a process that nobody waits for."""
    [one] = roost("env", "list", "--json").data["environments"]
    mark = home / "state" / "collected"
    assert mark.exists()
    dinner.unlink()
    long_ago = time.time() - 40 * 86400
    for file in (mark, home / "data" / "environments" / one["name"] / ".used"):
        os.utime(file, (long_ago, long_ago))
    manifest = home / "data" / "environments" / one["name"] / "roost.json"
    manifest.write_text(manifest.read_text().replace(f'"created": {one["created"]}', f'"created": {long_ago}'))
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "roost.toml").write_text("[keep]\nmax-age-days = 30\n")
    assert roost("run", script("print(1)\n", "other.py")).output == "1\n"
    end = time.monotonic() + 30
    while (home / "data" / "environments" / one["name"]).exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert mark.stat().st_mtime > long_ago + 86400


def test_without_a_budget_nothing_is_collected(roost, home, script):
    assert roost("run", script("print(1)\n"), ROOST_KEEP_MAX_AGE_DAYS="0").status == 0
    assert not (home / "state" / "collected").exists()


def test_a_budget_that_is_no_size_is_refused(roost, script):
    done = roost("run", script("print(1)\n"), ROOST_KEEP_MAX_SIZE="plenty")
    assert done.status == 78
    assert "`ROOST_KEEP_MAX_SIZE`" in done.errors


@pytest.mark.covers("C7 keeping")
@pytest.mark.thorough
def test_runs_and_collections_at_once_disturb_nobody_even_when_one_is_killed(roost, index, script, home):
    for number in range(6):
        index.add(f"dish{number}", modules={f"dish{number}.py": "x = 1\n" * 9000, f"d{number}.py": ""})
    for turn in range(4):
        running = []
        for number in range(3):
            one, other = (turn + number) % 6, (turn * number + 2) % 6
            source = f"import dish{one}, d{one}, dish{other}\nprint('served')\n"
            path = script(
                f"# /// script\n# dependencies = ['dish{one}', 'dish{other}']\n# ///\n{source}", f"{turn}{number}.py"
            )
            running.append(roost.start("run", path))
        collecting = [roost.start("env", "gc", "--older-than", "1", "--max-size", "0") for _ in range(2)]
        time.sleep(0.1 * turn)  # another moment each time
        os.killpg(collecting[0].pid, signal.SIGKILL)
        for process in running:
            assert process.communicate(timeout=120)[0] == "served\n"
        assert collecting[1].wait(120) == 0
    for path in (home.parent / "work").glob("*.py"):
        path.unlink()
    end = time.monotonic() + 60
    while list((home / "data" / "environments").iterdir()):  # bytecode may still be written, by a process of nobody
        assert time.monotonic() < end
        assert roost("env", "gc", "--older-than", "0").status == 0
    assert list((home / "cache" / "uv").glob(".roost-*")) == []
    assert list((home / "cache" / "uv").glob("archive-v*/*")) == []


def test_what_images_no_longer_need_is_collected(roost, home):
    cache = home / "cache"
    days = {"old": 40, "new": 10, "mounted": 40, ".tmp-1-killed": 0}
    for name, age in days.items():
        folder = cache / "images" / name
        (folder / "site").mkdir(parents=True)
        os.utime(folder, (time.time() - age * 86400,) * 2)
    cell = home / "state/cells/one/cell.json"
    (cell.parent / "work").mkdir(parents=True)
    job = {"argv": ["true"], "environ": {}, "folder": str(cell.parent / "work"), "home": str(cell.parent), "limits": {}}
    job["readable"] = [str(cache / "images/mounted")]
    cell.write_text(json.dumps({"schema": SCHEMA, "name": "one", "tier": "docker", "job": job, "idle": 3600.0}))
    (cache / "sandbox").mkdir()
    current = image._archive(homes.locate(roost.environ))
    for file in (current, current.with_name("buster-0123456789ab.tar"), current.with_name("seccomp-0123456789ab.json")):
        file.write_text("")
    assert roost("env", "gc", "--dry-run").status == 0
    assert len(list((cache / "images").iterdir())) == 4
    done = roost("env", "gc")
    assert done.status == 0, done.errors
    assert sorted(path.name for path in (cache / "images").iterdir()) == ["mounted", "new"]
    assert list((cache / "sandbox").iterdir()) == [current]
    roost("env", "gc", "--older-than", "1")
    assert [path.name for path in (cache / "images").iterdir()] == ["mounted"]
