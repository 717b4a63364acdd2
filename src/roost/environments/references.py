"""Which script led to which request and environment; what `gc` decides from."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from roost import home as homes
from roost.digests import sha256
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Lock
    from roost.home import Home
    from roost.scripts import Script

    from .values import Environment

SCHEMA = "roost.reference/1"


class Reference(Value):
    """A script and the environment of its last run."""

    file: Path  # of the reference itself
    script: Path
    environment: str  # folder name
    key: str
    time: float  # of the last preparation, seconds since the epoch
    request: str = ""  # the digest under which its lock is remembered; empty: it is not


def refer(home: Home, script: Script, lock: Lock, environment: Environment) -> None:
    """Note that a script's needs are answered by an environment; text without a file leaves no reference.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    if script.path is None:
        return
    file = _file(home, script.path)
    document = _document(str(script.path), script, lock, environment)
    try:
        known = json.loads(file.read_bytes())
        same = all(
            known.get(name) == (list(value) if isinstance(value, tuple) else value) for name, value in document.items()
        )
    except (OSError, ValueError, AttributeError):
        same = False
    if same:
        os.utime(file)
    else:
        homes.write(file, json.dumps(document | {"time": time.time()}))


def around_path(script: Script, lock: Lock, environment: Environment) -> tuple[str, str]:
    """Give a reference as `refer` writes it, before and after the script's path in JSON; its time and `}` go behind."""
    head, _, tail = json.dumps(_document("", script, lock, environment)).partition('""')
    return head, f'{tail[:-1]}, "time": '


def _document(path: str, script: Script, lock: Lock, environment: Environment) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "script": path,
        "digest": script.digest,
        "environment": environment.name,
        "key": environment.key,
        "roots": lock.roots,
        "request": lock.request,
    }


def references(home: Home) -> tuple[Reference, ...]:
    """Read every reference; damaged ones are not there."""
    try:
        names = os.listdir(home.references)  # noqa: PTH208
    except OSError:
        return ()
    return tuple(filter(None, (_read(home.references / name) for name in sorted(names) if name.endswith(".json"))))


def forget_gone(home: Home, *, keep: int) -> None:
    """Drop references of scripts that are gone, as `gc` does, all but the newest few; does nothing below twice as many."""
    try:
        if len(os.listdir(home.references)) < 2 * keep:  # noqa: PTH208
            return
    except OSError:
        return
    gone = sorted((one for one in references(home) if not one.script.exists()), key=lambda one: one.time)
    for one in gone[: max(0, len(gone) - keep)]:
        one.file.unlink(missing_ok=True)


def referred(home: Home, script: Path) -> str | None:
    """Give the name of the environment in which a script was last run."""
    known = _read(_file(home, script.absolute()))
    return known.environment if known else None


def _file(home: Home, script: Path) -> Path:
    return home.references / f"{sha256(os.fsencode(script))[:32]}.json"


def _read(file: Path) -> Reference | None:
    try:
        document = json.loads(file.read_bytes())
        if document["schema"] != SCHEMA:
            return None
        environment, key = str(document["environment"]), str(document["key"])
        asked = str(document.get("request", ""))
        return Reference(file, Path(document["script"]), environment, key, file.stat().st_mtime, asked)
    except (OSError, ValueError, KeyError, TypeError):
        return None
