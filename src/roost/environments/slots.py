"""Folders beside the environments that are gone after use; light, since every run in a sandbox takes one.

The same few paths are used again and again. Who holds the lock is alive, in whatever container.
"""

from __future__ import annotations

import fcntl
import os

from roost.contexts import contextmanager
from roost.errors import CannotCreate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ASIDE = ".tmp-"
MOST = 256  # folders of one purpose at the same time


@contextmanager
def taken(environments: str, locks: str, name: str) -> Iterator[str]:
    """Take a folder that is gone afterwards; it is not made, and what dead ones left in the others of its name is removed.

    Args:
        environments, locks: the folders of the home.

    Raises:
        CannotCreate: nothing can be made there, or too many are in use.
    """
    try:
        for folder in (environments, locks):
            os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        found = _free(environments, locks, name)
        for left in os.listdir(environments):  # noqa: PTH208
            if found and left.startswith(f"{ASIDE}{name}-") and left != found[0].rpartition("/")[2]:
                _clear_dead(f"{environments}/{left}", locks)
    except OSError as error:
        raise CannotCreate(f"cannot make a folder in `{environments}`", why=(error.strerror or str(error),)) from error
    if found is None:
        raise CannotCreate("too many folders are in use", hints=("try again when some runs have ended",))
    aside, descriptor = found
    try:
        clear(aside)
        yield aside
    finally:
        clear(aside)
        os.close(descriptor)


def _free(environments: str, locks: str, name: str) -> tuple[str, int] | None:
    """Give the first folder of a name whose lock nobody holds, and the lock; raises OSError."""
    for number in range(MOST):
        aside = f"{environments}/{ASIDE}{name}-{number}"
        descriptor = _lock(aside, locks)
        if descriptor is not None:
            return aside, descriptor
    return None


def _clear_dead(aside: str, locks: str) -> None:
    descriptor = _lock(aside, locks)
    if descriptor is not None:
        clear(aside)
        os.close(descriptor)


def _lock(aside: str, locks: str) -> int | None:
    """Take the lock of a folder, as `store.slot` does; None: somebody holds it."""
    descriptor = os.open(
        f"{locks}/{aside.rpartition('/')[2].lstrip('.')}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def clear(path: str) -> None:
    """Delete a folder, or whatever stands in its place."""
    if not os.path.lexists(path):
        return
    import shutil

    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.unlink(path)  # noqa: PTH108
