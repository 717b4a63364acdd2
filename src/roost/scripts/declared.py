"""What the user declared, from the strongest place that says anything."""

from __future__ import annotations

from pathlib import Path
from posixpath import isfile

from . import pyproject, surroundings
from .values import Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Gathered:
    """What was declared, and the files that were looked at for it."""

    def __init__(self) -> None:
        self.declared = Declared()
        self.inputs: list[Path] = []
        self.absent: list[Path] = []
        self.notes: list[str] = []


def gather(
    text: str,
    *,
    name: str,
    path: Path | None,
    folder: Path,
    top: Path,
    pip: Sequence[tuple[str, int]],
    projects: Sequence[Path],
    beside: bool = True,
) -> Gathered:
    """Find what was declared, in the order: lock, PEP 723, requirements files, `pyproject.toml`, `pip install` lines.

    Args:
        text: the program's, in which a PEP 723 block may stand.
        path: the script's file; None for standard input and `-c`.
        folder: the script's folder.
        top: the folder above the packages around the script.
        pip: requirements of `pip install` lines, with their lines.
        projects: files that may describe the script's project, nearest first.
        beside: False when files in the folder have nothing to do with the script.

    Raises:
        MetadataBroken: what declares cannot be read.
    """
    gathered = Gathered()
    lock = _lock(path, folder, gathered) if path is not None and beside else None
    declared = _inline(text, name, folder)
    if declared is None and beside:
        declared = _listed(path, folder, top, gathered)
    if declared is None and beside:
        declared = _project(projects, gathered)
    if declared is None and pip:
        from . import pip_lines

        declared = Declared(
            pip_lines.declarations(pip), f"`pip install` lines of `{name}`", "pip line", indexes=pip_lines.indexes(pip)
        )
    gathered.declared = (declared or Declared()).replace(lock=lock)
    return gathered


def _inline(text: str, name: str, folder: Path) -> Declared | None:
    """Read the PEP 723 block, if there is one."""
    if "# /// script" not in text:
        return None
    from . import pep723

    return pep723.read(text, name=name, folder=str(folder))


def _lock(path: Path, folder: Path, gathered: Gathered) -> Path | None:
    """Find a lock beside the script."""
    for name in surroundings.locks(path.stem):
        candidate = folder / name
        if isfile(candidate):
            gathered.inputs.append(candidate)
            return candidate
        gathered.absent.append(candidate)
    return None


def _listed(path: Path | None, folder: Path, top: Path, gathered: Gathered) -> Declared | None:
    names = surroundings.requirements(path.stem if path is not None else None)
    for candidate in dict.fromkeys([*(folder / name for name in names), top / "requirements.txt"]):
        if not isfile(candidate):
            gathered.absent.append(candidate)
            continue
        from . import requirements

        listed = requirements.read(candidate)
        gathered.inputs += listed.files
        gathered.notes += listed.notes
        return Declared(
            tuple(listed.requirements),
            f"`{candidate.name}`",
            "requirements",
            indexes=tuple(dict.fromkeys(listed.indexes)),
            index_url=listed.index_url,
            find_links=tuple(dict.fromkeys(listed.find_links)),
            constraints=tuple(listed.constraints),
            conda=tuple(listed.conda),
        )
    return None


def _project(projects: Sequence[Path], gathered: Gathered) -> Declared | None:
    for candidate in projects:
        if not isfile(candidate):
            gathered.absent.append(candidate)
            continue
        declared = pyproject.read(candidate)
        gathered.inputs.append(candidate)
        if declared is not None:
            return declared
    return None
