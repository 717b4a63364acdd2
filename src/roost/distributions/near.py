"""Names that can be mistaken for a popular one: what people and models misspell, and imitators wait for."""

from __future__ import annotations

import re

from . import tables
from .names import canonical

NEAR_RANK = 5000  # names up to this rank are worth imitating (measured: benchmarks/trust.py)
NEAR_LENGTH = 5  # shorter names are within one letter of something popular, whatever they are


def near(name: str) -> str | None:
    """Give the popular name that a canonical name can be mistaken for: one letter off, or the same words otherwise ordered."""
    if tables.rank(name) is not None:
        return None
    words = sorted(name.split("-"))
    core = _core(name)
    best: tuple[int, str] | None = None
    for columns in tables.lines("popular.tsv"):
        popular, place = columns[0], int(columns[1])
        if place > NEAR_RANK or (best and best[0] < place):
            continue
        if (
            (len(words) > 1 and sorted(popular.split("-")) == words)
            or (len(core) >= NEAR_LENGTH and _core(popular) == core)
            or (len(name) >= NEAR_LENGTH and _one_off(name, popular))
        ):
            best = (place, popular)
    return best[1] if best else None


def _core(name: str) -> str:
    """Give a name without separators and the affixes that imitators add."""
    plain = name.replace("-", "")
    return re.sub(r"^(python3?|py3?)|(python3?|py3?|lib)$", "", plain) or plain


def _one_off(one: str, other: str) -> bool:
    """Tell whether two names differ by one letter added, left out, changed, or two neighbours exchanged."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at + 1 : at + 2] + shorter[at : at + 1] + shorter[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or swapped == longer[at:]


def meant(root: str) -> str | None:
    """Give the popular distribution whose name, with the usual affixes or one letter changed, this import root is."""
    plain = canonical(root)
    for name in (f"python-{plain}", f"py{plain}", f"{plain}-python", f"py-{plain}", f"{plain}-py"):
        if tables.rank(name) is not None:
            return name
    return near(plain)
