"""The folder through which a sandboxed program asks and is answered: a pipe to write to, and files that it can only read."""

from __future__ import annotations

import os

from roost.contexts import suppress

PIPE, ANSWERS, ENVIRONMENTS, ADDITIONS = (
    "ask",
    "answers",
    "environments",
    "additions",
)  # in the folder that is seen inside


def prepare(folder: str) -> int:
    """Make a run's folder, with the one in it that is seen inside; gives the pipe's descriptor, for reading and writing, so that it has no end.

    Raises:
        OSError: it cannot be made.
    """
    inside = seen(folder)
    _make(folder)
    _make(inside)
    pipe = f"{inside}/{PIPE}"
    os.mkfifo(pipe, 0o600)
    return os.open(pipe, os.O_RDWR | os.O_CLOEXEC)


def furnish(folder: str) -> None:
    """Make the folders for answers, once something is asked."""
    for name in (ANSWERS, ENVIRONMENTS, ADDITIONS):
        _make(f"{seen(folder)}/{name}")


def remove(folder: str) -> None:
    """Remove what `prepare` has made, where nothing was asked."""
    with suppress(OSError):
        os.unlink(f"{seen(folder)}/{PIPE}")  # noqa: PTH108
        os.rmdir(seen(folder))  # noqa: PTH106
        os.rmdir(folder)  # noqa: PTH106


def seen(folder: str) -> str:
    """Name the folder that is seen inside, at the same path."""
    return f"{folder}/inside"


def _make(place: str) -> None:
    os.mkdir(place)  # noqa: PTH102
    os.chmod(place, 0o755)  # noqa: PTH101, S103  # another user may have to walk there; what lies above decides who can
