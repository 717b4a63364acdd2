"""What is left of travels, removed when nothing needs it any more."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.home import Home


def collect(home: Home, *, older_than: float) -> None:
    """Drop wheels of remote caches that were not used for so long, and notes about environments that are gone.

    Args:
        older_than: seconds.
    """
    for wheel in _entries(home.cache / "remote"):
        with suppress(OSError):
            if time.time() - wheel.stat().st_mtime > older_than:
                shutil.rmtree(wheel.path, ignore_errors=True)
    standing = {entry.name.rpartition("-")[2] for entry in _entries(home.environments)}
    for note in _entries(home.arrivals):
        if note.name[:12] not in standing:
            with suppress(OSError):
                os.unlink(note.path)  # noqa: PTH108  # an entry of scandir


def _entries(folder: os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from list(found)
    except OSError:
        return
