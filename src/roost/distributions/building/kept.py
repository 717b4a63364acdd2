"""Wheels that were built here, kept under what they were built from and for."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost.digests import sha256
from roost.distributions.folders import path_of
from roost.distributions.values import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.scripts import Interpreter

SCHEMA = "roost.built/1"
LAYOUT = 1
RESTS = 3600.0  # seconds after which what a build has left aside is nobody's any more
FACTS = "built.json"  # beside each wheel: which one, with its digest


def key(source: Artifact, interpreter: Interpreter) -> str | None:
    """Give the name under which the wheel of a source is kept; None: it is not known yet which file or commit it is."""
    exact = source.sha256 or (
        source.commit if source.commit and re.fullmatch(r"[0-9a-f]{40,64}", source.commit) else None
    )
    if exact is None:
        return None
    python = interpreter
    below = source.url.partition("#")[2] if source.commit is None else source.url
    facts = [
        LAYOUT,
        source.name,
        exact,
        below,
        python.implementation,
        python.short,
        python.abi,
        python.platform,
        python.prefix,
    ]
    return sha256(json.dumps(facts).encode())[:32]


def find(home: Home, source: Artifact, interpreter: Interpreter) -> Artifact | None:
    """Give the wheel that was built from a source for an interpreter, if it is kept; what is cut or damaged is not there."""
    name = key(source, interpreter)
    folder = home.built / (name or "none")
    try:
        facts = json.loads((folder / FACTS).read_bytes())
        wheel = folder / facts["wheel"]
        if facts["schema"] != SCHEMA or wheel.stat().st_size != facts["size"]:
            return None
        with suppress(OSError):
            os.utime(folder)  # when it was last used
        return Artifact(source.name, facts["version"], wheel.name, wheel.as_uri(), facts["sha256"], facts["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def folder_of(wheel: Artifact) -> Path:
    """Give the folder in which a wheel that was built here is kept."""
    return path_of(wheel.url).parent


def keep(home: Home, source: Artifact, interpreter: Interpreter, wheel: Path, version: str) -> Artifact:
    """Keep a wheel; whoever calls this holds the lock of its key."""
    name = key(source, interpreter)
    assert name is not None
    homes.ensure(home.built)
    data = wheel.read_bytes()
    facts = {
        "schema": SCHEMA, "wheel": wheel.name, "sha256": sha256(data), "size": len(data), "version": version,
        "source": source.url, "of": source.sha256 or source.commit,
    }  # fmt: skip
    aside = Path(tempfile.mkdtemp(prefix=".", dir=home.built))
    try:
        (aside / wheel.name).write_bytes(data)
        (aside / FACTS).write_text(json.dumps(facts), "utf-8")
        shutil.rmtree(home.built / name, ignore_errors=True)
        aside.rename(home.built / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    found = find(home, source, interpreter)
    assert found is not None
    return found


def forget(home: Home, *, older_than: float, dry_run: bool) -> dict[str, int]:
    """Remove wheels that were not used for so long, and what broken off builds have left.

    Args:
        older_than: seconds.
        dry_run: only say what would go.

    Returns:
        The files, with their sizes in bytes.
    """
    gone: dict[str, int] = {}
    for folder in sorted(home.built.glob("*")) if home.built.is_dir() else ():
        age = time.time() - folder.stat().st_mtime
        if age < (max(older_than, RESTS) if folder.name.startswith(".") else older_than):
            continue
        gone |= {one.name: one.stat().st_size for one in folder.glob("*.whl")}
        if not dry_run:
            shutil.rmtree(folder, ignore_errors=True)
    return gone
