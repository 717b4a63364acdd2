"""Requirements of somebody who is not trusted: distributions by name and version, nothing that has a say of its own."""

from __future__ import annotations

from roost.distributions.names import UnreadableRequirement
from roost.distributions.names import parse as parsed
from roost.scripts.requirements import logical_lines

from .errors import RequirementsRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 5


def refused(text: str) -> str | None:
    """Say why one line is not taken, as the end of a sentence; None: it is a name with versions (PEP 508)."""
    if not text.isascii() or not text.isprintable():
        return "has letters that no name of a distribution has"
    if text.startswith("-"):
        return "is an option"
    if "://" in text or "@" in text.partition(";")[0] or text.startswith((".", "/", "~")):
        return "is an address or a path"
    try:
        found = parsed(text)
    except UnreadableRequirement:
        return "is no requirement (PEP 508)"
    return "is an address" if found.url else None


def read(text: str, name: str) -> tuple[str, ...]:
    """Read a requirements file that came with a package, or from a model.

    Args:
        name: of the file, for errors.

    Returns:
        Its requirements, without comments.

    Raises:
        RequirementsRefused: a line is something else than a name with versions.
    """
    return checked(((line.text, f"{name}, line {line.number}") for line in logical_lines(text)), name)


def checked(lines: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Take requirements that are names with versions.

    Args:
        lines: each with where it stands.

    Raises:
        RequirementsRefused: one is something else.
    """
    found, why = [], []
    for text, where in lines:
        reason = refused(text)
        if reason:
            why.append(f"{where}: `{_shown(text)}` {reason}")
        found.append(text)
    if why:
        more = (f"and {len(why) - SHOWN} more",) if len(why) > SHOWN else ()
        raise RequirementsRefused(
            f"the requirements in `{name}` are refused",
            why=(*why[:SHOWN], *more),
            hints=("if you trust where it comes from: `roost package verify --trusted FILE`",),
        )
    return tuple(found)


def _shown(text: str) -> str:
    plain = ascii(text)[1:-1].replace("`", "'")
    return plain if len(plain) <= 80 else plain[:80] + "…"
