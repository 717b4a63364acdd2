"""`gc` of records: what belongs to scripts that are gone, and what nobody asked for in a long time."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from .fragments import FORM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.home import Home

KEPT = 128  # references of scripts that are gone
AGE = 30 * 86400.0  # seconds after which a text or an answer that nobody asked for is forgotten
YOUNG = 60.0  # seconds in which a stamp may wait for its record; one that is written later counts for nothing
SOON = 5.0  # seconds after which a file whose writer is not seen is left by a dead one
_STAMP = re.compile(rb"/stamps/(\d+)")


def now_and_then(home: Home) -> None:
    """Keep what runs leave from growing: agents write to a new path each time, and delete it again. Never fails."""
    from roost.environments.forgetting import forget_requests
    from roost.environments.references import forget_gone

    from . import additions

    with suppress(OSError):
        forget_gone(home, keep=KEPT)
        collect(home, older_than=AGE)
        additions.collect(home, older_than=AGE)
        forget_requests(home, older_than=AGE)


def collect(home: Home, *, older_than: float) -> None:
    """Remove records that cannot be used any more, and stamps that no record names; nothing but time is lost.

    Args:
        older_than: seconds since a text or an answer was last asked for.
    """
    _drop_unfinished(home)
    now = time.time()
    named = set()
    for record in _records(home.launcher / FORM):
        named |= set(_STAMP.findall(_read(record)))
    for kind in ("texts", "answers", "sandboxed"):
        for file in home.launcher.glob(f"{kind}/*/*"):
            if now - _changed(file) > older_than:
                file.unlink(missing_ok=True)
            else:
                named |= set(_STAMP.findall(_read(file)))
    for turn in home.launcher.glob("turns/*"):
        if now - _changed(turn) > older_than:
            turn.unlink(missing_ok=True)
    for stamp in home.launcher.glob("stamps/*"):
        if os.fsencode(stamp.name) not in named and now - _inode_changed(stamp) > YOUNG:
            stamp.unlink(missing_ok=True)


def _drop_unfinished(home: Home) -> None:
    """Remove what a process was writing when it was killed: nobody writes it to its end."""
    for folder in (home.launcher, home.state, home.runs):
        for file in folder.rglob("*.tmp"):
            numbers = [int(part) for part in file.name.split(".") if part.isdecimal()]
            writer = numbers[-2:-1] if file.name.startswith(".") else numbers[-1:]  # `home.write`, or `sealed.write`
            if time.time() - _changed(file) > SOON and not any(map(_lives, writer)):
                file.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _records(folder: Path) -> Iterator[Path]:
    """Give the launcher's records whose scripts are there; removes the others, and folders without any."""
    for at, _, files in os.walk(folder, topdown=False):
        here = Path(at)
        for name in files:
            script = Path("/", here.relative_to(folder))
            if name == ".record" and script.exists():
                yield here / name
            else:
                (here / name).unlink(missing_ok=True)
        with suppress(OSError):  # it still holds records
            here.rmdir()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _inode_changed(file: Path) -> float:
    try:
        return file.stat().st_ctime
    except OSError:
        return 0.0
