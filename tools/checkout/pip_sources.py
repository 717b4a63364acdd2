"""Where pip itself can be had when Python has none: from the disk, from the configured index, from Debian's packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from steps import StepFailed


@dataclass(frozen=True, slots=True)
class Pip:
    """A pip that can be run: its folder as a program, and a word about where it comes from."""

    program: Path
    origin: str


def bring(base: Path, root: Path, kept: Path) -> Pip:
    """Bring pip, from the nearest place first."""
    raise StepFailed("neither uv nor pip is there")
