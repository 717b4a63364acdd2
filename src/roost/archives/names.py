"""Which names a member may have: what one of them means must not depend on the file system, or on who reads it."""

from __future__ import annotations

import re
import unicodedata

from .errors import unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Kind

SHOWN = 80  # characters of a name in a sentence
PART_LIMIT = 255  # bytes of one part: what file systems take
PATH_LIMIT = 1024  # characters
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of characters, line ends
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # show a name as another one


class Tree:
    """The names of one archive, each allowed, each there once, none below what is no folder."""

    def __init__(self, archive: str, *, cased: bool) -> None:
        """Begin with none.

        Args:
            archive: its name, for errors.
            cased: names that differ by case alone are two.
        """
        self._archive = archive
        self._key = str if cased else folded
        self._kinds: dict[
            str, Kind
        ] = {}  # name as a careless file system sees it → kind; folders that are only implied too
        self._said: set[str] = set()

    def add(self, name: str, kind: Kind) -> str:
        """Take one member's name as it is written; gives it without the `/` that folders end with.

        Raises:
            ArchiveUnsafe: it may not be called that, or something else is called so.
        """
        plain = name.removesuffix("/") if kind == "folder" else name
        why = flaw(plain)
        if why:
            raise unsafe(self._archive, f"{shown(name)} {why}")
        key = self._key(plain)
        if key in self._said or (key in self._kinds and kind != "folder"):
            raise unsafe(self._archive, f"{shown(name)} is there twice, as other systems see it")
        parts = key.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if self._kinds.setdefault(above, "folder") != "folder":
                raise unsafe(self._archive, f"{shown(name)} lies below `{above}`, which is no folder")
        if self._kinds.setdefault(key, kind) != kind:
            raise unsafe(self._archive, f"{shown(name)} is there twice, once as a folder")
        self._said.add(key)
        return plain


def folded(name: str) -> str:
    """Give a name as file systems see it that do not tell case or the ways to write one letter apart."""
    return name if name.isascii() and name.islower() else unicodedata.normalize("NFC", name).casefold()


def flaw(name: str) -> str | None:
    """Say what is wrong with a path, as the end of a sentence; None: it stays below its folder, on every system."""
    parts = name.split("/")
    wrong = (
        (not name, "is no name"),
        (_hides(name), "has a control character in its name"),
        ("\\" in name, "has a backslash in its name"),
        (name.startswith("/"), "is an absolute path"),
        (re.match(r"[A-Za-z]:", name), "begins with a drive"),
        (name.startswith("~"), "begins with `~`, which a shell takes for a home"),
        (".." in parts, "leaves the folder by `..`"),
        ("" in parts or "." in parts, "has an empty part in its path"),
        (
            len(name) > PATH_LIMIT or any(len(part.encode()) > PART_LIMIT for part in parts),
            "has a name that is too long",
        ),
    )
    return next((why for found, why in wrong if found), None)


def _hides(name: str) -> bool:
    """Tell whether a character does not show, or shows others elsewhere than they stand."""
    if name.isascii():
        return not name.isprintable()
    return any(unicodedata.category(one) in _HIDDEN or unicodedata.bidirectional(one) in _TURNING for one in name)


def shown(name: str) -> str:
    """Give a name for a sentence: one line, nothing that a terminal would obey, not too long."""
    plain = "".join(
        one if one.isprintable() and one != "`" else one.encode("unicode_escape", "replace").decode() for one in name
    )
    return f"`{plain if len(plain) <= SHOWN else plain[:SHOWN] + '…'}`"
