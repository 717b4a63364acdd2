"""What a script left is taken as plain files; everything that only looks like one stays behind, and is named."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from roost.errors import CannotCreate
from roost.sandbox import outputs
from roost.sandbox.outputs import collect


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "charts").mkdir(parents=True)
    (folder / "report.txt").write_text("all is well\n")
    (folder / "charts/plot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 20)
    return folder


def test_plain_files_are_taken_with_what_they_are_by_content(work, tmp_path):
    found = collect(work, tmp_path / "out")
    assert [(one.name, one.size, one.kind) for one in found.files] == [
        ("charts/plot.png", 28, "image/png"), ("report.txt", 12, "text/plain"),
    ]  # fmt: skip
    assert found.refused == ()
    assert (tmp_path / "out/report.txt").read_text() == "all is well\n"


def test_only_what_is_named_is_taken(work, tmp_path):
    found = collect(work, tmp_path / "out", names=["charts"], without=["report.txt"])
    assert [one.name for one in found.files] == ["charts/plot.png"]


@pytest.mark.covers("D2")
def test_what_is_no_plain_file_stays_behind(work, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    (work / "key.png").symlink_to(secret)
    (work / "all").symlink_to("/")
    os.mkfifo(work / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(work / "socket"))
    os.link(secret, work / "linked.txt")
    (work / ".bashrc").write_text("evil")
    (work / "a\x1b[2Jb").write_text("evil")
    (work / "evil\u202egnp.exe").write_text("evil")
    os.truncate(os.open(work / "giant", os.O_CREAT | os.O_WRONLY), 1 << 40)
    found = collect(work, tmp_path / "out")
    assert [one.name for one in found.files] == ["charts/plot.png", "report.txt"]
    assert dict(found.refused) == {
        ".bashrc": "its name begins with a dot",
        "a\\x1b[2Jb": "its name has characters that cannot be shown",
        "all": "it is a link",
        "evil\\u202egnp.exe": "its name has characters that cannot be shown",
        "giant": "most of it is a hole",
        "key.png": "it is a link",
        "linked.txt": "it has other names",
        "pipe": "it is a pipe",
        "socket": "it is a socket",
    }
    assert "CANARY" not in "".join(
        file.read_text("latin-1") for file in (tmp_path / "out").rglob("*") if file.is_file()
    )


def test_there_is_an_end_to_files_bytes_and_folders(work, tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_FILES", 1)
    assert dict(collect(work, tmp_path / "one").refused) == {"report.txt": "there are more than 1 files"}
    monkeypatch.undo()
    monkeypatch.setattr(outputs, "MOST_BYTES", 20)
    assert dict(collect(work, tmp_path / "two").refused) == {"charts/plot.png": "there is more than may be taken"}
    monkeypatch.undo()
    deep = work
    for _ in range(outputs.DEEPEST + 2):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "far.txt").write_text("x")
    assert "below more than" in collect(work, tmp_path / "three").refused[0][1]


def test_a_link_put_in_a_files_place_meanwhile_is_not_followed(work, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for make in (lambda path: path.symlink_to(secret), lambda path: path.write_text("plain")):
                beside = work / ".beside"
                make(beside)
                beside.replace(work / "report.txt")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for number in range(200):
            collect(work, tmp_path / f"out{number}")
    finally:
        done.set()
        thread.join()
    assert not [file for file in tmp_path.glob("out*/*") if file.is_file() and "CANARY" in file.read_text()]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CannotCreate):
        collect(tmp_path / "nowhere", tmp_path / "out")
