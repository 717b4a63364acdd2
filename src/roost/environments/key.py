"""The name of an environment: a digest of what is in it (contracts §2)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from roost.digests import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.distributions import Artifact, Lock
    from roost.home import Home

LAYOUT = 4  # raised when what roost puts into an environment changes
SHORT = 12  # hex digits of the key in a folder's name
READABLE = 40  # characters of the readable part, at most


def key(lock: Lock) -> str:
    """Digest what an environment is made of; order, Python's patch version and the index's other files do not matter."""
    python = lock.interpreter
    inside = sorted(contents(lock.artifacts))
    facts = [LAYOUT, python.implementation, python.short, python.abi, python.platform, inside]
    if python.prefix:
        facts.append(python.prefix)
    return sha256(json.dumps(facts).encode())


def contents(artifacts: Iterable[Artifact]) -> list[tuple[str, str, str]]:
    """Give what is installed from artifacts: name, version, and what tells the very file or commit."""
    return [(one.name, one.version, one.sha256 or f"{one.url} {one.commit or ''}") for one in artifacts]


def folder(home: Home, lock: Lock, digest: str) -> Path:
    """Give the folder of the environment with this key: the one that is there, else the one it would get."""
    short = digest[:SHORT]
    wanted = home.environments / f"{_readable(lock)}-{short}"
    if wanted.exists():
        return wanted
    try:
        names = os.listdir(home.environments)  # noqa: PTH208  # no Path for each of perhaps thousands
    except OSError:
        return wanted
    same = [name for name in names if name.endswith(f"-{short}") and not name.startswith(".")]
    return home.environments / same[0] if same else wanted


def place(home: Home, lock: Lock) -> Path:
    """Give the folder of a lock's environment, whether it is there or not."""
    return folder(home, lock, key(lock))


def _readable(lock: Lock) -> str:
    """Join the first names that were asked for."""
    locked = {artifact.name for artifact in lock.artifacts}
    text = ""
    for name in lock.roots:
        longer = f"{text}-{name}" if text else name
        if name in locked and len(longer) <= READABLE:
            text = longer
    return text or ("python" if not locked else min(locked)[:READABLE])
