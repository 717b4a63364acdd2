"""Archives that others wrote: looked through and unpacked by one reader, within limits, or refused in one sentence."""

from __future__ import annotations

from .errors import ArchiveUnreadable, ArchiveUnsafe
from .opening import look, opened, unpack
from .values import Contents, Entry, Limits
from .zips import Zip

__all__ = ["ArchiveUnreadable", "ArchiveUnsafe", "Contents", "Entry", "Limits", "Zip", "look", "opened", "unpack"]
