"""`roost.json`: the file that makes a folder an environment; written last, read on every reuse."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from roost import home as homes
from roost.distributions import Artifact
from roost.values import Value
from roost.version import __version__

from .key import SHORT
from .values import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Lock

    from .brought import Start

FILE = "roost.json"
SCHEMA = "roost.environment/1"


class Manifest(Value):
    """What is written down about an environment when it is ready."""

    key: str  # 64 hex digits
    created: float  # seconds since the epoch
    python: str  # full version of the interpreter it was built with
    short: str  # its major and minor version
    platform: str  # with libc
    base: tuple[str, int, int]  # the interpreter's real file, its size and time (ns) when the environment was built
    distributions: tuple[tuple[str, str], ...]  # (canonical name, version), sorted, as installed
    artifacts: tuple[Artifact, ...]
    roots: tuple[str, ...]
    steps: tuple[str, ...]  # of locking and building: each step tried and what it said
    files: tuple[str, ...]  # ours, relative to the environment
    pth: tuple[str, ...]  # `.pth` files that distributions brought, relative to the environment
    seals: tuple[tuple[str, int, str], ...]  # (path, size, sha256) of what no distribution records: ours, the records
    starts: tuple[
        tuple[str, str, str], ...
    ] = ()  # what distributions have run at every start: file, whose, and of which sort
    prefix: str = ""  # the key of the conda packages that it stands on


def read(folder: Path) -> Manifest | None:
    """Give the manifest of a folder; None when there is none that can be read whole."""
    try:
        document = json.loads((folder / FILE).read_bytes())
        if document["schema"] != SCHEMA:
            return None
        python = document["python"]
        return Manifest(
            key=str(document["key"]),
            created=float(document["created"]),
            python=str(python["version"]),
            short=str(python["short"]),
            platform=str(python["platform"]),
            base=(str(python["base"]), int(python["size"]), int(python["mtime_ns"])),
            distributions=tuple((str(name), str(version)) for name, version in document["distributions"]),
            artifacts=tuple(Artifact(*fields) for fields in document["artifacts"]),
            roots=tuple(map(str, document["roots"])),
            steps=tuple(map(str, document["steps"])),
            files=tuple(map(str, document["files"])),
            pth=tuple(map(str, document["pth"])),
            seals=tuple((str(name), int(size), str(digest)) for name, size, digest in document["seals"]),
            starts=tuple((str(file), str(name), str(sort)) for file, name, sort in document.get("starts", ())),
            prefix=str(python.get("prefix", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def summary(folder: Path) -> Environment | None:
    """Give what a list shows of a folder; None when it has no whole manifest, or not under its key.

    The artifacts, by far the most of it, stand last and are not read.
    """
    try:
        data = (folder / FILE).read_bytes()
        head, found, _ = data.partition(b',\n "artifacts": [')
        document = json.loads(head + b"}" if found and data.endswith(b"]\n}\n") else data)
        key = str(document["key"])
        if document["schema"] != SCHEMA or not folder.name.endswith(key[:SHORT]):
            return None
        distributions = tuple((str(name), str(version)) for name, version in document["distributions"])
        version, created = str(document["python"]["version"]), float(document["created"])
        return Environment(folder, key, folder / "bin" / "python", version, distributions, created)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def broken(folder: Path) -> bool:
    """Tell whether a folder has no manifest that is whole, whichever version of roost has written it."""
    try:
        return json.loads((folder / FILE).read_bytes())["schema"] == SCHEMA and read(folder) is None
    except (OSError, ValueError, KeyError, TypeError):
        return True


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, whole or not at all, and sync it and its folder.

    Raises:
        CannotCreate: the disk is full.
    """
    base, size, changed = manifest.base
    fields = [[a.name, a.version, a.filename, a.url, a.sha256, a.size, a.commit] for a in manifest.artifacts]
    document = {
        "schema": SCHEMA,
        "roost": __version__,
        "key": manifest.key,
        "created": manifest.created,
        "python": {
            "version": manifest.python,
            "short": manifest.short,
            "platform": manifest.platform,
            "base": base,
            "size": size,
            "mtime_ns": changed,
            **({"prefix": manifest.prefix} if manifest.prefix else {}),
        },
        "distributions": manifest.distributions,
        "roots": manifest.roots,
        "steps": manifest.steps,
        "files": manifest.files,
        "pth": manifest.pth,
        "starts": manifest.starts,
        "seals": manifest.seals,
        "artifacts": fields,  # last: a list does not read them
    }
    homes.write(folder / FILE, json.dumps(document, indent=1) + "\n", mode=0o644)
    sync(folder)


def sync(folder: Path) -> None:
    """Make the entries of a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def describe(
    folder: Path, lock: Lock, key: str, *, files: tuple[str, ...], steps: tuple[str, ...], starts: Sequence[Start] = ()
) -> Manifest:
    """Put together the manifest of a folder in which a lock has been installed."""
    base = (folder / "bin" / "python").resolve()
    facts = base.stat()
    from .integrity import seals

    site = packages(folder, lock.interpreter.short)
    found, pth = _installed(site)
    ours = {Path(file).name for file in files}
    python = lock.interpreter
    return Manifest(
        key=key,
        created=time.time(),
        python=python.full,
        short=python.short,
        platform=python.platform,
        base=(str(base), facts.st_size, facts.st_mtime_ns),
        distributions=tuple(sorted(found)),
        artifacts=lock.artifacts,
        roots=lock.roots,
        steps=steps,
        files=files,
        pth=tuple(str((site / name).relative_to(folder)) for name in sorted(pth) if name not in ours),
        seals=seals(folder, files, lock.interpreter.short),
        starts=tuple((one.file, one.distribution, one.verdict) for one in starts),
        prefix=python.prefix,
    )


def packages(folder: Path, short: str) -> Path:
    """Give the site-packages folder of an environment whose Python has this major and minor version."""
    usual = folder / "lib" / f"python{short}" / "site-packages"
    if usual.is_dir():
        return usual
    return next(folder.glob("lib/*/site-packages"), usual)  # free-threaded ("python3.13t") and other implementations


def installed(site: Path) -> tuple[tuple[str, str], ...]:
    """Give the distributions of a site-packages folder, (canonical name, version), sorted; from names alone."""
    return tuple(sorted(_installed(site)[0]))


def _installed(site: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """List the distributions and `.pth` files of a site-packages folder, from names alone."""
    found, pth = [], []
    for name in os.listdir(site):  # noqa: PTH208
        if name.endswith(".dist-info"):
            distribution, _, version = name.removesuffix(".dist-info").rpartition("-")
            found.append((distribution.lower().replace("_", "-").replace(".", "-"), version))
        elif name.endswith(".pth"):
            pth.append(name)
    return found, pth


def environment(folder: Path, manifest: Manifest, *, fresh: bool = False) -> Environment:
    """Give the value that other rooms know an environment by."""
    return Environment(
        path=folder,
        key=manifest.key,
        python=folder / "bin" / "python",
        version=manifest.python,
        distributions=manifest.distributions,
        created=manifest.created,
        fresh=fresh,
    )
