"""Another user for what root runs: whoever gets out of a sandbox is then nobody."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

STRANGER = 65533  # nobody's number: neither `nobody` (65534), which others use too, nor one that is handed out


def another(paths: Iterable[str], folder: str, *, fresh: bool) -> int | None:
    """Give the user that a program of root's should run as; None: as who we are, since the other could not reach these paths.

    The work folder becomes that user's, if it is root's and new; one that belongs to somebody else makes the program his.

    Args:
        fresh: the folder was made for this run: all that is in it was put there by us.
    """
    if os.geteuid() != 0:
        return None
    owner = os.stat(folder).st_uid  # noqa: PTH116
    user = owner or STRANGER
    if not all(map(_open_to_others, paths)) or not _open_to_others(os.path.dirname(folder)):  # noqa: PTH120
        return None
    if owner == 0:
        return user if _handed_over(folder, user, fresh=fresh) else None
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


def hand_over(pipes: Iterable[str], user: int | None) -> None:
    """Let the user that a program runs as write into its pipes; None: it is who we are."""
    if user is not None:
        for pipe in pipes:
            os.chown(pipe, user, user)


def said(user: int | None) -> dict[str, str]:
    """Say in a record as whom a program ran, where that was not plain."""
    if os.geteuid() != 0:
        return {}
    return {"user": str(user) if user is not None else "root, without its rights"}


def owner(folder: str, *, fresh: bool) -> tuple[int, int]:
    """Give the user and group that work in a folder; root's own becomes that of nobody else's first, if it is empty or new.

    Args:
        fresh: as for `another`.
    """
    facts = os.stat(folder)  # noqa: PTH116
    if facts.st_uid == 0 and os.geteuid() == 0 and _handed_over(folder, STRANGER, fresh=fresh):
        return STRANGER, STRANGER
    return facts.st_uid, facts.st_gid


def _handed_over(folder: str, user: int, *, fresh: bool) -> bool:
    """Make a folder a user's, with what we have put into it; one with other contents stays whose it is."""
    names = os.listdir(folder)  # noqa: PTH208
    if names and not fresh:
        return False
    os.chown(folder, user, user)
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(f"{above}/{name}", user, user, follow_symlinks=False)
    return True


def without_special_bits(folder: str) -> None:
    """Take the bits by which a file runs with its owner's or group's rights from what a program has left; nothing of it runs any more."""
    for above, _, files in os.walk(folder):
        for name in files:
            place = f"{above}/{name}"
            mode = os.lstat(place).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                os.chmod(place, stat.S_IMODE(mode) & 0o777)  # noqa: PTH101
