"""Zips that mean the same to everybody are read; all others are refused, in one sentence that names the member and the cause."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost import archives
from roost.archives import ArchiveUnreadable, ArchiveUnsafe, Limits
from roost.archives.zips import Zip

from .made import changed, zipped


def cause(path, **more) -> str:
    with pytest.raises((ArchiveUnsafe, ArchiveUnreadable)) as caught:
        archives.look(path, **more)
    assert len(caught.value.why) == 1
    assert "\n" not in caught.value.why[0]
    return caught.value.why[0]


def test_files_and_folders_are_read(tmp_path):
    found = archives.look(zipped(tmp_path / "a.zip", [("f/", b""), ("f/a.txt", b"hello"), ("b.py", b"print()" * 100)]))
    assert [(one.name, one.kind, one.size) for one in found.entries] == [
        ("f", "folder", 0),
        ("f/a.txt", "file", 5),
        ("b.py", "file", 700),
    ]
    assert (found.form, found.size) == ("zip", 705)


@pytest.mark.parametrize(("name", "said"), [
    ("../../planted", "leaves the folder"), ("/abs", "absolute"), ("C:planted", "drive"), ("a\\b", "backslash"), ("a/../b", "leaves"),
    ("./a", "empty part"), ("a//b", "empty part"), ("~/x", "home"), ("..", "leaves"), ("", "no name"), ("a\nb", "control"), ("a\x1b[2J", "control"),
    ("\u202egnp.exe", "control"), ("x" * 256, "too long"), ("é" * 128, "too long"),
])  # fmt: skip
def test_names_that_mean_another_place_somewhere_are_refused(tmp_path, name, said):
    assert said in cause(zipped(tmp_path / "a.zip", [("ok", b""), (name, b"x")]))


def test_a_name_with_a_nul_is_refused(tmp_path):
    assert r"`ok\x00planted` has a control" in cause(
        changed(zipped(tmp_path / "a.zip", [("okXplanted", b"x")]), lambda b: b.replace(b"okX", b"ok\0"))
    )


@pytest.mark.parametrize(("names", "said"), [
    (("a", "a"), "`a` is there twice"), (("Read.me", "READ.ME"), "twice"), (("caf\u00e9", "cafe\u0301"), "twice"),
    (("a", "a/b"), "`a/b` lies below `a`"), (("a/b", "a"), "`a` is there twice"), (("a/", "A/"), "twice"), (("ß", "SS"), "twice"),
])  # fmt: skip
def test_names_that_are_one_on_some_file_system_are_refused(tmp_path, names, said):
    assert said in cause(zipped(tmp_path / "a.zip", [(name, b"") for name in names]))


def test_names_that_differ_by_case_are_two_where_that_was_asked_for(tmp_path):
    path = zipped(tmp_path / "a.zip", [("Read.me", b""), ("READ.ME", b"")])
    assert len(archives.look(path, limits=Limits(cased=True)).entries) == 2
    assert "twice" in cause(zipped(path, [("a", b""), ("a", b"")]), limits=Limits(cased=True))


def test_letters_of_every_language_are_names(tmp_path):
    names = ["données/été.txt", "数据.csv", "کتاب\u200cها", "a b (1).txt", ".hidden", "x~"]
    assert [
        one.name for one in archives.look(zipped(tmp_path / "a.zip", [(name, b"") for name in names])).entries
    ] == names


@pytest.mark.parametrize(("mode", "said"), [
    (stat.S_IFLNK | 0o777, "a link"), (stat.S_IFIFO | 0o666, "a pipe"), (stat.S_IFBLK, "a device"), (stat.S_IFCHR, "a device"),
    (stat.S_IFSOCK, "a socket"), (stat.S_IFREG | 0o4755, "rights of its owner (mode 4755)"), (stat.S_IFDIR | 0o755, "is a folder"),
])  # fmt: skip
def test_only_plain_files_and_folders_are_taken(tmp_path, mode, said):
    assert said in cause(zipped(tmp_path / "a.zip", [("thing", b"/etc/passwd")], mode))


def test_a_file_that_unpacks_to_far_more_is_refused_before_it_is_written(tmp_path):
    bomb = zipped(tmp_path / "a.zip", [("zeros", bytes(64 << 20))])
    assert "`zeros` unpacks to more than 200 times" in cause(bomb)
    assert "more than 1 MiB" in cause(bomb, limits=Limits(size=1 << 20, ratio=None))
    assert archives.look(bomb, limits=Limits(ratio=None)).size == 64 << 20


def test_limits_are_of_entries_and_of_the_archive_too(tmp_path):
    many = zipped(tmp_path / "a.zip", [(f"{n}", b"") for n in range(12)])
    assert archives.look(many, limits=Limits(entries=12)).size == 0
    assert "more than 11 entries" in cause(many, limits=Limits(entries=11))
    assert "100 are allowed" in cause(many, limits=Limits(packed=100))


@pytest.mark.parametrize("claimed", [10, 1 << 30])
def test_a_size_that_is_a_lie_is_found_by_counting(tmp_path, claimed):
    path = zipped(tmp_path / "a.zip", [("lie", bytes(9999))])
    said = cause(changed(path, lambda b: b.replace(struct.pack("<I", 9999), struct.pack("<I", claimed))))
    assert said in {"`lie` unpacks to more than the 10 bytes that it claims", "`lie` is damaged"}


def test_what_stands_around_the_members_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    plain = zipped(path, [("a", b"1"), ("b", b"2")]).read_bytes()
    for data in (b"#!/bin/sh\n" + plain, plain + b"tail", plain[:-22] + b"gap" + plain[-22:]):
        path.write_bytes(data)
        cause(path)
    two = zipped(tmp_path / "two.zip", [("c", b"3")]).read_bytes()
    path.write_bytes(plain + two)  # one archive behind the other: who reads forwards sees the first
    cause(path)
    path.write_bytes(plain)
    assert len(archives.look(path).entries) == 2


def test_hidden_bytes_between_members_and_behind_a_stream_are_refused(tmp_path):
    def data(extra: int) -> bytes:
        packed = zlib.compressobj(wbits=-15)
        body = packed.compress(b"hello") + packed.flush() + bytes(extra)
        return single(b"a", body, crc=zlib.crc32(b"hello"), size=5, method=8)

    path = tmp_path / "a.zip"
    path.write_bytes(data(0))
    assert archives.look(path).size == 5
    path.write_bytes(data(7))
    assert cause(path) == "`a` has hidden bytes behind its end"


def single(
    name: bytes, body: bytes, *, crc: int, size: int, method: int = 0, local: bytes | None = None, gap: bytes = b""
) -> bytes:
    """Write a zip of one member by hand."""
    facts = struct.pack("<5H3L2H", 20, 0, method, 0, 0x21, crc, len(body), size, len(name), 0)
    first = b"PK\3\4" + facts + (local or name) + body + gap
    directory = b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<3H2L", 0, 0, 0, 0, 0) + name
    return first + directory + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, len(directory), len(first), 0)


def test_a_member_that_is_another_one_in_its_own_header_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(single(b"a.txt", b"hello", crc=zlib.crc32(b"hello"), size=5))
    assert archives.look(path).size == 5
    path.write_bytes(single(b"a.txt", b"hello", crc=zlib.crc32(b"hello"), size=5, local=b"b.pth"))
    assert cause(path) == "`a.txt` is something else in its own header: `b.pth`"
    path.write_bytes(single(b"a.txt", b"hello", crc=zlib.crc32(b"hello"), size=5, gap=b"hidden"))
    assert cause(path) == "hidden bytes stand before its directory"


def test_members_that_share_their_data_are_refused(tmp_path):
    body = b"x" * 100
    first = single(b"a", body, crc=zlib.crc32(body), size=100)
    end = first.index(b"PK\1\2")
    record = first[end:-22]
    directory = record + record.replace(b"a", b"b")
    (tmp_path / "a.zip").write_bytes(
        first[:end] + directory + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 2, 2, len(directory), end, 0)
    )
    assert "overlaps" in cause(tmp_path / "a.zip")


def test_encrypted_and_rarely_packed_members_are_not_read(tmp_path):
    path = zipped(tmp_path / "a.zip")
    plain = path.read_bytes()
    at = plain.index(b"PK\1\2")
    path.write_bytes(plain[: at + 8] + b"\1" + plain[at + 9 :])
    assert cause(path) == "`a.txt` is encrypted"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", "b")
    assert "method 14" in cause(path)


def test_a_second_name_in_the_header_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("plain.txt")
        info.extra = struct.pack("<2HBL", 0x7075, 14, 1, zlib.crc32(b"plain.txt")) + b"other.pth"
        archive.writestr(info, b"")
    assert "second name" in cause(tmp_path / "a.zip")


def test_archives_of_large_files_and_of_streams_are_read(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("large", "w", force_zip64=True) as file:
        file.write(b"data" * 1000)
    assert archives.look(path).size == 4000

    class Pipe:
        def __init__(self, file):
            self.write, self.flush = file.write, file.flush

    with (
        path.open("wb") as file,
        zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive,
    ):  # sizes stand behind
        archive.writestr("a", b"one" * 100)
        archive.writestr("b", b"two")
    assert archives.look(path).size == 303


def test_what_is_cut_anywhere_is_not_read(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a", b"hello" * 50), ("b", b"there")])
    plain = path.read_bytes()
    for end in range(0, len(plain), 7):
        path.write_bytes(plain[:end])
        cause(path)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_one_changed_byte_is_found_or_means_nothing(tmp_path_factory, at, byte):
    path = zipped(tmp_path_factory.mktemp("zip") / "a.zip", [("a/b.txt", b"hello" * 50), ("c", b"there")])
    plain = bytearray(path.read_bytes())
    plain[at % len(plain)] = byte
    path.write_bytes(plain)
    with suppress(ArchiveUnreadable, ArchiveUnsafe):
        assert archives.look(path).size == 255


def test_one_file_is_read_alone_and_never_beyond_what_was_asked_for(tmp_path):
    path = zipped(tmp_path / "a.zip", [("big", b"x" * 5000), ("small", b"y")])
    with path.open("rb") as stream:
        archive = Zip(stream, "a.zip", Limits())
        assert archive.read("small", 10) == b"y"
        assert archive.read("absent", 10) is None
        with pytest.raises(ArchiveUnsafe, match="refused"):
            archive.read("big", 4999)
