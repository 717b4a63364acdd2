"""What the engine's cache holds: unpacked wheels, from which environments are linked.

An environment's files are those of the cache (hard links), so its removal frees little as long as the cache has them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from roost.values import Value

from . import sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from roost.home import Home

    from .sizes import File, Inode

LOCK = ".lock"  # the engine holds it shared while it works
ASIDE = ".roost-"  # wheels that are being removed


class Archive(Value):
    """One unpacked wheel."""

    path: Path
    name: str  # of what it is, "soup 2.0"
    files: dict[Inode, File]
    touched: float  # when it was last linked, or an environment with it went; seconds since the epoch


def archives(home: Home) -> list[Archive]:
    """List the unpacked wheels of the engine's cache; none where it copies instead of keeping them."""
    found = []
    for path in sorted(home.engine_cache.glob("archive-v*/*")):
        files = sizes.files(path)
        touched = max((one.changed for one in files.values()), default=0.0)
        found.append(Archive(path, _name(path), files, touched))
    return found


def _name(archive: Path) -> str:
    for entry in archive.glob("*.dist-info"):
        distribution, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
        return f"{distribution} {version}"
    return archive.name


def remove(home: Home, archives: Iterable[Archive], *, timeout: float) -> list[Archive]:
    """Remove unpacked wheels that no environment has; gives those that went. The engine gets them again when wanted.

    Args:
        timeout: seconds to wait for an engine that works with the cache; then nothing is removed.
    """
    gone = []
    with _held(home, timeout) as alone:
        for archive in archives if alone else ():
            if all(one.links <= one.here for one in sizes.files(archive.path).values()):  # nobody came in between
                with suppress(OSError):  # somebody else removed it
                    archive.path.rename(home.engine_cache / f"{ASIDE}{os.getpid()}-{archive.path.name}")
                    gone.append(archive)
    for path in home.engine_cache.glob(f"{ASIDE}*"):  # also what a removal that was broken off has left
        shutil.rmtree(path, ignore_errors=True)
    return gone


@contextmanager
def _held(home: Home, timeout: float) -> Iterator[bool]:
    """Keep the engine from working with its cache; yields False where it works for longer than that."""
    try:
        descriptor = os.open(home.engine_cache / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:  # there is no cache yet
        yield False
        return
    try:
        yield _taken(descriptor, time.monotonic() + timeout)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, end: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        else:
            return True
