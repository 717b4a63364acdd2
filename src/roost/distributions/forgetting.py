"""Remembered requests that nobody asks any more: found, and forgotten with their earlier locks."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from contextlib import suppress

from roost.values import Value

from .history import folder
from .requests import asked
from .values import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roost.home import Home


_NAME = re.compile(r"([0-9a-f]{64})\.json")


class Idle(Value):
    """A remembered request that nobody asked for in a long time."""

    file: Path
    digest: str
    artifacts: tuple[Artifact, ...]  # of its lock; none where the file is damaged


def idle(home: Home, *, older_than: float) -> Iterator[Idle]:
    """Give the requests that nobody asked for in so many seconds, each read only when it is wanted."""
    before = time.time() - older_than
    try:
        names = os.listdir(home.requests)  # noqa: PTH208
    except OSError:
        return
    for digest in sorted(found[1] for found in map(_NAME.fullmatch, names) if found):
        file = home.requests / f"{digest}.json"
        if max(_moment(file), _moment(asked(home, digest))) <= before:
            yield Idle(file, digest, _artifacts(file))


def forget(home: Home, one: Idle) -> None:
    """Drop a request; its lock goes last, so that what is broken off is found again. Never fails."""
    shutil.rmtree(folder(one.file), ignore_errors=True)
    for file in (asked(home, one.digest), one.file):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _moment(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _artifacts(file: Path) -> tuple[Artifact, ...]:
    try:
        return tuple(Artifact(*fields) for fields in json.loads(file.read_bytes())["artifacts"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
