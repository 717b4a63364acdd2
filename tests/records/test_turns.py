"""Several starts of one new text at once: one goes ahead; nobody waits for what does not come."""

from __future__ import annotations

import os
import signal
import time

import pytest

from roost import home as homes
from roost.records import turns

PARENT = "import os, soup\nprint(os.getppid())\n"


def ended(processes) -> list[str]:
    """Wait for each; gives what they said on standard output."""
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), said
    return [output for output, _ in said]


@pytest.fixture
def together(index, roost):
    """Start a script several times, all before its environment is there; the first of them has gone ahead."""
    index.add("soup", "1.0")

    def start(path, count: int):
        asked = index.hold("soup-1.0")
        first = roost.start("run", path)
        assert asked.wait(60)
        processes = [first, *(roost.start("run", path) for _ in range(count - 1))]
        time.sleep(0.5)  # until all have come so far
        return processes

    return start


@pytest.fixture
def turn(roost):
    """Files of turns in roost's home."""
    return lambda: list((homes.locate(roost.environ).launcher / "turns").iterdir())


@pytest.mark.covers("A5")
def test_one_goes_the_whole_way_and_the_others_start_what_is_known(together, index, script, turn):
    processes = together(script(PARENT), 6)
    index.release("soup-1.0")
    parents = [int(output) for output in ended(processes)]
    assert sum(parent != os.getpid() for parent in parents) == 1  # roost waits for the first run of a script
    assert turn() == []


def test_who_waits_goes_on_when_the_one_ahead_is_killed(together, index, script):
    first, second = together(script(PARENT), 2)
    os.killpg(first.pid, signal.SIGKILL)
    index.release("soup-1.0")
    assert int(*ended([second]))


@pytest.mark.thorough
def test_scripts_that_wait_for_each_other_meet(together, index, script, tmp_path):
    path = script(
        "import os, soup, time\n"
        f"folder = {str(tmp_path)!r}\n"
        "open(f'{folder}/here-{os.getpid()}', 'w').close()\n"
        "while sum(name.startswith('here-') for name in os.listdir(folder)) < 3:\n"
        "    time.sleep(0.01)\n"
        "print('met')\n"
    )
    processes = together(path, 3)
    index.release("soup-1.0")
    assert ended(processes) == ["met\n"] * 3


@pytest.mark.thorough
def test_a_text_that_is_edited_meanwhile_is_read_again(together, index, script):
    index.add("bread", "3.0")
    path = script(PARENT)
    processes = together(path, 2)
    path.write_text("import bread, soup\nprint(bread.__version__)\n")
    index.release("soup-1.0")
    assert "3.0\n" in ended(processes)


def test_nobody_waits_for_a_text_that_does_not_become_known(roost, script, turn):
    path = script("print(1)\nraise SystemExit(3)\n")
    assert roost("run", path).status == 3
    [file] = turn()
    assert not turns.follow(str(file.parent.parent), file.name)
    assert turns._leading is None


def test_who_started_long_ago_is_not_waited_for(tmp_path, monkeypatch):
    folder, digest = str(tmp_path), "5" * 64
    monkeypatch.setattr(turns, "_leading", None)
    assert not turns.follow(folder, digest)
    turns.started()
    moment = time.time() - 2 * turns.PATIENCE
    os.utime(tmp_path / "turns" / digest, (moment, moment))
    begin = time.monotonic()
    assert turns.follow(folder, digest)
    assert time.monotonic() - begin < turns.PATIENCE
    turns.ended()
    assert (tmp_path / "turns" / digest).read_bytes() == b"never"


def test_a_folder_that_cannot_be_written_is_no_turn(tmp_path):
    (tmp_path / "turns").write_text("in the way")
    assert not turns.follow(str(tmp_path), "5" * 64)
