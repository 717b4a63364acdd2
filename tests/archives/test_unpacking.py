"""An archive becomes a folder as a whole, or nothing is left."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from roost import archives
from roost.archives import ArchiveUnreadable, ArchiveUnsafe
from roost.archives.opening import UnpackingElsewhere
from roost.errors import CannotCreate

from .made import zipped


def test_a_zip_becomes_a_folder_with_plain_modes(tmp_path):
    path = zipped(tmp_path / "a.zip", [("bin/run", b"#!/bin/sh\n"), ("empty/", b"")], stat.S_IFREG | 0o777)
    with pytest.raises(ArchiveUnsafe):  # a folder that says it is a file
        archives.unpack(zipped(tmp_path / "b.zip", [("../x", b"")]), tmp_path / "b")
    path = zipped(tmp_path / "a.zip", [("bin/run", b"#!/bin/sh\n"), ("data.txt", b"1")], stat.S_IFREG | 0o777)
    found = archives.unpack(path, tmp_path / "out")
    assert found.size == 11
    assert stat.S_IMODE((tmp_path / "out/bin/run").stat().st_mode) & 0o7755 == 0o755
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip", "b.zip", "out"]


def test_a_refusal_in_the_middle_leaves_nothing(tmp_path):
    path = zipped(tmp_path / "a.zip", [("first", b"x" * 1000), ("zeros", bytes(8 << 20))])
    with pytest.raises(ArchiveUnsafe):
        archives.unpack(path, tmp_path / "out")
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    path = zipped(tmp_path / "a.zip")
    (tmp_path / "out").mkdir()
    archives.unpack(path, tmp_path / "out")  # empty: taken
    (tmp_path / "out/a.txt").write_text("mine")
    with pytest.raises(CannotCreate):
        archives.unpack(path, tmp_path / "out")
    assert (tmp_path / "out/a.txt").read_text() == "mine"
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotCreate):
        archives.unpack(path, tmp_path / "link")


@pytest.mark.thorough
def test_what_a_killed_process_has_left_goes_with_the_next_one(tmp_path):
    path = zipped(tmp_path / "a.zip", [(f"{n}", os.urandom(1 << 20)) for n in range(64)])
    line = "import sys; from pathlib import Path; from roost import archives; archives.unpack(Path(sys.argv[1]), Path(sys.argv[2]))"
    process = subprocess.Popen([sys.executable, "-c", line, path, tmp_path / "out"])
    aside, end = tmp_path / ".out.unpacking", time.monotonic() + 20
    while not (aside / "1").exists() and time.monotonic() < end and process.poll() is None:
        pass
    with pytest.raises(UnpackingElsewhere) if process.poll() is None else pytest.raises(CannotCreate):
        archives.unpack(path, tmp_path / "out")
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not (tmp_path / "out").exists():
        archives.unpack(path, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 64
    assert not aside.exists()


def test_what_is_no_archive_is_said_so(tmp_path):
    (tmp_path / "a.zip").write_text("hello")
    with pytest.raises(ArchiveUnreadable, match="cannot read"):
        archives.look(tmp_path / "a.zip")
    with pytest.raises(ArchiveUnreadable):
        archives.look(tmp_path / "absent.zip")
    with pytest.raises(ArchiveUnreadable):
        archives.look(tmp_path)
