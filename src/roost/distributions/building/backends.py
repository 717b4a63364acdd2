"""What a project says of its build (PEP 517, PEP 518)."""

from __future__ import annotations

import re
from pathlib import Path

from roost.distributions.names import UnreadableRequirement, parse
from roost.values import Value

MOST = 200  # requirements of a build
_BACKEND = re.compile(r"[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)?")


class UnfitProject(Exception):
    """A project whose build cannot be called; says why in one phrase."""


class Backend(Value):
    """How a project is built."""

    requires: tuple[str, ...] = ("setuptools>=40.8.0",)  # what a project has that says nothing (PEP 518)
    name: str = "setuptools.build_meta:__legacy__"
    where: tuple[str, ...] = ()  # folders of a backend that is part of the project, relative to it


def read(project: Path) -> Backend:
    """Read what a project says.

    Raises:
        UnfitProject: what it says cannot be read, or it is no project.
    """
    import tomllib

    file = project / "pyproject.toml"
    if not file.is_file() or file.is_symlink():
        if not (project / "setup.py").is_file():
            raise UnfitProject("it has neither a `pyproject.toml` nor a `setup.py`")
        return Backend()
    try:
        said = tomllib.loads(file.read_text("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise UnfitProject(f"its `pyproject.toml` cannot be read: {error}") from error
    table = said.get("build-system")
    if table is None:
        return Backend()
    if not isinstance(table, dict):
        raise UnfitProject("its `build-system` is no table")
    name = table.get("build-backend", Backend().name)
    if not isinstance(name, str) or not _BACKEND.fullmatch(name):
        raise UnfitProject("its `build-backend` is no name of an object")
    return Backend(requirements(table.get("requires")), name, _folders(table.get("backend-path", [])))


def requirements(said: object) -> tuple[str, ...]:
    """Check what a build requires: names and versions, from the indexes that are asked for everything.

    Raises:
        UnfitProject: something else stands there.
    """
    if not isinstance(said, list) or len(said) > MOST or not all(isinstance(one, str) for one in said):
        raise UnfitProject("what its build requires is no list of requirements")
    for one in said:
        try:
            parsed = parse(one)
        except UnreadableRequirement as error:
            raise UnfitProject(f"its build requires `{one}`, which is no requirement") from error
        if parsed.url:
            raise UnfitProject(f"its build requires `{parsed.name}` from an address of its own")
    return tuple(said)


def _folders(said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise UnfitProject("its `backend-path` is no list of folders")
    if any(one.startswith("/") or ".." in Path(one).parts for one in said):
        raise UnfitProject("its `backend-path` leads out of it")
    return tuple(said)
