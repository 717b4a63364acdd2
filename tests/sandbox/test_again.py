"""A run in a sandbox that is asked for again: from memory as long as nothing changed, and else as if nothing were remembered."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from roost import home as homes
from roost.runs import again, noting
from tests.records.conftest import Memory

SOURCE = "import os, soup, sys\nprint(soup.__version__, sys.argv[1:], os.environ.get('NAMED'))\n"
pytestmark = pytest.mark.thorough


@pytest.fixture
def memory(index, roost) -> Memory:
    index.add("soup", "1.0")
    return Memory(roost, homes.locate(roost.environ))


def learned(memory, *words, **environ):
    """Run until it is remembered, which everything has rested for; gives the words."""
    time.sleep(0.2)
    for _ in range(2):
        done = memory.roost("run", *words, **environ)
    assert done.status or memory.knows("run", *words, **environ)
    return ("run", *words)


def last(roost):
    """The newest record, without what differs from run to run."""
    document = json.loads(roost("runs", "show", "--last", "--json").output)
    for name in ("id", "started", "process"):
        document.pop(name, None)
    document["outcome"].pop("seconds", None)
    return document


@pytest.mark.parametrize("tier", ["none", "limits", "landlock", "bubblewrap"])
def test_the_same_again_says_and_leaves_the_same(memory, roost, works, script, tier):
    works(tier)
    words = learned(memory, "--sandbox", tier, "--env=NAMED", "--net", "all", script(SOURCE))
    forget(memory)
    first = roost(*words, "a", "--b", NAMED="yes")
    before = last(roost)
    second = memory.ask(*words, "a", "--b", NAMED="yes")
    assert (second.status, second.output, second.errors) == (first.status, first.output, first.errors)
    assert second.output == "1.0 ['a', '--b'] yes\n"
    assert last(roost) == before


def forget(memory):
    shutil.rmtree(memory.home.launcher / again.KIND, ignore_errors=True)


def test_files_go_in_and_come_out_and_a_status_is_the_scripts(memory, roost, script, tmp_path):
    (tmp_path / "in.txt").write_text("first")
    path = script("import sys\nopen('out.txt', 'w').write(open('in.txt').read())\nsys.exit(3)\n")
    words = ("run", "--sandbox", "limits", "--in", tmp_path / "in.txt", "--out", "out.txt", path)
    learned(memory, *words[1:])
    (tmp_path / "in.txt").write_text("second")
    done = memory.ask(*words)
    assert (done.status, done.output, done.errors) == (3, "", "")
    assert (roost.cwd / "out.txt").read_text() == "second"
    (tmp_path / "in.txt").unlink()
    assert not memory.knows(*words)
    assert roost(*words).status == 64


@pytest.mark.parametrize(
    ("source", "option", "status"),
    [
        ("import time\ntime.sleep(60)\n", "--timeout=1", 75),
        ("open('x', 'wb').write(b'x' * 5_000_000)\n", "--file-size=1M", 1),
        ("print('x' * 100_000)\n", "--output=10K", 0),
    ],
)
def test_a_limit_ends_it_with_the_same_words(memory, script, source, option, status):
    words = ("run", "--sandbox", "limits", option, script(source))
    time.sleep(0.2)
    first = memory.roost(*words)
    assert list((memory.home.launcher / again.KIND).rglob("*"))
    second = memory.roost(*words)
    assert (first.status, second.status) == (status, status)
    assert (second.output, second.errors.splitlines()[-1:]) == (first.output, first.errors.splitlines()[-1:])


def edited(memory, path):
    path.write_text(path.read_text() + "print('edited')\n")


def put_back(memory, path):
    """Another text of the same length with the old times."""
    facts = path.stat()
    path.write_text(path.read_text().replace("NAMED", "OTHER"))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def requirements(memory, path):
    (path.parent / "requirements.txt").write_text("soup\n")


def settings(memory, path):
    memory.home.settings_file.parent.mkdir(parents=True, exist_ok=True)
    memory.home.settings_file.write_text('[sandbox.policies]\nuntrusted = "timeout=5"\n')


def trusted(memory, path):
    memory.home.trust_file.parent.mkdir(parents=True, exist_ok=True)
    memory.home.trust_file.write_text("")


def removed(memory, path):
    assert memory.roost("env", "rm", memory.environment.name).status == 0


def damaged(memory, path):
    (memory.environment / ".suspect").write_text("x\ty\n")


def cut(memory, path):
    (memory.environment / "roost.json").write_bytes(b"")


def nothing_compiled(memory, path):
    (memory.environment / ".compiled").unlink()


@pytest.mark.parametrize(
    "change", [edited, put_back, requirements, settings, trusted, removed, damaged, cut, nothing_compiled],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_what_changed_means_the_whole_way(memory, roost, script, change):
    path = script(SOURCE)
    words = learned(memory, "--sandbox", "limits", path)
    assert memory.knows(*words)
    change(memory, path)
    assert not memory.knows(*words)
    assert roost(*words).status == 0


@pytest.mark.parametrize(
    "variables",
    [{"ROOST_SANDBOX_POLICIES": "untrusted=timeout=5"}, {"ROOST_OFFLINE": "1"}, {"ROOST_MEND": "off"}, {"PYTHONPATH": "/x"}],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_a_variable_means_the_whole_way(memory, script, variables):
    words = learned(memory, "--sandbox", "limits", script(SOURCE))
    assert memory.knows(*words)
    assert not memory.knows(*words, **variables)


def test_other_words_are_another_run(memory, script, tmp_path):
    path = script(SOURCE)
    words = learned(memory, "--sandbox", "limits", path)
    assert memory.knows("run", "--sandbox=limits", path, "anything")
    assert not memory.knows("run", "--sandbox", "landlock", path)
    assert not memory.knows("run", "--sandbox", "limits", "--timeout", "3", path)
    assert not memory.knows("run", "-v", *words[1:])
    assert not memory.knows("run", "--sandbox", "limits", "--with", "soup", path)
    assert not memory.knows(*words, cwd=tmp_path)


def test_a_tier_by_variable_or_settings_is_remembered_too(memory, roost, script):
    path = script(SOURCE)
    learned(memory, path, ROOST_SANDBOX="limits")
    assert memory.knows("run", path, ROOST_SANDBOX="limits")
    assert not memory.knows("run", path)
    assert last(roost)["sandbox"]["tier"] == "limits"
    policies = {"ROOST_SANDBOX_POLICIES": "file=tier=landlock"}
    learned(memory, path, **policies)
    assert memory.knows("run", path, **policies)
    assert last(roost)["sandbox"]["tier"] == "landlock"


def test_a_tier_that_is_gone_is_said(memory, roost, works, script, tmp_path):
    works("bubblewrap")
    words = learned(memory, "--sandbox", "bubblewrap", script(SOURCE))
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("sh", "readlink"):
        (bare / name).symlink_to(shutil.which(name))
    assert not memory.knows(*words, PATH=str(bare))
    ran = roost(*words, PATH=str(bare))
    assert (ran.status, ran.output) == (125, "")
    assert "`bwrap` is not here" in ran.errors


def test_what_is_refused_is_told_as_the_whole_way_tells_it(memory, roost, works, script):
    works("landlock")
    path = script(SOURCE)
    words = learned(memory, "--sandbox", "landlock", path)
    shutil.move(memory.environment / "bin", memory.environment / "gone")
    (memory.environment / "bin").mkdir()
    (memory.environment / "bin" / "python").write_text("no program\n")
    first = memory.ask(*words)
    assert "roost.cli" in first.errors  # another Python is a reason to look again
    assert roost(*words).output == "1.0 [] None\n"


def test_a_script_without_a_file_or_with_something_to_say_is_never_remembered(memory, roost, script):
    time.sleep(0.2)
    for words in (
        ("--sandbox", "limits", "-c", "print(1)"),
        ("--sandbox", "limits", script("import nowhere_at_all\n")),
    ):
        roost("run", *words)
    assert not list((memory.home.launcher / again.KIND).rglob("*"))


def test_a_missing_import_is_added_and_the_notes_are_told(memory, roost, index, script):
    index.add("nova", "1.0")
    path = script("import importlib, sys\nif sys.argv[1:]: print(importlib.import_module(sys.argv[1]).__version__)\n")
    words = learned(memory, "--sandbox", "limits", path)
    added = roost(*words, "soup")
    assert (added.status, added.output) == (0, "1.0\n"), added.errors
    assert "soup" in added.errors


def test_a_script_that_rewrites_itself_gets_no_answers(memory, roost, script):
    path = script(
        "import importlib, sys\n"
        "if sys.argv[1:]:\n"
        "    open(sys.argv[1], 'a').write('# changed')\n"
        "    importlib.import_module(sys.argv[2])\n"
    )
    words = learned(memory, "--sandbox", "limits", "--timeout", "60", "--workdir", path.parent, path)
    done = roost(*words, path, "soup")
    assert done.status == 1
    assert "No module named 'soup'" in done.errors
    assert "has changed since" in done.errors


def test_killed_at_any_moment_nothing_is_left_and_the_environment_was_held(memory, roost, script, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = script("import sys, time\nprint('on', flush=True)\ntime.sleep(60 if sys.argv[1:] else 0)\nimport soup\n")
    words = learned(memory, "--sandbox", "limits", path, TMPDIR=str(temporary))
    process = roost.start(*words, "long", TMPDIR=str(temporary))
    assert process.stdout.readline() == "on\n"
    assert "is running" in roost("runs", "list").output
    held = roost("env", "rm", memory.environment.name)
    assert held.status == 75
    assert "holds" in held.errors
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert "was cut off" in roost("runs", "list").output
    for moment in range(12):
        process = roost.start(*words, "long", TMPDIR=str(temporary))
        time.sleep(moment * 0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    time.sleep(0.5)
    assert memory.ask(*words, TMPDIR=str(temporary)).output == "on\n"
    assert list(temporary.iterdir()) == []
    assert not [one for one in memory.home.environments.iterdir() if one.name.startswith(".")]


def test_it_ends_by_the_signals_that_are_sent(memory, roost, script):
    path = script("import sys, time\nprint('on', flush=True)\ntime.sleep(60 if sys.argv[1:] else 0)\n")
    words = learned(memory, "--sandbox", "limits", path)
    process = roost.start(*words, "long")
    assert process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 128 + signal.SIGTERM
    assert last(roost)["outcome"]["reason"] == "stopped"


def test_records_are_the_json_that_the_standard_library_writes():
    value = {"a": [], "b": {}, "c": [1, 2.5, None, True, 'ü"\ud800\n'], "d": {"e": ({"f": -1},)}}
    assert noting.text(value) == json.dumps(value, indent=1)


def test_starts_of_one_text_do_not_wait_for_the_end_of_another(memory, roost, script):
    path = script("import sys, time\nprint('on', flush=True)\ntime.sleep(float(sys.argv[1]))\n")
    process = roost.start("run", path, "30", ROOST_SANDBOX="limits")
    assert process.stdout.readline() == "on\n"
    began = time.monotonic()
    assert roost("run", path, "0", ROOST_SANDBOX="limits").output == "on\n"
    assert time.monotonic() - began < 15
    process.kill()
    process.wait()


def test_what_is_remembered_goes_with_time(memory, script):
    from roost.records import collecting

    learned(memory, "--sandbox", "limits", script(SOURCE))
    [kept] = [one for one in (memory.home.launcher / again.KIND).glob("*/*") if one.is_file()]
    collecting.collect(memory.home, older_than=1000)
    assert kept.exists()
    os.utime(kept, (1, 1))
    collecting.collect(memory.home, older_than=1000)
    assert not Path(kept).exists()
