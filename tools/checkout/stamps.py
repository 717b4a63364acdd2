"""What `.roost-dev/` remembers of the set-up, so that the next call can see that nothing is to be done.

made          the place of the checkout and the Python that .venv was made with; written last
unfinished    a set-up has begun; if the next one still finds it, the first was interrupted
stamps/INPUT.stamp  digest of an input as it was installed, carrying the input's own time (./roost compares only times)
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

INPUTS = ("pyproject.toml", "requirements.lock", "src/roost/launcher/roost", "src/roost/version.py")
DEV_INPUTS = ("requirements-dev.lock",)


@dataclass
class State:
    """The remembered state of the checkout at root."""

    root: Path
    marked: bool = field(init=False)  # an earlier set-up was interrupted
    place: Path | None = field(init=False, default=None)
    python: Path | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.kept = self.root / ".roost-dev"
        self.marked = (self.kept / "unfinished").exists()
        try:
            place, python = (self.kept / "made").read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return
        self.place, self.python = Path(place), Path(python)

    @property
    def known(self) -> bool:
        """Tell whether `.venv` is of our making, finished or not."""
        return self.marked or self.place is not None

    def whole(self, wanted: Path | None) -> bool:
        """Tell whether `.venv` was finished, here, and with the wanted Python if one is wanted."""
        return not self.marked and self.place == self.root and wanted in (None, "", self.python)

    def same(self, *, dev: bool) -> bool:
        """Tell whether every input has the content that was installed."""
        return all(self._kept_digest(name) == digest(self.root / name) for name in _inputs(dev=dev))

    def begin(self) -> None:
        """Note that `.venv` is being changed."""
        (self.kept / "made").unlink(missing_ok=True)
        (self.kept / "unfinished").touch()

    def abandon(self) -> None:
        """Note that nothing was changed after all: what was finished before still is, only not up to date."""
        for stamp in (self.kept / "stamps").glob("*"):
            stamp.unlink()
        self._write_made(self.python)
        (self.kept / "unfinished").unlink()

    def finish(self, python: Path, *, dev: bool) -> None:
        """Note that `.venv` is what the inputs ask for."""
        self.stamp(dev=dev)
        (self.kept / "unfinished").unlink()
        self._write_made(python)

    def stamp(self, *, dev: bool) -> None:
        """Write the stamp of every input."""
        (self.kept / "stamps").mkdir(exist_ok=True)
        for name in _inputs(dev=dev):
            path = self.root / name
            time = path.stat().st_mtime_ns
            stamp = self._stamp(name)
            stamp.write_text(digest(path), "ascii")
            os.utime(stamp, ns=(time, time))

    def _write_made(self, python: Path | None) -> None:
        aside = self.kept / "made.new"
        aside.write_text(f"{self.root}\n{python}\n", "utf-8")
        aside.replace(self.kept / "made")

    def _stamp(self, name: str) -> Path:
        return self.kept / "stamps" / f"{Path(name).name}.stamp"  # ruff takes any pyproject.toml for a project

    def _kept_digest(self, name: str) -> str:
        try:
            return self._stamp(name).read_text("ascii")
        except OSError:
            return ""


def digest(path: Path) -> str:
    """Give the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _inputs(*, dev: bool) -> tuple[str, ...]:
    return INPUTS + DEV_INPUTS if dev else INPUTS
