"""Tar archives, plain or packed by gzip, bzip2 or xz, read as a stream from their beginning to their end."""

from __future__ import annotations

import bz2
import lzma
import posixpath
import stat
import tarfile
import zlib
from contextlib import contextmanager

from .counting import Count
from .errors import unreadable, unsafe
from .names import Tree, folded, shown
from .values import FLOOR, PIECE, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from .values import Kind, Limits

_READ = 1 << 16  # packed bytes at a time: a ratio is known that exactly
_MEMORY = 128 << 20  # bytes that xz may want for its dictionary
_HEADERS = 4096  # bytes for each entry, beside what it holds
_SPECIAL = stat.S_ISUID | stat.S_ISGID
_KINDS = {tarfile.FIFOTYPE: "a pipe", tarfile.BLKTYPE: "a device", tarfile.CHRTYPE: "a device"}


class _Gzip:
    """`zlib`'s object in the shape of the two others: it keeps what it has not read."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    def decompress(self, data: bytes, most: int) -> bytes:
        found = self._inflate.decompress(self._waiting + data, most)
        self._waiting = self._inflate.unconsumed_tail
        return found


_PACKINGS: tuple[tuple[bytes, Callable[[], _Gzip | bz2.BZ2Decompressor | lzma.LZMADecompressor]], ...] = (
    (b"\x1f\x8b", _Gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)),
)


def is_tar(head: bytes) -> bool:
    """Tell whether a file that begins so is a tar archive, or packed as those are.

    Args:
        head: 512 bytes, or all.
    """
    return any(head.startswith(mark) for mark, _ in _PACKINGS) or head[257:262] == b"ustar"


class _Stream:
    """Unpacks a stream, one or several one after the other, and counts both sides."""

    def __init__(self, stream: IO[bytes], count: Count, most: int | None) -> None:
        self._stream = stream
        self._count = count
        self._most = most  # bytes that may come out, headers included
        head = stream.read(6)
        stream.seek(0)
        self._make = next((make for mark, make in _PACKINGS if head.startswith(mark)), None)
        self._inflate = self._make() if self._make else None
        self._packed = self.unpacked = 0
        self._first = b""  # of what has been read and belongs to the next of several streams

    def read(self, size: int) -> bytes:
        """Give up to size bytes; none at the end."""
        found = bytearray()
        while len(found) < size:
            piece = self._some(size - len(found))
            if not piece:
                break
            found += piece
            self.unpacked += len(piece)
            self._count.compare("it", self.unpacked, self._packed)
            if self._most is not None and self.unpacked > self._most:
                raise tarfile.ReadError("its headers are out of all proportion")
        return bytes(found)

    def _some(self, size: int) -> bytes:
        if self._inflate is None or self._make is None:
            data = self._stream.read(size)
            self._packed += len(data)
            return data
        while True:
            if self._inflate.eof:
                self._first = self._inflate.unused_data or self._stream.read(_READ)
                if not self._first:
                    return b""
                self._packed += 0 if self._inflate.unused_data else len(self._first)
                self._inflate = self._make()
            data, self._first = self._first, b""
            if not data and getattr(self._inflate, "needs_input", True):
                data = self._stream.read(_READ)
                self._packed += len(data)
                if not data:
                    raise EOFError("it is cut")
            found = self._inflate.decompress(data, size)
            if found:
                return found


class _Careful(tarfile.TarInfo):
    """A member whose extended header cannot fill the memory: tarfile reads those whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Careful:
        found = super().frombuf(buf, encoding, errors)
        if found.type not in tarfile.REGULAR_TYPES and found.size > PIECE:
            raise tarfile.ReadError(f"a header of {found.size:,} bytes")
        return found


class Tar:
    """A tar archive; its members are known one after the other."""

    form = "tar"

    def __init__(self, stream: IO[bytes], name: str, limits: Limits, *, links: bool = False) -> None:
        """Read nothing yet.

        Args:
            name: of the archive, for errors.
            links: links are taken if they stay inside.

        Raises:
            ArchiveUnsafe: the archive itself is too large.
        """
        size = stream.seek(0, 2)
        stream.seek(0)
        if limits.packed is not None and size > limits.packed:
            raise unsafe(name, f"it has {size:,} bytes, and {limits.packed:,} are allowed")
        self._name = name
        self._links = links
        self._cased = limits.cased
        self.count = Count(name, limits)
        bounded = limits.size is not None and limits.entries is not None
        most = (limits.size or 0) + (limits.entries or 0) * _HEADERS + FLOOR if bounded else None
        self._stream = _Stream(stream, self.count, most)
        self._files: set[str] = set()  # that a hard link may name

    def members(self) -> Iterator[tuple[Entry, Iterator[bytes]]]:
        """Give each member with its contents, piece by piece, to be read before the next one is asked for.

        Raises:
            ArchiveUnreadable: something is damaged or cut.
            ArchiveUnsafe: something may not be unpacked, or a limit is reached.
        """
        tree = Tree(self._name, cased=self._cased)
        with (
            self._damage(),
            tarfile.open(fileobj=self._stream, mode="r|", tarinfo=_Careful) as archive,  # type: ignore[call-overload]  # it only reads
        ):
            while (member := archive.next()) is not None:
                self.count.entry()
                if not _is_root(member):
                    yield self._entry(member, tree), self._pieces(archive, member)
            self._rest()

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Turn what the readers say of damage into one error."""
        try:
            yield
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, RecursionError) as error:
            raise unreadable(self._name, f"it is damaged: {str(error) or type(error).__name__}") from error

    def _rest(self) -> None:
        """See that nothing but zeros stands behind the end; a packed stream's check sum is compared there as well."""
        while data := self._stream.read(PIECE):
            if data.strip(b"\0"):
                raise unsafe(self._name, "something stands behind its end")

    def _entry(self, member: tarfile.TarInfo, tree: Tree) -> Entry:
        raw = member.name.removeprefix("./")
        if member.issparse():
            raise unsafe(self._name, f"{shown(raw)} is a file with holes, and claims {member.size:,} bytes")
        if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
            what = _KINDS.get(member.type, "of a kind that is not known")
            raise unsafe(self._name, f"{shown(raw)} is {what}; only files and folders are taken")
        if member.mode & _SPECIAL and not member.isdir():
            raise unsafe(
                self._name, f"{shown(raw)} would run with the rights of its owner (mode {member.mode & 0o7777:o})"
            )
        if member.issym() or member.islnk():
            return self._link(member, raw, tree)
        name = tree.add(raw, "folder" if member.isdir() else "file")
        if member.isdir():
            return Entry(name, "folder")
        self._files.add(name)
        return Entry(name, "file", member.size, executable=bool(member.mode & 0o100))

    def _link(self, member: tarfile.TarInfo, raw: str, tree: Tree) -> Entry:
        if not self._links:
            raise unsafe(self._name, f"{shown(raw)} is a link; only files and folders are taken")
        kind: Kind = "link" if member.issym() else "hard link"
        name, target = tree.add(raw, kind), member.linkname
        if kind == "hard link":
            target = target.removeprefix("./")
            if target not in self._files:
                raise unsafe(
                    self._name, f"{shown(raw)} is a link to {shown(target)}, which is no file that came before it"
                )
            return Entry(name, kind, target=target)
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        if posixpath.isabs(target) or inside == ".." or inside.startswith("../") or folded(inside) == folded(name):
            raise unsafe(self._name, f"{shown(raw)} is a link to {shown(target)}, which is not in the archive")
        return Entry(name, kind, target=target)

    def _pieces(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
        file = archive.extractfile(member) if member.isreg() else None
        while file:
            with self._damage():
                piece = file.read(PIECE)
            if not piece:
                return
            self.count.add(member.name, len(piece))
            yield piece


def _is_root(member: tarfile.TarInfo) -> bool:
    """Tell whether a member is the folder itself, `./`, which many archives begin with."""
    return member.isdir() and member.name.rstrip("/") == "."
