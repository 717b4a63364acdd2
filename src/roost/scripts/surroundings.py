"""What lies around a script and may say something about it; paths are text here, so that asking costs no import."""

from __future__ import annotations

import os
import stat
from posixpath import dirname, exists, isfile, join, lexists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

ABOVE = 4  # folders between a script's outermost package and its project, within one repository
NEAR = 2  # the same where no repository tells what belongs together
_REPOSITORIES = (".git", ".hg", ".svn", ".jj")


def locks(stem: str) -> tuple[str, ...]:
    """Name the locks that may stand beside a script; a dot in its name becomes `_` (PEP 751, "File Name")."""
    return f"pylock.{stem.replace('.', '_')}.toml", "pylock.toml"


def requirements(stem: str | None) -> tuple[str, ...]:
    """Name the requirements files that may stand beside a script, the strongest first; stem is None for mere text."""
    return (*((f"{stem}.requirements.txt",) if stem is not None else ()), "requirements.txt")


def projects(folder: str) -> list[str]:
    """Name the folders whose `pyproject.toml` may describe a script in folder, nearest first, whether it is there or not.

    A project contains a script when its `pyproject.toml` lies in the script's folder, above the packages around it, or
    at most `ABOVE` folders higher in the same repository (`NEAR` where there is none). Home, root and temporary
    folders are nobody's project unless the script lies directly in them.
    """
    found = [folder]
    repository = _repository(folder)
    steps, at = 0, folder
    while at not in {repository, dirname(at)}:
        steps += not exists(f"{at}/__init__.py")
        at = dirname(at)
        if _is_shared(at) or steps > (ABOVE if repository else NEAR):
            break
        found.append(at)
    return found


def _is_shared(folder: str) -> bool:
    """Tell whether a folder holds things that have nothing to do with each other."""
    if folder == dirname(folder) or folder == os.environ.get("HOME"):
        return True
    try:
        return bool(os.stat(folder).st_mode & stat.S_ISVTX)  # noqa: PTH116  # as the temporary folders of a machine are marked
    except OSError:
        return True


def _repository(folder: str) -> str | None:
    at = folder
    while True:
        if any(exists(f"{at}/{mark}") for mark in _REPOSITORIES):
            return at
        if at == dirname(at):
            return None
        at = dirname(at)


def fallbacks(folder: str, top: str, project: str) -> list[str]:
    """Name the folders where a project keeps its modules, beyond the script's own.

    Args:
        top: the folder above the packages that folder is a part of.
        project: the folder of the script's project; folder, where there is none.
    """
    found = [join(folder, "src"), top, join(top, "src"), join(project, "src"), project]
    return [one for one in dict.fromkeys(found) if one != folder]


def is_project(folder: str) -> bool:
    """Tell whether a folder, one of `projects`, is the root of one."""
    return isfile(f"{folder}/pyproject.toml") or isfile(f"{folder}/setup.py")


def silent(
    folder: str, stem: str | None, *, inline: bool, roots: Collection[str], foreign: Collection[str]
) -> tuple[str, ...] | None:
    """Tell whether nothing around a script says anything about it; for scripts of which no local module was found elsewhere.

    Args:
        stem: the script's name without its suffix; None for mere text, about which only modules say something.
        inline: it declares its requirements itself, so that no requirements file or project counts.
        roots: the first parts of the names of all modules that it imports and that a file beside it could shadow.
        foreign: those of them that are not of the standard library: a project's folders could answer for them.

    Returns:
        The paths that must stay absent, or None where something is said, or may be: then the script has to be read.
    """
    found = [f"{folder}/{name}" for root in sorted(roots) for name in (root, f"{root}.py")]
    project = folder
    if stem is not None:
        names = locks(stem) if inline else (*locks(stem), *requirements(stem))
        found += [
            f"{folder}/{name}" for name in (*names, "__init__.py")
        ]  # in a package what is above it counts as well
        around = projects(folder)
        if not inline:
            found += [f"{one}/pyproject.toml" for one in around]
        project = next((one for one in around if is_project(one)), folder)
    if any(map(lexists, found)) or _shadowed(folder, roots):
        return None
    beyond = fallbacks(folder, folder, project) if foreign else []
    if any(_shadowed(one, foreign) for one in beyond):
        return None
    return (*found, *hidden(beyond, foreign))


def hidden(folders: Sequence[str], roots: Collection[str]) -> list[str]:
    """Name what must stay absent so that none of these folders answers for a module."""
    found: list[str] = []
    for folder in folders:
        if exists(folder):
            found += [f"{folder}/{name}" for root in sorted(roots) for name in (root, f"{root}.py")]
        else:
            found.append(folder)
    return found


def _shadowed(folder: str, roots: Collection[str]) -> bool:
    """Tell whether a folder has a file or folder that could be one of these modules, source or compiled."""
    try:
        return any(name.partition(".")[0] in roots for name in os.listdir(folder))  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return False
