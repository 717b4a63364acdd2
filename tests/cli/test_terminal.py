from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time

import pytest

from roost.cli.terminal import ERASE


class Terminal:
    """A command on a terminal of its own; what it wrote there is kept."""

    def __init__(self, argv: list[str], environ: dict[str, str], cwd) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, cwd=cwd, process_group=0
        )
        os.close(theirs)
        self.text = ""

    def until(self, wanted: str, bound: float = 60) -> bool:
        """Read until wanted was written; False when the command ended, or the time is over, without it."""
        end = time.monotonic() + bound
        while wanted not in self.text and time.monotonic() < end:
            if not self._read():
                return wanted in self.text
        return wanted in self.text

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(60)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 60)[0]:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            return False
        self.text += data.decode()
        return bool(data)

    @property
    def left(self) -> str:
        """What stands on the terminal in the end: erased lines are gone."""
        lines = (re.split(re.escape(ERASE), line)[-1] for line in self.text.replace("\r\n", "\n").split("\n"))
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


@pytest.fixture
def terminal(roost, environ):
    started: list[Terminal] = []

    def start(*arguments: object, **variables: str) -> Terminal:
        found = Terminal([str(roost.command), *map(str, arguments)], environ | {"TERM": "xterm"} | variables, roost.cwd)
        started.append(found)
        return found

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.mark.covers("C6")
def test_progress_is_drawn_on_a_terminal_and_erased(index, terminal, script):
    index.add("soup", "2.0")
    asked = index.hold("soup-2.0")
    running = terminal("run", script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nprint('ready')\n"))
    assert asked.wait(60)
    assert running.until(ERASE)
    index.release("soup-2.0")
    assert running.end() == 0
    assert running.left.endswith("ready\n")
    assert not re.search(r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]", running.left)


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"CI": "true"}])
def test_nothing_moves_where_nothing_may(index, terminal, script, variables):
    index.add("soup", "2.0")
    running = terminal("run", "--with", "soup", script("print('ready')\n"), **variables)
    assert running.end() == 0
    assert ERASE not in running.text


def test_quiet_draws_nothing(index, terminal, script):
    index.add("soup", "2.0")
    running = terminal("run", "-q", "--with", "soup", script("print('ready')\n"))
    assert running.end() == 0
    assert running.text == "ready\r\n"


def test_ctrl_c_during_a_build_ends_it_with_130(index, terminal, script):
    index.add("soup", "2.0")
    asked = index.hold("soup-2.0")
    running = terminal("run", script("# /// script\n# dependencies = ['soup']\n# ///\nprint('ready')\n"))
    assert asked.wait(60)
    os.killpg(running.process.pid, 2)
    assert running.end() == 130
    assert "Traceback" not in running.text
    assert "ready" not in running.text
