"""What can go wrong on the way from one machine to another."""

from __future__ import annotations

from roost.errors import Exit, RoostError


class CannotMove(RoostError):
    """An environment has parts that would not work on another machine."""

    code = "cannot-move"
    exit = Exit.UNREADABLE


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
