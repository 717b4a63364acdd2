"""Who works with an environment (contracts §2, "In use")."""

from __future__ import annotations

import fcntl
import os

from roost.contexts import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roost.home import Home

    from .values import Environment

MARK = ".used"  # in the environment; its time is that of the last start


def mark(environment: Environment) -> bool:
    """Note that the environment is being started; tells whether it was started before."""
    return touch(os.fspath(environment.path))


def touch(folder: str) -> bool:
    """Note that the environment in a folder is being started, as `mark` does."""
    file = f"{folder}/{MARK}"
    try:
        os.utime(file)
    except FileNotFoundError:
        with suppress(OSError):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return False
    except OSError:
        return False  # a read-only home: nothing is collected there either, and no bytecode written
    return True


def started(home: Home, environment: Environment) -> None:
    """Note a start; at the second one have the bytecode written, behind the script's back. Never fails, never waits."""
    if mark(environment):
        from .bytecode import compile_behind, compiled

        if not compiled(environment):
            compile_behind(environment, home=home)


def last_used(environment: Environment) -> float:
    """Give the time of the last start known, or of the build."""
    try:
        return max(environment.created, (environment.path / MARK).stat().st_mtime)
    except OSError:
        return environment.created


@contextmanager
def using(home: Home, environment: Environment) -> Iterator[int | None]:
    """Hold the environment for as long as a supervised process lives; yields a descriptor that it may inherit.

    Yields None where no lock can be had: then the process itself is the only sign.
    """
    with held(os.fspath(home.locks), os.fspath(environment.path)) as descriptor:
        yield descriptor


@contextmanager
def held(locks: str, folder: str) -> Iterator[int | None]:
    """Hold the environment in a folder, as `using` does.

    Args:
        locks: the folder of locks.
    """
    try:
        os.makedirs(locks, mode=0o700, exist_ok=True)  # noqa: PTH103
        file = f"{locks}/use-{folder.rpartition('/')[2]}"
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield None
        return
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor
    finally:
        os.close(descriptor)


def busy(home: Home, *paths: Path) -> str | None:
    """Say who works with any of these folders, or None: a holder of its lock, or a process that names it."""
    for path in paths:
        if _held(_lock(home, path)):
            return f"a run of roost holds `{path.name}`"
    process = _named([os.fsencode(f"{path}/") for path in paths])
    return f"process {process} works in it" if process else None


def drop(home: Home, path: Path) -> None:
    """Forget the lock of an environment that is gone."""
    _lock(home, path).unlink(missing_ok=True)


def _lock(home: Home, path: Path) -> Path:
    from roost import home as homes

    return homes.ensure(home.locks) / f"use-{path.name}"


def _held(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _named(needles: list[bytes]) -> int | None:
    """Find a process whose command line, variables or mapped files name one of the folders."""
    own = os.getpid()
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return None
    for process in processes:
        if int(process) == own:
            continue
        for part in ("cmdline", "environ", "maps"):
            try:
                with open(f"/proc/{process}/{part}", "rb") as file:  # noqa: PTH123
                    said = file.read()
            except OSError:
                continue
            if any(needle in said for needle in needles):
                return int(process)
    return None
