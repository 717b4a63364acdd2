"""The folder through which a sandboxed program asks and is answered: a pipe to write to, and files that it can only read."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

PIPE, ANSWERS, ENVIRONMENTS, ADDITIONS = (
    "ask",
    "answers",
    "environments",
    "additions",
)  # in the folder that is seen inside


def prepare(folder: Path) -> int:
    """Make a run's folder, with the one in it that is seen inside; gives the pipe's descriptor, for reading and writing, so that it has no end.

    Raises:
        OSError: it cannot be made.
    """
    inside = seen(folder)
    for place in (folder, inside, *(inside / name for name in (ANSWERS, ENVIRONMENTS, ADDITIONS))):
        place.mkdir()
        place.chmod(0o755)  # another user may have to walk there; what lies above decides who can
    pipe = inside / PIPE
    os.mkfifo(pipe, 0o600)
    return os.open(pipe, os.O_RDWR | os.O_CLOEXEC)


def seen(folder: Path) -> Path:
    """Name the folder that is seen inside, at the same path."""
    return folder / "inside"
