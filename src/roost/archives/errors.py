"""Why an archive is not taken."""

from __future__ import annotations

from roost.errors import Exit, RoostError


class ArchiveUnreadable(RoostError):
    """An archive is damaged, cut, encrypted or of a kind that is not read."""

    code = "archive-unreadable"
    exit = Exit.UNREADABLE


class ArchiveUnsafe(RoostError):
    """An archive holds what may not be unpacked: a path that leaves, a link, a bomb, something hidden between its parts."""

    code = "archive-unsafe"
    exit = Exit.REFUSED


def unreadable(archive: str, why: str) -> ArchiveUnreadable:
    """Give the error for an archive that cannot be read.

    Args:
        why: one sentence, with the member it is about.
    """
    return ArchiveUnreadable(f"cannot read `{archive}`", why=(why,))


def unsafe(archive: str, why: str) -> ArchiveUnsafe:
    """Give the error for an archive that is refused.

    Args:
        why: one sentence, with the member it is about.
    """
    return ArchiveUnsafe(f"`{archive}` is refused", why=(why,))
