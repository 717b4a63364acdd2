"""The filter of system calls and Landlock, in processes that put them into force; streams and what is shown of them."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest

from roost.sandbox import landlock, seccomp, syscalls
from roost.sandbox.streams import Stream, harmless

FILTERED = """
import ctypes, os, socket, sys
from roost.sandbox import confine, seccomp
libc = ctypes.CDLL(None, use_errno=True)
confine._filter(libc, seccomp.program({families!r}))
def said(what):
    try:
        what()
        print("done")
    except OSError as error:
        print(error.errno)
{body}
"""


def filtered(body: str, families: tuple[str, ...] = ("unix",)) -> list[str]:
    code = FILTERED.format(families=families, body=body)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("machine", sorted(syscalls.TABLES))
def test_every_jump_of_a_filter_stays_in_it_and_every_way_ends(machine):
    program = seccomp.program(("unix", "inet"), machine)
    lines = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    for number, (code, yes, no, _) in enumerate(lines):
        if code in {seccomp.EQUAL, seccomp.GREATER_OR_EQUAL, seccomp.ANY_BIT}:
            assert number + 1 + max(yes, no) < len(lines)
    assert lines[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    assert len(lines) < 4096  # BPF_MAXINSNS


@pytest.mark.covers("D2")
def test_what_leads_out_is_refused_and_what_scripts_do_is_not(tmp_path):
    body = f"""
os.chdir({str(tmp_path)!r})
said(lambda: open("a", "w").close())
said(lambda: os.mkfifo("pipe"))
said(lambda: os.mknod("device", 0o020600, os.makedev(1, 3)))
said(lambda: os.chmod("a", 0o4755))
said(lambda: os.chmod("a", 0o755))
said(lambda: os.close(os.open("b", os.O_CREAT | os.O_WRONLY, 0o4755)))
said(lambda: socket.socket(socket.AF_UNIX).close())
said(lambda: socket.socket(socket.AF_INET).close())
said(lambda: socket.socketpair())
said(lambda: os.waitpid(os.fork() or os._exit(0), 0))
import threading
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
print(libc.ptrace(16, 1, 0, 0), ctypes.get_errno())
print(libc.unshare(0x10000000), ctypes.get_errno())
print(libc.syscall(435, 0, 0), ctypes.get_errno())
"""
    assert filtered(body) == [
        "done", "done", "1", "1", "done", "1", "done", "97", "done", "done", "thread", "-1", "1", "-1", "1", "-1", "38",
    ]  # fmt: skip


@pytest.mark.skipif(not landlock.version(), reason="the kernel has no Landlock")
def test_landlock_leaves_what_is_named(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").write_text("secret")
    body = f"""
import ctypes, os
from roost.sandbox import confine, landlock
rules = landlock.ruleset(["/usr", "/lib", "/lib64"], [{str(tmp_path / "here")!r}, "/dev/null"], network=False)
libc = ctypes.CDLL(None, use_errno=True)
confine._prctl(libc, 38, 1)
landlock.restrict(rules)
for path, mode in (({str(tmp_path / "there")!r}, "r"), ({str(tmp_path / "here/new")!r}, "w"), ({str(tmp_path / "other")!r}, "w"), ("/dev/null", "w"), ("/etc/passwd", "r")):
    try:
        open(path, mode).close()
        print("done")
    except OSError as error:
        print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["13", "done", "13", "done", "13"], done.stderr


def test_the_beginning_and_the_end_of_a_flood_are_kept():
    said: list[bytes] = []
    stream = Stream(said.append, 20)
    for number in range(100):
        stream.feed(f"{number:04d}".encode())
    stream.finish()
    whole = b"".join(said)
    assert whole.startswith(b"0000000100")
    assert whole.endswith(b"9700980099")
    assert stream.cut == 400 - 20
    assert b"380 bytes left out" in whole


def test_what_fits_is_passed_on_as_it_is():
    said: list[bytes] = []
    stream = Stream(said.append, 100)
    stream.feed(b"one\n")
    stream.feed(b"two\n")
    stream.finish()
    assert (b"".join(said), stream.cut) == (b"one\ntwo\n", 0)


def test_terminals_obey_nothing_of_it():
    shown = harmless("a\x1b]0;title\x07b\x9b2Jc\u202ed\ttab\nline")
    assert shown == "a\\x1b]0;title\\x07b\\x9b2Jc\\u202ed\ttab\nline"
