"""Where local modules lie: folders on disk, or the inside of an archive."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Disk:
    """Files of the file system, each folder listed once."""

    _seen: dict[str, dict[str, bool]] = field(default_factory=dict)

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


@dataclass(slots=True)
class Archive:
    """Files inside a zip archive; their paths begin with the archive's own."""

    path: str
    files: dict[str, bytes]  # name inside the archive → content
    _seen: dict[str, dict[str, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the listing of every folder."""
        for name in self.files:
            parts = name.split("/")
            for depth in range(len(parts)):
                folder = "/".join([self.path, *parts[:depth]])
                self._seen.setdefault(folder, {})[parts[depth]] = depth < len(parts) - 1

    def entries(self, folder: str) -> dict[str, bool]:
        """List a folder of the archive."""
        return self._seen.get(folder, {})

    def read(self, path: str) -> bytes | None:
        """Give a file of the archive."""
        return self.files.get(path.removeprefix(f"{self.path}/"))
