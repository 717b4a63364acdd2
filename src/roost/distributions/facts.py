"""What was learned from an index, kept in files that may vanish at any moment."""

from __future__ import annotations

from roost.digests import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAY = 86400.0


def load(place: Path) -> dict[str, object] | None:
    """Read remembered facts; None: nothing that can be read."""
    import json

    try:
        known = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None


def keep(place: Path, facts: Mapping[str, object]) -> None:
    """Remember facts; a home that cannot be written only costs the next question."""
    import json

    from roost import home
    from roost.errors import CannotCreate

    try:
        home.write(place, json.dumps(facts))
    except CannotCreate:
        return


def is_young(known: Mapping[str, object], *, age: float = DAY) -> bool:
    """Tell whether facts were asked for less than age seconds ago."""
    import time

    asked = known.get("asked")
    return isinstance(asked, float) and 0 <= time.time() - asked < age


def digest(text: str) -> str:
    """Give a short name for any text, such as an address."""
    return sha256(text.encode())[:12]
