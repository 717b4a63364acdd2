"""What can go wrong, as values: what, why, hints, a stable code and an exit status."""

from __future__ import annotations


class Exit:
    """Exit statuses of roost itself (BSD sysexits.h); a script that ran keeps its own. Numbers: `enum` takes long to load."""

    OK = 0
    USAGE = 64
    UNREADABLE = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    BUG = 70
    CANNOT_CREATE = 73
    TRY_AGAIN = 75
    NEEDS_USER = 76
    REFUSED = 77
    CONFIGURATION = 78
    NO_SANDBOX = 125
    INTERRUPTED = 130


class RoostError(Exception):
    """Something a user can understand and act on.

    Args:
        what: the thing and what was wanted of it, lower case, no full stop, names in backticks.
        why: from near to far; other programs in their own words.
        hints: what to do next, each complete enough to copy.
    """

    code = "error"
    exit = Exit.UNREADABLE

    def __init__(self, what: str, *, why: tuple[str, ...] = (), hints: tuple[str, ...] = ()) -> None:
        """Keep the three parts; `str()` gives the first."""
        super().__init__(what)
        self.what = what
        self.why = why
        self.hints = hints


class UsageError(RoostError):
    """The command line cannot be understood."""

    code = "usage"
    exit = Exit.USAGE


class ConfigurationError(RoostError):
    """A settings file or variable says something that cannot be."""

    code = "configuration"
    exit = Exit.CONFIGURATION


class CannotCreate(RoostError):
    """A file or folder cannot be made: the disk is full, or permission is missing."""

    code = "cannot-create"
    exit = Exit.CANNOT_CREATE


class ProcessFailed(RoostError):
    """A program that roost needs cannot be started, or ran longer than it may."""

    code = "process-failed"
    exit = Exit.UNAVAILABLE
