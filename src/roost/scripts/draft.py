"""A program on its way from bytes to a Script."""

from __future__ import annotations

from .files import Disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .files import Shelf
    from .values import Form


class Draft:
    """A program that was found, and what its form told.

    Args:
        name: for messages.
        data: as they were read.
        folder: first on sys.path; declared things lie beside it.
        path: as given.
        file: what `__file__` will be.
        program: what runs, when it is not the file itself.
        pip: requirements of install lines, with their lines.
        home: where relative imports start from, when that is not `folder`.
        package: Python knows it as a part of a package.
        beside: files beside it may declare what it needs.
        module: the name behind `-m`.
    """

    def __init__(
        self,
        name: str,
        form: Form,
        text: str,
        data: bytes,
        folder: Path,
        *,
        path: Path | None = None,
        file: Path | None = None,
        program: bytes | None = None,
        inputs: Sequence[Path] = (),
        pip: Sequence[tuple[str, int]] = (),
        notes: Sequence[str] = (),
        shelf: Shelf | None = None,
        home: Path | None = None,
        package: bool = False,
        beside: bool = True,
        truncated: bool = False,
        module: str | None = None,
    ) -> None:
        self.name = name
        self.form: Form = form
        self.text = text
        self.data = data
        self.folder = folder
        self.path = path
        self.file = file
        self.program = program
        self.inputs = inputs
        self.pip = pip
        self.notes = list(notes)
        self.shelf: Shelf = shelf or Disk()
        self.home = home or folder
        self.package = package
        self.beside = beside
        self.truncated = truncated
        self.module = module
