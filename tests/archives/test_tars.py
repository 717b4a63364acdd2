"""Tars in every packing; links only where they are asked for, and never out of the folder."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile

import pytest

from roost import archives
from roost.archives import ArchiveUnreadable, ArchiveUnsafe, Limits

from .made import member, tarred
from .test_zips import cause


@pytest.mark.parametrize("how", ["", "gz", "bz2", "xz"])
def test_every_packing_is_read(tmp_path, how):
    path = tarred(tmp_path / "a.tar", [member("f", tarfile.DIRTYPE), ("f/a.txt", b"hello"), ("b", b"x" * 5000)], how)
    found = archives.look(path)
    assert [(one.name, one.kind) for one in found.entries] == [("f", "folder"), ("f/a.txt", "file"), ("b", "file")]
    assert (found.form, found.size) == ("tar", 5005)


def test_the_folder_itself_and_names_from_here_are_usual(tmp_path):
    path = tarred(tmp_path / "a.tar", [member("./", tarfile.DIRTYPE), ("./a/b", b"x")])
    assert [one.name for one in archives.look(path).entries] == ["a/b"]


@pytest.mark.parametrize(("one", "said"), [
    (member("../x"), "leaves"), (member("/etc/x"), "absolute"), (member("p", tarfile.FIFOTYPE), "a pipe"), (member("d", tarfile.BLKTYPE), "a device"),
    (member("d", tarfile.CHRTYPE), "a device"), (member("s", mode=0o4755), "rights of its owner"), (member("l", tarfile.SYMTYPE, "a"), "a link"),
    (member("l", tarfile.LNKTYPE, "ok"), "a link"), (member("c", tarfile.CONTTYPE + b""), None), (member("ok"), "twice"),
])  # fmt: skip
def test_only_plain_files_and_folders_are_taken(tmp_path, one, said):
    path = tarred(tmp_path / "a.tar", [("ok", b""), one])
    if said:
        assert said in cause(path)
    else:
        assert len(archives.look(path).entries) == 2


@pytest.mark.parametrize("target", ["/etc/passwd", "../../x", "..", "a/../../x", "l", "."])
def test_links_that_lead_out_are_refused_where_links_are_taken(tmp_path, target):
    path = tarred(tmp_path / "a.tar", [("ok", b""), member("l", tarfile.SYMTYPE, target)])
    if target == ".":
        assert "out of the folder" not in archives.look(path, links=True).form
        with pytest.raises(ArchiveUnsafe):
            archives.unpack(path, tmp_path / "out", links=True)
    else:
        assert "which is not in the archive" in cause(path, links=True)
    assert not (tmp_path / "out").exists()


def test_links_inside_are_made_where_they_are_asked_for(tmp_path):
    path = tarred(
        tmp_path / "a.tar",
        [
            ("lib/x.so.1", b"code"),
            member("lib/x.so", tarfile.SYMTYPE, "x.so.1"),
            member("same", tarfile.LNKTYPE, "lib/x.so.1"),
        ],
    )
    archives.unpack(path, tmp_path / "out", links=True)
    assert (tmp_path / "out/lib/x.so").readlink().name == "x.so.1"
    assert (tmp_path / "out/same").read_bytes() == b"code"


def test_links_that_lead_out_together_are_refused(tmp_path):
    path = tarred(
        tmp_path / "a.tar",
        [("deep/er/ok", b""), member("deep/up", tarfile.SYMTYPE, ".."), member("out", tarfile.SYMTYPE, "deep/up/..")],
    )
    assert "is a link" not in archives.look(path, links=True).form  # one by one they stay inside
    with pytest.raises(ArchiveUnsafe) as caught:
        archives.unpack(path, tmp_path / "target", links=True)
    assert "leads out of the folder" in caught.value.why[0]
    assert [one.name for one in tmp_path.iterdir()] == ["a.tar"]


def test_nothing_is_written_through_a_link(tmp_path):
    path = tarred(tmp_path / "a.tar", [member("sub", tarfile.SYMTYPE, "other"), ("sub/planted", b"x")])
    assert "`sub/planted` lies below `sub`, which is no folder" in cause(path, links=True)


@pytest.mark.parametrize("how", ["gz", "bz2", pytest.param("xz", marks=pytest.mark.thorough)])
def test_bombs_end_at_a_limit(tmp_path, how):
    path = tarred(tmp_path / "a.tar", [("zeros", bytes(48 << 20))], how)
    assert "200 times" in cause(path)
    assert "more than 8 MiB" in cause(path, limits=Limits(size=8 << 20, ratio=None))


def test_many_small_members_and_endless_headers_end_at_a_limit(tmp_path):
    path = tarred(tmp_path / "a.tar", [member(f"{n}") for n in range(200)])
    assert "more than 199 entries" in cause(path, limits=Limits(entries=199))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        facts = tarfile.TarInfo("a")
        facts.pax_headers = {"comment": "x" * (2 << 20)}
        archive.addfile(facts)
    (tmp_path / "b.tar").write_bytes(buffer.getvalue())
    assert "a header of" in cause(tmp_path / "b.tar")


def test_a_file_with_holes_is_refused(tmp_path):
    facts = tarfile.TarInfo("holes")
    facts.type, facts.size = tarfile.GNUTYPE_SPARSE, 0
    head = bytearray(facts.tobuf(tarfile.GNU_FORMAT))
    head[483:495] = b"%011o\0" % (1 << 30)  # the size that it claims to have
    head[148:156] = b"%06o\0 " % (sum(head[:148]) + 8 * 32 + sum(head[156:512]))
    (tmp_path / "a.tar").write_bytes(bytes(head) + bytes(1024))
    assert "a file with holes" in cause(tmp_path / "a.tar")


def test_what_stands_behind_the_end_is_refused(tmp_path):
    path = tarred(tmp_path / "a.tar", [("a", b"x")], "")
    path.write_bytes(path.read_bytes() + b"tail")
    assert cause(path) == "something stands behind its end"
    path.write_bytes(gzip.compress(tarred(path, [("a", b"x")], "").read_bytes()) + gzip.compress(b"tail"))
    assert cause(path) == "something stands behind its end"


def test_a_dictionary_larger_than_the_memory_is_refused(tmp_path):
    big = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    tar = tarred(tmp_path / "a.tar", [("a", b"x" * 100)], "").read_bytes()
    (tmp_path / "a.tar").write_bytes(lzma.compress(tar, filters=[{**big[0], "dict_size": 64 << 20}]))
    assert archives.look(tmp_path / "a.tar").size == 100
    packed = bytearray(lzma.compress(tar, filters=[{**big[0], "dict_size": 64 << 20}]))
    assert packed[16] == 28, "the dictionary's size in the block header"
    packed[16] = 40  # 4 GiB
    import zlib

    packed[20:24] = zlib.crc32(packed[12:20]).to_bytes(4, "little")
    (tmp_path / "a.tar").write_bytes(packed)
    assert "emory" in cause(tmp_path / "a.tar")


@pytest.mark.parametrize("how", ["", "gz", "bz2", "xz"])
def test_what_is_cut_is_not_read(tmp_path, how):
    path = tarred(tmp_path / "a.tar", [("a", bytes(range(256)) * 40), ("b", b"x" * 1000)], how)
    plain = path.read_bytes()
    for share in (1, 5, 9):
        path.write_bytes(plain[: len(plain) * share // 20])
        with pytest.raises((ArchiveUnreadable, ArchiveUnsafe)):
            archives.look(path)
