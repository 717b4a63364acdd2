"""Scripts written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from roost import scripts
from roost.scripts import Script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that belongs to no project."""
    place = tmp_path / "work"
    place.mkdir()
    (tmp_path / ".git").mkdir()  # nothing above counts
    return place


@pytest.fixture
def read(folder: Path) -> Callable[..., Script]:
    """Write files into the folder and read the first of them."""

    def written(source: str | bytes = "", name: str = "script.py", /, **_: object) -> Script:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode() if isinstance(source, str) else source)
        return scripts.read(path)

    return written


def put(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def kinds(script: Script) -> dict[str, str]:
    """Give each import's kind by its module."""
    return {one.module: one.kind for one in script.imports}
