"""Starting a process that we stay beside."""

from __future__ import annotations

import os
from contextlib import suppress

from roost.records.becoming import kept_bytes, restore_signals

from .launching import cannot_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from typing import NoReturn

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


def fork(start: Launch, data: bytes | None, cwd: Path | None, restore: Callable[[], None]) -> int:
    """Start the process from our only thread, and give its number once it is the environment's Python.

    Args:
        restore: called in it, last before it becomes that.

    Raises:
        CannotStart: the system refuses.
    """
    program = start.stdin if start.stdin is not None else data
    descriptor = kept_bytes(program) if program is not None else None
    failed, failing = os.pipe()  # closed by exec
    try:
        process = os.fork()
        if process == 0:
            _become(start, descriptor, cwd, restore, failing)
    except OSError as error:
        os.close(failed)
        raise cannot_start(start, error) from error
    finally:
        os.close(failing)
        if descriptor is not None:
            os.close(descriptor)
    with os.fdopen(failed, "rb") as reader:
        said = reader.read().decode("utf-8", "replace")
    if said:
        os.waitpid(process, 0)
        number, _, sentence = said.partition(" ")
        raise cannot_start(start, OSError(int(number), sentence) if number != "0" else ValueError(sentence))
    return process


def _become(start: Launch, stdin: int | None, cwd: Path | None, restore: Callable[[], None], failing: int) -> NoReturn:
    try:
        if stdin == 0:
            os.set_inheritable(0, True)  # noqa: FBT003  # the only way it can be called
        elif stdin is not None:
            os.dup2(stdin, 0)
        if cwd is not None:
            os.chdir(cwd)
        restore_signals()
        restore()
        os.execve(start.argv[0], start.argv, start.environ)  # noqa: S606  # a shell is what it must not be
    except OSError as error:
        os.write(failing, f"{error.errno} {error.strerror}".encode())
    except ValueError as error:
        os.write(failing, f"0 {error}".encode())
    finally:
        os._exit(127)


def let_go() -> None:
    """Close what the script has inherited from us, all but standard error: the other ends must see it close them."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    for descriptor in opened():
        with suppress(OSError):  # the one that listed the others
            if descriptor > 2 and os.get_inheritable(descriptor):
                os.close(descriptor)


def opened() -> list[int]:
    """List our descriptors."""
    try:
        return [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208
    except OSError:  # a bare root folder
        return list(range(256))


def alone() -> bool:
    """Tell whether we are the only thread: only then may code run between fork and exec, and signals be ours."""
    import threading

    return threading.current_thread() is threading.main_thread() and threading.active_count() == 1


def bound_to_us(process: int | None = None) -> Callable[[], None]:
    """Give what a child calls so that it ends with us, even where we are killed; Linux only.

    Args:
        process: who we are; None: who calls this.
    """
    import signal

    parent, end = process or os.getpid(), int(signal.SIGKILL)
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
