"""Earlier locks of a request: kept when another one takes their place, so that there is a way back."""

from __future__ import annotations

import json
from contextlib import suppress

from roost import home as homes

from .comparing import versions
from .requests import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roost.home import Home

    from .comparing import Difference
    from .requests import Remembered, Request
    from .values import Artifact, Lock

MOST = 10  # earlier locks of one request


def earlier(home: Home, request: Request) -> tuple[Remembered, ...]:
    """Give the earlier locks of a request, the newest first; damaged ones are not there."""
    files = folder(home.requests / f"{request.digest}.json").glob("*.json")
    found = filter(None, (read(file, request) for file in files))
    return tuple(sorted(found, key=lambda one: one.created, reverse=True))


def keep(file: Path, artifacts: Sequence[object]) -> None:
    """Put the lock that a file holds among the earlier ones, unless the next one is the same; the oldest go.

    Args:
        file: where a request's lock is remembered.
        artifacts: those of the lock that takes its place, as they are written.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):  # a damaged one is no loss
        document = json.loads(file.read_bytes())
        if document["artifacts"] == artifacts:
            return
        place = homes.ensure(folder(file))
        for other in place.glob("*.json"):
            if json.loads(other.read_bytes())["artifacts"] == document["artifacts"]:
                other.unlink()
        homes.write(place / f"{float(document['created']):.6f}.json", json.dumps(document | {"held": False}))
        for old in sorted(place.glob("*.json"), key=lambda one: float(one.stem))[:-MOST]:
            old.unlink()


def restore(home: Home, request: Request, found: Remembered) -> None:
    """Make an earlier lock the one that runs take, until an update is asked for; the present one becomes an earlier one.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    file = home.requests / f"{request.digest}.json"
    with open(found.file[0], "rb") as stream:  # noqa: PTH123
        document = json.loads(stream.read())
    keep(file, document["artifacts"])
    homes.write(file, json.dumps(document | {"held": True}))


def moves(before: Lock | None, after: Lock) -> tuple[Difference, ...]:
    """Say what differs between two locks, by name; of what has no version, the commit or file counts."""
    old = {one.name: _version(one) for one in before.artifacts} if before else {}
    return versions(old, {one.name: _version(one) for one in after.artifacts})


def _version(one: Artifact) -> str:
    return f"{one.version}@{one.commit[:12]}" if one.commit else one.version or one.filename


def folder(file: Path) -> Path:
    """Name the folder with the earlier locks of a request whose lock is remembered in file."""
    return file.parent / "earlier" / file.stem
