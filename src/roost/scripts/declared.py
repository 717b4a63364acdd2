"""What the user declared, from the strongest place that says anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import isfile

from . import pep723, pip_lines, pyproject, requirements
from .values import Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Gathered:
    """What was declared, and the files that were looked at for it."""

    declared: Declared = field(default_factory=Declared)
    inputs: list[Path] = field(default_factory=list)
    absent: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(
    text: str,
    *,
    name: str,
    path: Path | None,
    folder: Path,
    top: Path,
    pip: Sequence[tuple[str, int]],
    beside: bool = True,
) -> Gathered:
    """Find what was declared, in the order: lock, PEP 723, requirements files, `pyproject.toml`, `pip install` lines.

    Args:
        text: the program's, in which a PEP 723 block may stand.
        path: the script's file; None for standard input and `-c`.
        folder: the script's folder.
        top: the folder above the packages around the script.
        pip: requirements of `pip install` lines, with their lines.
        beside: False when files in the folder have nothing to do with the script.

    Raises:
        MetadataBroken: what declares cannot be read.
    """
    gathered = Gathered()
    lock = _lock(path, folder, gathered) if path is not None and beside else None
    declared = pep723.read(text, name=name, folder=str(folder))
    if declared is None and beside:
        declared = _listed(path, folder, top, gathered)
    if declared is None and beside:
        declared = _project(folder, gathered)
    if declared is None and pip:
        declared = Declared(pip_lines.declarations(pip), f"`pip install` lines of `{name}`", "pip line")
    gathered.declared = replace(declared or Declared(), lock=lock)
    return gathered


def _lock(path: Path, folder: Path, gathered: Gathered) -> Path | None:
    """Find a lock beside the script; a dot in the script's name becomes `_` (PEP 751, "File Name")."""
    for name in (f"pylock.{path.stem.replace('.', '_')}.toml", "pylock.toml"):
        candidate = folder / name
        if isfile(candidate):
            gathered.inputs.append(candidate)
            return candidate
        gathered.absent.append(candidate)
    return None


def _listed(path: Path | None, folder: Path, top: Path, gathered: Gathered) -> Declared | None:
    names = [folder / f"{path.stem}.requirements.txt"] if path is not None else []
    for candidate in dict.fromkeys([*names, folder / "requirements.txt", top / "requirements.txt"]):
        if not isfile(candidate):
            gathered.absent.append(candidate)
            continue
        listed = requirements.read(candidate)
        gathered.inputs += listed.files
        gathered.notes += listed.notes
        return Declared(
            tuple(listed.requirements),
            f"`{candidate.name}`",
            "requirements",
            indexes=tuple(dict.fromkeys(listed.indexes)),
            constraints=tuple(listed.constraints),
        )
    return None


def _project(folder: Path, gathered: Gathered) -> Declared | None:
    for candidate in pyproject.candidates(folder):
        if not isfile(candidate):
            gathered.absent.append(candidate)
            continue
        declared = pyproject.read(candidate)
        gathered.inputs.append(candidate)
        if declared is not None:
            return declared
    return None
