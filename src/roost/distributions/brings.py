"""What a distribution always brings along: such a need is met already."""

from __future__ import annotations

from . import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def brought(names: Iterable[str]) -> dict[str, str]:
    """Give the canonical names that come along with these, each with the one of these that brings it."""
    table = {columns[0]: columns[1].split() for columns in tables.lines("brings.tsv")}
    found: dict[str, str] = {}
    for name in names:
        ahead = list(table.get(name, ()))
        while ahead:
            one = ahead.pop()
            if one not in found:
                found[one] = name
                ahead += table.get(one, ())
    return found
