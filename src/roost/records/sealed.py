"""What we remember for ourselves below the cache: plain values, sealed with their digest, found with almost no import.

A value names what it hangs on (`Grounds.facts`); `holds` tells whether all of that is as it was.
"""

from __future__ import annotations

import os
from marshal import dumps, loads

from roost.digests import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 1  # of everything sealed; another roost's is not read
MOST = 2  # values in one of 256 folders of a kind: what is remembered is bounded
# Each active environment may have a file that names an index. Which one is active matters only where one has it.
ACTIVE, ACTIVE_FILE = "VIRTUAL_ENV", "/pip.conf"
_DIGEST = 64  # hexadecimal digits


def launcher(environ: Mapping[str, str]) -> str | None:
    """Give the folder of the launcher's records, as `Home.launcher` has it; None where only `home` can tell."""
    named = environ.get("ROOST_HOME")
    if named:
        return f"{named}/cache/launcher" if named.startswith("/") else None
    user = environ.get("HOME", "")
    cache = environ.get("XDG_CACHE_HOME", "")
    if not user.startswith("/"):
        return None
    return f"{cache}/roost/launcher" if cache.startswith("/") else f"{user}/.cache/roost/launcher"


def find(folder: str, name: str) -> dict[str, object] | None:
    """Give the value that is kept under a digest, and note that it was wanted; what is damaged is not there."""
    path = _path(folder, name)
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        if sha256(data[_DIGEST:]).encode() != data[:_DIGEST]:
            return None
        value = loads(data[_DIGEST:])  # noqa: S302  # ours, and whole
        if not isinstance(value, dict) or value.get("form") != FORM:
            return None
    except (OSError, ValueError, EOFError, TypeError):
        return None
    try:
        os.utime(path)
    except OSError:  # a cache that may only be read forgets nothing either
        return value
    return value


def keep(folder: str, name: str, value: Mapping[str, object]) -> None:
    """Keep a value under a digest; the oldest ones give way.

    Raises:
        OSError: it cannot be written.
    """
    path = _path(folder, name)
    data = dumps({**value, "form": FORM})
    write(path, sha256(data).encode() + data)
    bucket = os.path.dirname(path)  # noqa: PTH120
    names = os.listdir(bucket)  # noqa: PTH208
    if len(names) > MOST:
        paths = sorted((f"{bucket}/{one}" for one in names), key=_moment)
        for one in paths[: len(paths) - MOST]:
            forget(one)


def begins(path: str, data: bytes) -> bool:
    """Tell whether a file begins with data."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(len(data)) == data
    except OSError:
        return False


def write(path: str, data: bytes) -> None:
    """Write a file beside its place and rename it; not synced, since whoever reads it sees what is cut.

    Raises:
        OSError: it cannot be written.
    """
    beside = f"{path}.{os.getpid()}.tmp"
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)
        os.replace(beside, path)  # noqa: PTH105
    except OSError:
        forget(beside)
        raise


def facts(path: str) -> tuple[str, int, int, int]:
    """Give a file with what tells whether it has changed.

    Raises:
        OSError: it is not there.
    """
    found = os.stat(path)  # noqa: PTH116
    return path, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def holds(grounds: dict[str, object], environ: Mapping[str, str], now: int) -> bool:
    """Tell whether everything that an answer hung on is as it was.

    Args:
        grounds: as `Grounds.facts` gives them.
        now: nanoseconds since the epoch.
    """
    names, values, files, missing, expires = (
        grounds[name] for name in ("names", "values", "files", "missing", "expires")
    )
    assert isinstance(names, tuple)
    assert isinstance(files, tuple)
    assert isinstance(missing, tuple)
    assert isinstance(expires, int)
    if expires and now > expires:
        return False
    if tuple([environ.get(name, "") for name in names]) != values:
        return False
    if ACTIVE not in names and os.path.lexists(environ.get(ACTIVE, "") + ACTIVE_FILE):
        return False
    try:
        return all(facts(file[0]) == file for file in files) and not any(map(os.path.lexists, missing))
    except OSError:
        return False


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name[:2]}/{name[2:]}"


def _moment(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


def forget(path: str) -> None:
    """Delete a file, if that is possible."""
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return
