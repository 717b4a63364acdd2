"""A program on its way from bytes to a Script."""

from __future__ import annotations

from dataclasses import dataclass, field

from .files import Disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from .files import Shelf
    from .values import Form


@dataclass(slots=True, eq=False, repr=False)  # each full one costs a start about a millisecond
class Draft:
    """A program that was found, and what its form told."""

    name: str
    form: Form
    text: str
    data: bytes  # as they were read
    folder: Path  # first on sys.path; declared things lie beside it
    path: Path | None = None  # as given
    file: Path | None = None  # what `__file__` will be
    program: bytes | None = None
    inputs: list[Path] = field(default_factory=list)
    pip: list[tuple[str, int]] = field(default_factory=list)  # requirements of install lines, with their lines
    notes: list[str] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Disk)
    home: str | None = None  # where relative imports start from, when that is not `folder`
    package: bool = False  # Python knows it as a part of a package
    beside: bool = True  # files beside it may declare what it needs
    truncated: bool = False
    module: str | None = None
