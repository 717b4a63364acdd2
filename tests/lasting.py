"""What takes seconds to make and many tests begin from: made once, then brought back with the times of all its files.

The times at which the system noted a change (`st_ctime`) are new ones.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import conftest, index


@dataclass(frozen=True)
class Lasting:
    """A folder with a home and a work folder, and the index that its commands ask."""

    folder: Path
    index: index.Index

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @contextlib.contextmanager
    def command(self) -> Iterator[conftest.Roost]:
        environ = conftest.variables(self.folder / "user", self.folder / "roost-home")
        environ["ROOST_INDEX_URL"] = f"{self.index.url}simple/"
        command = conftest.Roost(Path(sys.executable).parent / "roost", environ, self.work)
        yield command
        command.end()

    @property
    def _aside(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-aside")

    def keep(self) -> None:
        """Take a copy."""
        self._rest()
        subprocess.run(["cp", "-a", self.folder, self._aside], check=True)

    def bring_back(self) -> None:
        """Have everything as it was kept."""
        self._rest()
        shutil.rmtree(self.folder)
        subprocess.run(["cp", "-a", self._aside, self.folder], check=True)

    def _rest(self) -> None:
        """Wait for bytecode that is written behind our back, under the lock of its environment."""
        for lock in (self.folder / "roost-home/state/locks").glob("build-*"):
            with lock.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX)


@contextlib.contextmanager
def lasting(folder: Path) -> Iterator[Lasting]:
    """Make an empty folder of the kind, with an index of its own."""
    for name in ("user", "work"):
        (folder / name).mkdir(parents=True)
    with conftest.serving() as served:
        yield Lasting(folder, served)
