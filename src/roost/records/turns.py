"""Several starts of one new text at once: one goes ahead, the others start as those do whose text is known.

Reading, planning and locking sixteen times what sixteen processes want costs a second of both cores, and tells them
nothing new. Who goes ahead holds a lock on a small file and writes into it when its script starts. The others wait for
the end of that script, which makes its text known; if that takes longer (a server, a script that waits for the
others), and where the text does not become known, they go the whole way like anybody. A lock is gone with its process.
"""

from __future__ import annotations

import os
import time

from . import sealed

PATIENCE = 2.0  # seconds after which a script that has started is not waited for
LONGEST = 600.0  # seconds to wait for an environment
_PAUSE = 0.01  # seconds between looking
_STARTED, _NEVER = b"s", b"never"  # what the file holds: nothing while its environment is made

_leading: tuple[int, str, str, str] | None = (
    None  # the descriptor and path of our lock, the launcher's folder, the digest
)


def follow(folder: str, digest: str) -> bool:
    """Go ahead with a text, or wait for who does.

    Args:
        folder: of the launcher's records.
        digest: sha256 of the text.

    Returns:
        Whether somebody went ahead: the text is worth another look.
    """
    global _leading  # noqa: PLW0603  # a process starts one text
    from fcntl import LOCK_EX, LOCK_NB, flock

    path = f"{folder}/turns/{digest}"
    try:
        os.makedirs(f"{folder}/turns", mode=0o700, exist_ok=True)  # noqa: PTH103
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # a home that may only be read
        return False
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        _wait(descriptor)
        os.close(descriptor)
        return True
    except OSError:  # a file system without locks
        os.close(descriptor)
        return False
    if os.pread(descriptor, len(_NEVER), 0) == _NEVER:
        os.close(descriptor)
        return False
    os.truncate(descriptor, 0)
    _leading = descriptor, path, folder, digest
    return False


def started() -> None:
    """Tell those who wait for us that our script begins."""
    if _leading is not None:
        os.pwrite(_leading[0], _STARTED, 0)


def ended() -> None:
    """Let those who wait go on, and have nobody wait for a text that does not become known."""
    global _leading  # noqa: PLW0603
    if _leading is None:
        return
    descriptor, path, folder, digest = _leading
    _leading = None
    if sealed.find(f"{folder}/texts", digest) is None:
        os.pwrite(descriptor, _NEVER, 0)
    else:
        sealed.forget(path)
    os.close(descriptor)


def _wait(descriptor: int) -> None:
    from fcntl import LOCK_NB, LOCK_SH, flock

    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        try:
            flock(descriptor, LOCK_SH | LOCK_NB)
        except BlockingIOError:
            facts = os.fstat(descriptor)
            if facts.st_size and not 0 <= time.time() - facts.st_mtime <= PATIENCE:
                return
            time.sleep(_PAUSE)
        else:
            return
