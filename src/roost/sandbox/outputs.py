"""What a program left in its work folder → plain files of ours: never a link, a device, a pipe, a giant with holes.

Everything is opened below a descriptor of the folder and looked at after it was opened, so that nothing can be put in its
place in between. Whoever calls this has seen to it that no process of the program is left.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from contextlib import suppress

from roost.errors import CannotCreate
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_FILES = 1000
MOST_BYTES = 1 << 30  # of all files together
DEEPEST = 16  # folders below each other
LONGEST = 200  # characters of a name
PIECE = 1 << 20
KINDS = (  # what a file begins with → what it is; by content, whatever its name says
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip"), (b"\x7fELF", "application/x-executable"), (b"PAR1", "application/vnd.apache.parquet"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"), (b"OggS", "audio/ogg"), (b"ID3", "audio/mpeg"), (b"RIFF", "application/riff"),
)  # fmt: skip


class File(Value):
    """One file that was taken."""

    name: str  # below the work folder, "/" between its parts
    size: int  # bytes
    kind: str  # media type, by its first bytes


class Collected(Value):
    """What was taken, and what was not."""

    files: tuple[File, ...]
    refused: tuple[tuple[str, str], ...]  # (name, why), names as they may be shown


def collect(folder: Path, target: Path, *, names: Iterable[str] = (), without: Iterable[str] = ()) -> Collected:
    """Copy what a program made.

    Args:
        folder: the work folder.
        target: an empty folder, or one that is made.
        names: what to take, below the folder; none: everything.
        without: what is not an output: the inputs.

    Raises:
        CannotCreate: the target cannot be written, or the folder cannot be read.
    """
    work = _Work(target, frozenset(names), frozenset(without))
    try:
        target.mkdir(parents=True, exist_ok=True)
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise CannotCreate(f"cannot collect what is in `{folder}`", why=(error.strerror or str(error),)) from error
    try:
        work.into(root, "", 0)
    finally:
        os.close(root)
    return Collected(tuple(work.files), tuple(work.refused))


class _Work:
    """A collection under way."""

    def __init__(self, target: Path, names: frozenset[str], without: frozenset[str]) -> None:
        self.target, self.names, self.without = target, names, without
        self.files: list[File] = []
        self.refused: list[tuple[str, str]] = []
        self.bytes = 0

    def into(self, folder: int, above: str, depth: int) -> None:
        """Take what is in an open folder."""
        with os.scandir(folder) as entries:
            found = sorted(entry.name for entry in entries)
        for name in found:
            path = f"{above}{name}"
            if path in self.without or not self._wanted(path):
                continue
            why = _unfit(name)
            if why:
                self.refuse(path, why)
                continue
            try:
                self._one(folder, name, path, depth)
            except OSError as error:
                self.refuse(path, (error.strerror or str(error)).lower())

    def refuse(self, path: str, why: str) -> None:
        """Keep why something was not taken."""
        from .streams import harmless

        self.refused.append((harmless(path.encode("utf-8", "replace").decode()), why))

    def _wanted(self, path: str) -> bool:
        return not self.names or any(
            path == one or one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in self.names
        )

    def _one(self, folder: int, name: str, path: str, depth: int) -> None:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            self.refuse(path, f"it is {_what(kind)}")
            return
        descriptor = os.open(name, flags, dir_fd=folder)
        try:
            facts = os.fstat(descriptor)
            if stat.S_ISDIR(facts.st_mode):
                if depth >= DEEPEST:
                    self.refuse(path, f"it lies below more than {DEEPEST} folders")
                else:
                    self.into(descriptor, f"{path}/", depth + 1)
            elif not stat.S_ISREG(facts.st_mode):
                self.refuse(path, f"it is {_what(facts.st_mode)}")
            elif facts.st_nlink != 1:
                self.refuse(path, "it has other names")
            elif facts.st_size > facts.st_blocks * 512 + (1 << 20):
                self.refuse(path, "most of it is a hole")
            elif len(self.files) >= MOST_FILES:
                self.refuse(path, f"there are more than {MOST_FILES} files")
            elif self.bytes + facts.st_size > MOST_BYTES:
                self.refuse(path, "there is more than may be taken")
            else:
                self._copy(descriptor, path)
        finally:
            os.close(descriptor)

    def _copy(self, descriptor: int, path: str) -> None:
        place = self.target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        first, size = b"", 0
        out = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            while data := os.read(descriptor, PIECE):
                first = first or data[:32]
                size += len(data)
                if self.bytes + size > MOST_BYTES:
                    break
                view = memoryview(data)
                while view:
                    view = view[os.write(out, view) :]
        finally:
            os.close(out)
        if self.bytes + size > MOST_BYTES:
            with suppress(OSError):
                place.unlink()
            self.refuse(path, "there is more than may be taken")
            return
        self.bytes += size
        self.files.append(File(path, size, _kind(first)))


def _unfit(name: str) -> str | None:
    """Say why a name is not taken over, or None."""
    if name.startswith("."):
        return "its name begins with a dot"
    if len(name) > LONGEST:
        return "its name is too long"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is no text"
    if (
        any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in name)
        or "\\" in name
    ):
        return "its name has characters that cannot be shown"
    return None


def _what(mode: int) -> str:
    kinds = (
        (stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
    )  # fmt: skip
    return next((what for test, what in kinds if test(mode)), "no plain file")


def _kind(first: bytes) -> str:
    for start, kind in KINDS:
        if first.startswith(start):
            return kind
    try:
        first.decode()
    except UnicodeDecodeError as error:
        if error.start < len(first) - 4:
            return "application/octet-stream"
    return "text/plain" if b"\0" not in first else "application/octet-stream"
