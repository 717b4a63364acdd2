"""What an archive may come to, and what is in it: frozen values."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["file", "folder", "link", "hard link"]

MIB = 1 << 20
PIECE = MIB  # bytes held at a time
FLOOR = MIB  # bytes that a file may unpack to whatever its ratio: a short run of blanks packs a thousandfold


class Limits(Value):
    """How much an archive may come to; None: as much as there is."""

    size: int | None = 256 * MIB  # bytes of all files together, as they are unpacked
    entries: int | None = 10_000
    ratio: float | None = 200.0  # unpacked to packed: of each file of a zip, of the whole of a tar
    packed: int | None = None  # bytes of the archive itself
    cased: bool = False  # names that differ by case alone are two: what is unpacked where that is so anyway


class Entry(Value):
    """One file or folder of an archive."""

    name: str  # relative, with `/`, without `.` and `..`
    kind: Kind
    size: int = 0  # bytes that its header claims
    executable: bool = False
    target: str = ""  # of a link: relative to the folder it lies in; of a hard link: the name of the other file


class Contents(Value):
    """What an archive was found to hold, all of it read once."""

    form: str  # "zip", "tar"
    entries: tuple[Entry, ...]
    size: int  # bytes of all files, counted as they were unpacked
