"""Starting a process that we stay beside."""

from __future__ import annotations

import os

from roost.records.becoming import kept_bytes

from .launch import cannot_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from .values import Launch

GRACE = 3.0  # seconds between asking a process that is out of time to end, and ending it
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG (Linux)


def spawn(start: Launch, data: bytes | None, cwd: Path | None, **more: object) -> subprocess.Popen[bytes]:
    """Start the process; every descriptor that we inherited is its own as well, ours are closed by exec."""
    import subprocess

    program = start.stdin if start.stdin is not None else data
    descriptor = kept_bytes(program) if program is not None else None
    try:
        return subprocess.Popen(start.argv, env=start.environ, cwd=cwd, stdin=descriptor, close_fds=False, **more)  # type: ignore[call-overload, no-any-return]  # what varies is passed through
    except (OSError, ValueError) as error:
        raise cannot_start(start, error) from error
    finally:
        if descriptor is not None:
            os.close(descriptor)


def alone() -> bool:
    """Tell whether we are the only thread: only then may code run between fork and exec, and signals be ours."""
    import threading

    return threading.current_thread() is threading.main_thread() and threading.active_count() == 1


def bound_to_us() -> Callable[[], None]:
    """Give what a child calls before exec so that it ends with us, even where we are killed; Linux only."""
    import signal

    parent, end = os.getpid(), int(signal.SIGKILL)
    try:
        import ctypes

        control = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda: None

    def bind() -> None:
        control(_DEATH_SIGNAL, end, 0, 0, 0)
        if os.getppid() != parent:  # it was killed in between
            os._exit(128 + end)

    return bind
