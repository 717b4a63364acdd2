"""Another user for what root runs: whoever gets out of a sandbox is then nobody."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

STRANGER = 65533  # nobody's number: neither `nobody` (65534), which others use too, nor one that is handed out


def another(paths: Iterable[str], folder: str) -> int | None:
    """Give the user that a program of root's should run as; None: as who we are, since the other could not reach these paths.

    The work folder becomes that user's, if it is root's and new; one that belongs to somebody else makes the program his.
    """
    if os.geteuid() != 0:
        return None
    owner = os.stat(folder).st_uid  # noqa: PTH116
    user = owner or STRANGER
    if not all(map(_open_to_others, paths)) or not _open_to_others(os.path.dirname(folder)):  # noqa: PTH120
        return None
    if owner == 0:
        if os.listdir(folder):  # noqa: PTH208  # it was not made for this
            return None
        os.chown(folder, user, user)
    return user


def _open_to_others(path: str) -> bool:
    """Tell whether everybody may walk to a path and read it."""
    try:
        if not os.stat(path).st_mode & stat.S_IROTH:  # noqa: PTH116
            return False
        above = os.path.dirname(os.path.realpath(path))  # noqa: PTH120
        while True:
            if not os.stat(above).st_mode & stat.S_IXOTH:  # noqa: PTH116
                return False
            if above == "/":
                return True
            above = os.path.dirname(above)  # noqa: PTH120
    except OSError:
        return False


def said(user: int | None) -> dict[str, str]:
    """Say in a record as whom a program ran, where that was not plain."""
    if os.geteuid() != 0:
        return {}
    return {"user": str(user) if user is not None else "root, without its rights"}


def owner(folder: str) -> tuple[int, int]:
    """Give the user and group that work in a folder; root's own and empty one becomes that of nobody else's first."""
    facts = os.stat(folder)  # noqa: PTH116
    if facts.st_uid == 0 and os.geteuid() == 0 and not os.listdir(folder):  # noqa: PTH208
        os.chown(folder, STRANGER, STRANGER)
        return STRANGER, STRANGER
    return facts.st_uid, facts.st_gid
