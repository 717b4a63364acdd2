"""Zip archives, read strictly (PKWARE APPNOTE 6.3): every byte belongs to one member or to the directory, and both agree.

`zipfile` reads the directory; it takes archives with something before, between and behind the members, and names that
come twice, all of which mean one thing to one program and another thing to the next.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib

from roost.values import Value

from .counting import Count
from .errors import unreadable, unsafe
from .names import Tree, shown
from .values import PIECE, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .values import Limits

_END, _END_SIZE = b"PK\5\6", 22
_END_64, _END_64_SIZE = b"PK\6\6", 56
_LOCATOR, _LOCATOR_SIZE = b"PK\6\7", 20
_LOCAL, _LOCAL_SIZE = b"PK\3\4", 30
_RECORD_SIZE = 46
_COMMENT_LIMIT = 0xFFFF
_DIRECTORY_LIMIT = 1024  # bytes for each entry, on average
_ENCRYPTED, _DESCRIBED_BEHIND = 0x1 | 0x40 | 0x2000, 0x8  # flags
_DESCRIPTORS = frozenset({12, 16, 20, 24})  # bytes behind a member that is described there
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHER_NAME = 0x7075  # Info-ZIP's field with a second name
_SPECIAL = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX  # of folders they are left away, as all modes are
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device", stat.S_IFSOCK: "a socket"}  # fmt: skip


class Member(Value):
    """An entry, and where its data lie."""

    entry: Entry
    info: zipfile.ZipInfo
    start: int = 0  # in the archive; 0: not looked up


class Zip:
    """A zip archive whose directory has been read and found good."""

    form = "zip"

    def __init__(self, stream: IO[bytes], name: str, limits: Limits, *, prefix: bool = False) -> None:
        """Read the directory alone: the end of the file.

        Args:
            name: of the archive, for errors.
            prefix: something may stand before it, as the interpreter's line of a program does.

        Raises:
            ArchiveUnreadable: it is no zip archive, or damaged.
            ArchiveUnsafe: it holds what may not be unpacked.
        """
        self._stream = stream
        self._name = name
        self._prefix = prefix
        self.count = Count(name, limits)
        self._end = self._directory(limits)
        try:
            with zipfile.ZipFile(stream) as archive:  # the stream stays open
                infos = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error) as error:
            raise unreadable(name, f"its directory is damaged: {error}") from error
        self.count.expect(len(infos))
        tree = Tree(name, cased=limits.cased)
        self._members = {one.entry.name: one for one in (self._member(info, tree) for info in infos)}
        self.entries = tuple(one.entry for one in self._members.values())

    def _directory(self, limits: Limits) -> int:
        """Find the directory, and see that nothing stands around it; gives where it begins.

        Its length and number of entries are compared with the limits before anybody reads it.
        """
        size = self._stream.seek(0, 2)
        if limits.packed is not None and size > limits.packed:
            raise unsafe(self._name, f"it has {size:,} bytes, and {limits.packed:,} are allowed")
        tail_start, tail = self._tail(size, 0)
        at = tail.find(_END, -_END_SIZE)
        if at < 0:
            tail_start, tail = self._tail(size, _COMMENT_LIMIT)
            at = tail.rfind(_END)
        if at < 0 or len(tail) - at < _END_SIZE:
            raise unreadable(self._name, "it is no zip archive, or damaged at its end")
        count: int
        length: int
        start: int
        count, length, start, comment = struct.unpack("<H2LH", tail[at + 10 : at + _END_SIZE])
        if at + _END_SIZE + comment != len(tail):
            raise unsafe(self._name, "something stands behind its end")
        before = at - _LOCATOR_SIZE
        if before >= _END_64_SIZE and tail.startswith(_LOCATOR, before):
            at = before - _END_64_SIZE
            if not tail.startswith(_END_64, at):
                raise unsafe(self._name, "something stands between its directory and its end")
            count, length, start = struct.unpack("<3Q", tail[at + 32 : at + _END_64_SIZE])
        self.count.expect(count)
        most = limits.entries
        if most is not None and length > most * _DIRECTORY_LIMIT:
            raise unsafe(self._name, f"its directory has {length:,} bytes")
        end = tail_start + at
        if start + length != end and not (self._prefix and start + length < end):
            raise unsafe(self._name, "its directory is not where its end says")
        return end - length

    def _tail(self, size: int, comment: int) -> tuple[int, bytes]:
        """Read as much from the end as a directory's end and a comment can take; gives where that begins, too."""
        start = max(0, size - _END_SIZE - comment - _LOCATOR_SIZE - _END_64_SIZE)
        self._stream.seek(start)
        return start, self._stream.read(size - start)

    def _member(self, info: zipfile.ZipInfo, tree: Tree) -> Member:
        raw = info.orig_filename
        mode = info.external_attr >> 16
        kind = stat.S_IFMT(mode)
        if kind in _KINDS:
            raise unsafe(self._name, f"{shown(raw)} is {_KINDS[kind]}; only files and folders are taken")
        folder = raw.endswith("/")
        if mode & _SPECIAL and not folder:
            raise unsafe(self._name, f"{shown(raw)} would run with the rights of its owner (mode {mode & 0o7777:o})")
        if info.flag_bits & _ENCRYPTED:
            raise unreadable(self._name, f"{shown(raw)} is encrypted")
        if info.compress_type not in _METHODS:
            raise unreadable(
                self._name, f"{shown(raw)} is packed by method {info.compress_type}, and only deflate is read"
            )
        if _has_other_name(info.extra):
            raise unsafe(self._name, f"{shown(raw)} has a second name in its header")
        if folder and info.file_size:
            raise unsafe(self._name, f"{shown(raw)} is a folder with something in it")
        if (kind == stat.S_IFDIR) > folder:
            raise unsafe(self._name, f"{shown(raw)} is a folder, and its name is that of a file")
        name = tree.add(raw, "folder" if folder else "file")
        entry = Entry(
            name, "folder" if folder else "file", info.file_size, executable=bool(mode & 0o111) and not folder
        )
        return Member(entry, info)

    def check(self) -> None:
        """Compare every member's own header with the directory: same name, nothing between two, nothing before the first.

        Raises:
            ArchiveUnreadable: a header is cut.
            ArchiveUnsafe: they do not agree.
        """
        at = None if self._prefix else 0
        loose = False  # what lies between is a description of the member before
        for member in sorted(self._members.values(), key=lambda one: one.info.header_offset):
            info = member.info
            begin = info.header_offset
            if at is not None and begin != at and not (loose and begin - at in _DESCRIPTORS):
                raise unsafe(
                    self._name,
                    f"{shown(info.orig_filename)} {'overlaps with another' if begin < at else 'stands behind hidden bytes'}",
                )
            start = self._header(info)
            at, loose = start + info.compress_size, bool(info.flag_bits & _DESCRIBED_BEHIND)
            self._members[member.entry.name] = member.replace(start=start)
        if at is not None and at != self._end and not (loose and self._end - at in _DESCRIPTORS):
            raise unsafe(
                self._name,
                "hidden bytes stand before its directory" if at < self._end else "a member reaches into its directory",
            )

    def _header(self, info: zipfile.ZipInfo) -> int:
        """Read a member's own header; gives where its data begin."""
        self._stream.seek(info.header_offset)
        head = self._stream.read(_LOCAL_SIZE)
        if len(head) < _LOCAL_SIZE or not head.startswith(_LOCAL):
            raise unreadable(self._name, f"{shown(info.orig_filename)} has no header of its own")
        named: int
        extra: int
        flags, method, packed, size, named, extra = struct.unpack("<6x2H8x2L2H", head)
        raw = self._stream.read(named)
        try:
            name = raw.decode("utf-8" if flags & 0x800 else "cp437")
        except UnicodeDecodeError:
            name = ""
        sizes = (
            packed == 0xFFFFFFFF or flags & _DESCRIBED_BEHIND or (packed, size) == (info.compress_size, info.file_size)
        )
        if name != info.orig_filename or method != info.compress_type or not sizes or flags & _ENCRYPTED:
            raise unsafe(self._name, f"{shown(info.orig_filename)} is something else in its own header: {shown(name)}")
        return info.header_offset + _LOCAL_SIZE + named + extra

    def members(self) -> Iterator[tuple[Entry, Iterator[bytes]]]:
        """Give each member with its contents, piece by piece; nothing is asked of a folder's.

        Raises:
            ArchiveUnreadable: something is damaged.
            ArchiveUnsafe: two parts do not agree, or a limit is reached.
        """
        self.check()
        for member in self._members.values():
            self.count.entry()
            yield member.entry, self._pieces(member)

    def read(self, name: str, most: int) -> bytes | None:
        """Give one file whole; None: there is none of that name.

        Args:
            most: bytes that are taken; never more than these are unpacked.

        Raises:
            ArchiveUnreadable: it is damaged.
            ArchiveUnsafe: it is larger, or a limit is reached.
        """
        member = self._members.get(name)
        if member is None or member.entry.kind != "file":
            return None
        if not member.start:
            member = member.replace(start=self._header(member.info))
        found = bytearray()
        if member.entry.size <= most:
            for piece in self._pieces(member):
                found += piece
        if max(len(found), member.entry.size) > most:
            raise unsafe(self._name, f"{shown(name)} has more than {most:,} bytes")
        return bytes(found)

    def _pieces(self, member: Member) -> Iterator[bytes]:
        """Unpack one file, counted as it comes; what its header claims is compared at its end."""
        info = member.info
        name, size, check = info.orig_filename, 0, 0
        for piece in self._unpacked(member):
            size += len(piece)
            check = zlib.crc32(piece, check)
            self.count.add(name, len(piece))
            self.count.compare(shown(name), size, info.compress_size)
            if size > info.file_size:
                raise unsafe(
                    self._name, f"{shown(name)} unpacks to more than the {info.file_size:,} bytes that it claims"
                )
            yield piece
        if size != info.file_size or check != info.CRC:
            raise unreadable(self._name, f"{shown(name)} is damaged")

    def _unpacked(self, member: Member) -> Iterator[bytes]:
        info, left = member.info, member.info.compress_size
        self._stream.seek(member.start)
        if info.compress_type == zipfile.ZIP_STORED:
            while left:
                piece = self._stream.read(min(left, PIECE))
                if not piece:
                    raise unreadable(self._name, f"{shown(info.orig_filename)} is cut")
                left -= len(piece)
                yield piece
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        waiting = b""
        while not inflate.eof:
            if not waiting and left:
                waiting = self._stream.read(min(left, PIECE))
                left -= len(waiting)
            try:
                piece = inflate.decompress(waiting, PIECE)
            except zlib.error as error:
                raise unreadable(self._name, f"{shown(info.orig_filename)} is damaged: {error}") from error
            if not piece and not waiting and not inflate.eof:
                raise unreadable(self._name, f"{shown(info.orig_filename)} is cut")
            waiting = inflate.unconsumed_tail
            yield piece
        if left or waiting or inflate.unused_data:
            raise unsafe(self._name, f"{shown(info.orig_filename)} has hidden bytes behind its end")


def _has_other_name(extra: bytes) -> bool:
    while len(extra) >= 4:
        field, length = struct.unpack("<2H", extra[:4])
        if field == _OTHER_NAME:
            return True
        extra = extra[4 + length :]
    return False
