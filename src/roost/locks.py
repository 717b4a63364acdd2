"""Locks between processes: flock on a file, gone with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager

from .errors import CannotCreate, Exit, RoostError
from .home import ensure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class LockHeld(RoostError):
    """Another process holds the lock, longer than we may wait."""

    code = "lock-held"
    exit = Exit.TRY_AGAIN


@contextmanager
def exclusive(path: Path, *, timeout: float = 3600.0, waiting: Callable[[], None] | None = None) -> Iterator[int]:
    """Hold the lock at path; yields its descriptor, which a child may inherit so that the lock outlives us with it.

    Args:
        timeout: seconds to wait.
        waiting: called once when the lock is not free at once.

    Raises:
        LockHeld: somebody else holds it for longer than timeout.
        CannotCreate: the lock's file cannot be made, or its file system knows no locks.
    """
    ensure(path.parent)
    descriptor = _open(path)
    try:
        _take(descriptor, path, timeout, waiting)
        while not _still(descriptor, path):  # whoever held it has dropped it
            os.close(descriptor)
            descriptor = _open(path)
            _take(descriptor, path, timeout, waiting)
        yield descriptor
    finally:
        os.close(descriptor)


def drop(path: Path) -> None:
    """Delete the file of a lock that we hold: who waits for it makes a new one."""
    path.unlink(missing_ok=True)


def _still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotCreate(f"cannot open the lock `{path}`", why=(error.strerror or str(error),)) from error


def _take(descriptor: int, path: Path, timeout: float, waiting: Callable[[], None] | None) -> None:
    end = time.monotonic() + timeout
    pause = 0.005
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise LockHeld(
                    f"another process holds `{path.name}` for more than {timeout:.0f} s",
                    hints=("wait for it, or look for a process that hangs: `ps -ef | grep roost`",),
                ) from None
            if waiting and not told:
                waiting()
                told = True
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        except OSError as error:
            raise CannotCreate(
                f"the file system of `{path}` knows no locks",
                why=(error.strerror or str(error),),
                hints=("put roost's home on a local disk: `export ROOST_HOME=/path/on/a/local/disk`",),
            ) from error
        else:
            return
