"""The files of a prefix: sealed when it is made, compared when it is used."""

from __future__ import annotations

import json
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEALS = "roost-files.json"


def seal(folder: Path) -> None:
    """Write down size and digest of each file, and take the right to write from those that the cache of packages has as well.

    Raises:
        OSError: a file cannot be read.
    """
    rows = []
    for path in _files(folder):
        facts = os.lstat(path)
        if stat.S_ISREG(facts.st_mode):
            if facts.st_nlink > 1 and facts.st_mode & 0o222:
                os.chmod(path, facts.st_mode & 0o555)  # noqa: PTH101  # thousands of files
            rows.append((os.path.relpath(path, folder), facts.st_size, _digest(path)))
    (folder / SEALS).write_text(json.dumps(rows), "utf-8")


def damage(folder: Path, *, thorough: bool = False) -> tuple[tuple[str, str], ...]:
    """Say what is not as it was made: (file, what about it).

    Args:
        thorough: contents are compared, not only sizes.
    """
    try:
        rows = [(str(file), int(size), str(digest)) for file, size, digest in json.loads((folder / SEALS).read_bytes())]
    except (OSError, ValueError, TypeError):
        return ((SEALS, "cannot be read"),)
    return tuple(_damaged(folder, rows, thorough=thorough))


def _damaged(folder: Path, rows: list[tuple[str, int, str]], *, thorough: bool) -> Iterator[tuple[str, str]]:
    for file, size, digest in rows:
        path = f"{folder}/{file}"
        try:
            facts = os.lstat(path)
            if facts.st_size != size:
                yield file, f"has {facts.st_size} bytes instead of {size}"
            elif thorough and _digest(path) != digest:
                yield file, "has other contents"
        except FileNotFoundError:
            yield file, "is missing"
        except OSError as error:
            yield file, (error.strerror or str(error)).lower()


def _files(folder: Path) -> Iterator[str]:
    for at, _, names in os.walk(folder):
        if at.endswith("/__pycache__"):
            continue
        yield from (f"{at}/{name}" for name in names)


def _digest(path: str) -> str:
    import hashlib

    with open(path, "rb") as file:  # noqa: PTH123
        return hashlib.file_digest(file, "sha256").hexdigest()
