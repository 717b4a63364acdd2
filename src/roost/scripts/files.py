"""Where local modules lie: folders on disk, or the inside of an archive."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from .source import LARGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Shelf(Protocol):
        """A place with files; paths are normalised and absolute."""

        def entries(self, folder: str) -> dict[str, bool]:
            """Return the names in a folder and whether each is a folder; nothing when it cannot be listed."""

        def read(self, path: str) -> bytes | None:
            """Return a file's bytes; None when it cannot be read or is too large."""

else:
    Shelf = object


class Disk:
    """Files of the file system, each folder listed once."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, bool]] = {}

    def entries(self, folder: str) -> dict[str, bool]:
        """List a folder; links count as what they lead to."""
        found = self._seen.get(folder)
        if found is None:
            try:
                with os.scandir(folder) as entries:
                    found = {entry.name: _is_folder(entry) for entry in entries}
            except (OSError, ValueError):
                found = {}
            self._seen[folder] = found
        return found

    def read(self, path: str) -> bytes | None:
        """Read a regular file."""
        try:
            if not posixpath.isfile(path) or posixpath.getsize(path) > LARGEST:
                return None
            return Path(path).read_bytes()
        except OSError:
            return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
