"""A script under roost has its user's terminal: size, foreground, Ctrl-C, Ctrl-Z and the shell's job control."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.covers("C1")
ROWS, COLUMNS = 33, 101


class Terminal:
    """One command on a terminal of its own."""

    def __init__(self, argv: list[str], environ: dict[str, str], cwd: Path) -> None:
        self.screen, inner = pty.openpty()
        self.resize(ROWS, COLUMNS)
        self.process = subprocess.Popen(
            argv, env=environ | {"TERM": "dumb"}, cwd=cwd, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # Popen knows sessions, not terminals
        )  # fmt: skip
        os.close(inner)
        self.shown = b""

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def until(self, text: str, seconds: float = 30) -> None:
        """Read until text is shown for the first time after what was already waited for."""
        end = time.monotonic() + seconds
        while not re.search(text.encode(), self.shown, re.DOTALL):
            left = end - time.monotonic()
            assert left > 0, f"{text!r} not in {self.shown!r}"
            if select.select([self.screen], [], [], left)[0]:
                self.shown += self._read()

    def _read(self) -> bytes:
        try:
            return os.read(self.screen, 4096)
        except OSError:  # everybody has closed the other side
            raise AssertionError(f"ended after {self.shown!r}") from None

    def ended(self) -> tuple[int, bytes]:
        """Wait for the end; gives the status and all that was shown."""
        status = None
        while True:
            if select.select([self.screen], [], [], 0.05 if status is None else 0.2)[0]:
                try:
                    self.shown += os.read(self.screen, 4096)
                except OSError:
                    break
            elif status is not None:
                break
            status = self.process.poll()
        return self.process.wait(30), self.shown

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.screen)


@pytest.fixture
def both(ways) -> Iterator:
    """Play the same on two terminals, one with plain Python, and compare how it ends."""
    opened: list[Terminal] = []

    def compare(path: Path, play, wrap=lambda argv: argv) -> tuple[int, bytes]:
        told = []
        for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
            opened.append(Terminal(wrap(argv), environ, ways.cwd))
            play(opened[-1])
            told.append(opened[-1].ended())
        assert told[1] == told[0]
        return told[0]

    yield compare
    for terminal in opened:
        terminal.close()


def test_the_terminal_is_the_scripts(both, script):
    path = script("""
import os, sys
print([stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)], os.get_terminal_size(), sys.stdout.line_buffering)
print(os.tcgetpgrp(0) == os.getpgrp(), os.getsid(0) == os.getpgrp(), os.path.exists(os.ctermid()))
open("/dev/tty", "w").write("written to the terminal\\n")
print("you said", input("name? "))
""")

    def play(terminal: Terminal) -> None:
        terminal.until(r"name\? ")
        terminal.type("größe\n")

    status, shown = both(path, play)
    assert status == 0
    assert f"columns={COLUMNS}, lines={ROWS}".encode() in shown
    assert "you said größe".encode() in shown


def test_control_c_is_a_keyboard_interrupt_once(both, script):
    path = script("""
import signal, time
caught = []
try:
    print("ready", flush=True); time.sleep(60)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    time.sleep(0.2)  # time for a second one, which must not come
raise KeyboardInterrupt
""")

    def play(terminal: Terminal) -> None:
        terminal.until("ready")
        terminal.type("\x03")

    status, shown = both(path, play)
    assert status == -signal.SIGINT
    assert shown.count(b"interrupted") == 1


def test_control_backslash_ends_it(both, script):
    path = script(
        "import resource, time; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); print('ready', flush=True); time.sleep(60)"
    )

    def play(terminal: Terminal) -> None:
        terminal.until("ready")
        terminal.type("\x1c")

    assert both(path, play)[0] == -signal.SIGQUIT


def test_a_new_size_of_the_window_is_told_once(both, script):
    path = script("""
import os, signal, time
seen = []
signal.signal(signal.SIGWINCH, lambda number, frame: seen.append(os.get_terminal_size().columns))
os.write(1, b"ready")
while not seen: time.sleep(0.01)
time.sleep(0.1)  # for a second one, which must not come
print(seen)
""")

    def play(terminal: Terminal) -> None:
        terminal.until("ready")
        terminal.resize(40, 77)

    assert b"[77]" in both(path, play)[1]


def test_a_program_may_take_every_key_for_itself(both, script):
    path = script("""
import os, sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b"ready")
try: keys = os.read(0, 1) + os.read(0, 1) + os.read(0, 1)
finally: termios.tcsetattr(0, termios.TCSADRAIN, before)
print(keys)
""")

    def play(terminal: Terminal) -> None:
        terminal.until("ready")
        terminal.type("\x03\x1a\x1c")

    assert rb"b'\x03\x1a\x1c'" in both(path, play)[1]


def test_control_z_stops_it_and_the_shell_brings_it_back(both, script, tmp_path):
    path = script("""
print("ready", flush=True)
print("you said", input())
raise SystemExit(3)
""")
    go = tmp_path / "go"

    def wrap(argv: list[str]) -> list[str]:
        go.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in argv) + "\n")
        go.chmod(0o755)
        return ["bash", "--norc", "--noprofile", "-i"]

    def play(terminal: Terminal) -> None:
        terminal.until(r"[$#] ")
        terminal.type(f"{go}\n")
        terminal.until("ready")
        terminal.type("\x1a")
        terminal.until("Stopped.*[$#] ")
        terminal.type("fg\n")
        terminal.until(f"Stopped.*fg\r\n{go}")
        terminal.type("hello\n")
        terminal.until("you said hello.*[$#] ")
        terminal.type("echo status $?\n")
        terminal.until(r"status \d.*[$#] ")
        terminal.type("exit\n")

    assert b"status 3" in both(path, play, wrap)[1]


def test_a_background_job_that_reads_the_terminal_is_stopped(both, script, tmp_path):
    path = script("print('you said', input(), flush=True)")
    go = tmp_path / "go"

    def wrap(argv: list[str]) -> list[str]:
        go.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in argv) + "\n")
        go.chmod(0o755)
        return ["bash", "--norc", "--noprofile", "-i"]

    def play(terminal: Terminal) -> None:
        terminal.until(r"[$#] ")
        terminal.type(f"{go} & until jobs | grep Stopped; do :; done\n")
        terminal.until(r"Stopped.*go.*[$#] ")
        terminal.type("fg\n")
        terminal.until(r"fg\r\n.*go")
        terminal.type("hello\n")
        terminal.until("you said hello.*[$#] ")
        terminal.type("exit\n")
        terminal.shown = b""  # bash tells numbers of processes

    both(path, play, wrap)


def test_a_terminal_that_goes_away_hangs_up_once(ways, script, tmp_path):
    path = script("""
import os, signal, sys, time
seen = []
signal.signal(signal.SIGHUP, lambda number, frame: seen.append(number))
os.write(1, b"ready")
while not seen: time.sleep(0.01)
time.sleep(0.2)  # for a second one, which must not come
open(sys.argv[1], "w").write(str(len(seen)))
sys.exit(6)
""")
    told = tmp_path / "told"
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        terminal = Terminal([*argv, str(told)], environ, ways.cwd)
        terminal.until("ready")
        os.close(terminal.screen)
        assert terminal.process.wait(30) == 6
        assert told.read_text() == "1"
        told.unlink()
