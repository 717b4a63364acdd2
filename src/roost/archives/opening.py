"""A file that somebody wrote → what is in it, or a new folder with it."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from roost.errors import CannotCreate, Exit, RoostError

from .errors import unreadable, unsafe
from .names import shown
from .values import Contents, Entry, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Protocol

    class Archive(Protocol):
        """One form of archive, read by its rules."""

        form: str

        def members(self) -> Iterator[tuple[Entry, Iterator[bytes]]]:
            """Give each member with its contents, piece by piece.

            Raises:
                ArchiveUnreadable: something is damaged.
                ArchiveUnsafe: something may not be unpacked, or a limit is reached.
            """


_HEAD = 512  # bytes that tell the form
USUAL = Limits()


class UnpackingElsewhere(RoostError):
    """Another process unpacks to the same place."""

    code = "unpacking-elsewhere"
    exit = Exit.TRY_AGAIN


@contextmanager
def opened(file: Path, *, limits: Limits = USUAL, links: bool = False) -> Iterator[Archive]:
    """Open an archive by what it is, whatever it is called.

    Args:
        links: links of a tar are taken if they stay inside.

    Raises:
        ArchiveUnreadable: it is no archive that is read, or not there.
        ArchiveUnsafe: it may not be unpacked.
    """
    try:
        stream = file.open("rb")
    except OSError as error:
        raise unreadable(file.name, (error.strerror or str(error)).lower()) from error
    with stream:
        yield _form(stream, file.name, limits, links=links)


def _form(stream: IO[bytes], name: str, limits: Limits, *, links: bool) -> Archive:
    head = stream.read(_HEAD)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        from .zips import Zip

        return Zip(stream, name, limits)
    from .tars import Tar, is_tar

    if is_tar(head):
        return Tar(stream, name, limits, links=links)
    raise unreadable(name, "it does not begin as a zip or a tar archive does")


def look(file: Path, *, limits: Limits = USUAL, links: bool = False) -> Contents:
    """Read an archive to its end without writing anything.

    Raises:
        ArchiveUnreadable: it is damaged, encrypted, or no archive that is read.
        ArchiveUnsafe: it may not be unpacked.
    """
    with opened(file, limits=limits, links=links) as archive:
        entries, size = [], 0
        for entry, pieces in archive.members():
            entries.append(entry)
            size += sum(map(len, pieces))
        return Contents(archive.form, tuple(entries), size)


def unpack(file: Path, folder: Path, *, limits: Limits = USUAL, links: bool = False) -> Contents:
    """Unpack an archive into a new folder: made beside it, and renamed when all of it is there.

    Files are 0644 or 0755 whatever the archive says. What a killed process has left is taken away by the next one.

    Args:
        folder: not there yet, or empty.

    Raises:
        ArchiveUnreadable, ArchiveUnsafe: as `look`; nothing is left then.
        CannotCreate: the folder is there and not empty, or cannot be written.
        UnpackingElsewhere: another process unpacks to the same place.
    """
    try:
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir() or any(folder.iterdir())):
            raise CannotCreate(f"`{folder}` is there already", hints=("name a folder that is not there yet",))
        with opened(file, limits=limits, links=links) as archive, _beside(folder) as aside:
            found = _written(archive, aside, file.name)
            aside.rename(folder)
    except OSError as error:
        raise CannotCreate(f"cannot unpack `{file.name}` into `{folder}`", why=(str(error),)) from error
    return found


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Make an empty folder beside another one, this process's alone; it goes unless it was renamed."""
    aside = folder.with_name(f".{folder.name}.unpacking")
    aside.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(aside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = os.path.samestat(os.fstat(descriptor), aside.lstat())  # not renamed by whoever held it
        except (BlockingIOError, FileNotFoundError):
            same = False
        if not same:
            raise UnpackingElsewhere(f"another process unpacks into `{folder}`", hints=("try again when it has ended",))
        for left in aside.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        try:
            yield aside
        finally:
            if os.path.lexists(aside):
                shutil.rmtree(aside)
    finally:
        os.close(descriptor)


def _written(archive: Archive, aside: Path, name: str) -> Contents:
    """Write what an archive holds; links last, so that nothing is written through one."""
    entries, size = [], 0
    for entry, pieces in archive.members():
        entries.append(entry)
        place = aside / entry.name
        (place if entry.kind == "folder" else place.parent).mkdir(parents=True, exist_ok=True)
        if entry.kind == "file":
            with _new(place, entry) as file:
                for piece in pieces:
                    file.write(piece)
                    size += len(piece)
    root = os.path.realpath(aside)
    links = [one for one in entries if one.kind in {"link", "hard link"}]
    for one in links:
        if one.kind == "link":
            (aside / one.name).symlink_to(one.target)
        else:
            (aside / one.name).hardlink_to(aside / one.target)
    for one in links:  # several together may lead out where each of them does not
        if not os.path.realpath(aside / one.name).startswith(f"{root}{os.sep}"):
            raise unsafe(name, f"{shown(one.name)} is a link that leads out of the folder")
    aside.chmod(0o755)
    return Contents(archive.form, tuple(entries), size)


def _new(place: Path, entry: Entry) -> IO[bytes]:
    mode = 0o755 if entry.executable else 0o644
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode), "wb")
