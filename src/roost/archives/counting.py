"""Counts what really comes out of an archive, whatever its headers claim."""

from __future__ import annotations

from .errors import unsafe
from .names import shown
from .values import FLOOR, MIB

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Limits


class Count:
    """How much of an archive's limits is used."""

    def __init__(self, archive: str, limits: Limits) -> None:
        """Begin at nothing.

        Args:
            archive: its name, for errors.
        """
        self._archive = archive
        self._limits = limits
        self.size = 0  # bytes unpacked so far
        self.entries = 0

    def entry(self) -> None:
        """Count one member.

        Raises:
            ArchiveUnsafe: it is one too many.
        """
        self.entries += 1
        self.expect(self.entries)

    def expect(self, entries: int) -> None:
        """Refuse an archive that says itself that it has too many members.

        Raises:
            ArchiveUnsafe: it does.
        """
        most = self._limits.entries
        if most is not None and entries > most:
            raise unsafe(self._archive, f"it has more than {most:,} entries")

    def add(self, name: str, size: int) -> None:
        """Count bytes that a member has been unpacked to.

        Raises:
            ArchiveUnsafe: all of them together are too many.
        """
        self.size += size
        most = self._limits.size
        if most is not None and self.size > most:
            raise unsafe(self._archive, f"with {shown(name)} it unpacks to more than {_shown(most)}")

    def compare(self, what: str, unpacked: int, packed: int) -> None:
        """Compare what something is unpacked with what it is packed.

        Raises:
            ArchiveUnsafe: it grows too much.
        """
        most = self._limits.ratio
        if most is not None and unpacked > FLOOR and unpacked > most * max(packed, 1):
            raise unsafe(self._archive, f"{what} unpacks to more than {most:g} times its size")


def _shown(size: int) -> str:
    return f"{size // MIB:,} MiB" if size % MIB == 0 else f"{size:,} bytes"
