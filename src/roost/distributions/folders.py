"""Wheels in folders: `--find-links`, and an index that is a folder."""

from __future__ import annotations

from pathlib import Path

from .names import canonical
from .pages import File, Project, read_page


def path_of(address: str) -> Path:
    """Give the path of a `file:` address or of a plain one."""
    from urllib.parse import unquote

    plain = address.removeprefix("file://")
    return Path(unquote(plain.partition("#")[0]) if plain != address else address)


def in_folder(place: str, name: str) -> tuple[File, ...]:
    """List a project's wheels in a folder; () for a page somewhere else, which is left to the engine."""
    folder = path_of(place)
    if "://" in place and not place.startswith("file://"):
        return ()
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".whl")
    except OSError:
        return ()
    return tuple(
        File(path.name, path.absolute().as_uri()) for path in found if canonical(path.name.partition("-")[0]) == name
    )


def in_index(address: str, name: str) -> Project | None:
    """Read a project from an index that is a folder: `name/index.html`, or files in `name/`."""
    folder = path_of(address) / name
    page = folder / "index.html"
    if page.is_file():
        return read_page(name, "text/html", page.read_bytes(), f"{folder.absolute().as_uri()}/")
    files = in_folder(str(folder), name)
    return Project(name, files) if files else None
