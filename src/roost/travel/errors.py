"""What can go wrong on the way from one machine to another."""

from __future__ import annotations

from roost.errors import Exit, RoostError


class CannotMove(RoostError):
    """An environment has parts that would not work on another machine."""

    code = "cannot-move"
    exit = Exit.UNREADABLE


def stay(name: str) -> CannotMove:
    """Say why an environment over conda packages does not travel."""
    return CannotMove(
        f"the environment `{name}` cannot be moved",
        why=("it stands on conda packages, which work only in the folder that they were installed in",),
        hints=("lock its script (`roost lock FILE`) and run it there: the lock names the very packages",),
    )


class BadArchive(RoostError):
    """An archive is damaged, cut, made by something else, or would write where it must not."""

    code = "bad-archive"
    exit = Exit.UNREADABLE


class WrongMachine(RoostError):
    """An archive holds files that this machine's Pythons cannot load."""

    code = "wrong-machine"
    exit = Exit.UNAVAILABLE


class NotKept(RoostError):
    """A line has no place in the form that it is to be written in, and was not to be lost."""

    code = "not-kept"
    exit = Exit.UNREADABLE
