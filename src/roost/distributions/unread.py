"""Scripts that nobody has read: what they declare is judged as what they import, and nothing they say vouches for it."""

from __future__ import annotations

from . import direct, tables
from .asking import how_to_allow
from .values import Requirement, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from roost.scripts import Declaration, Script

    from .asking import Asker
    from .coverage import Wanted


def stripped(script: Script) -> Script:
    """Give a script without what it says about where things come from: indexes, pins, locks and folders beside it."""
    declared = script.declared
    plain = tuple(line for line in declared.constraints if "@" not in line and "://" not in line)
    return script.replace(
        declared=declared.replace(
            lock=None, indexes=(), index_url=None, find_links=(), explicit=(), sources=(), pins=(), constraints=plain,
            conda=(), conda_channels=(), exclude_newer=None,
        )
    )  # fmt: skip


def judged(
    declared: Iterable[tuple[Wanted, Declaration]],
    script: Script,
    *,
    asker: Callable[[], Asker],
    allowed: frozenset[str],
    where: Callable[[Declaration], str],
) -> tuple[list[tuple[Wanted, Declaration]], list[Requirement], list[Unresolved]]:
    """Judge what is declared.

    Args:
        script: as it was read, with the conda packages that it asks for.
        allowed: canonical names that the user trusts.
        where: says where a line stands.

    Returns:
        What may be installed, as it stands; the same as requirements, with what bounds them; what may not.
    """
    kept: list[tuple[Wanted, Declaration]] = []
    found: list[Requirement] = []
    refused = [
        _refused(line.text, line, f"`{line.text}`, {where(line)}, is a conda package") for line in script.declared.conda
    ]
    for wanted, line in declared:
        if wanted.parsed is None or wanted.parsed.url:
            what = f"`{direct.bare(wanted.text)}`, {where(line)}, is an address or a folder"
            refused.append(_refused(wanted.name, line, what))
            continue
        named = None
        if wanted.name not in allowed and not tables.is_known(wanted.name):
            named = asker().vouch(wanted.name)
            if named.trouble:
                sentence = f"{named.trouble.sentence} ({where(line)})"
                refused.append(Unresolved(wanted.name, line.line, "refused", sentence, how_to_allow(wanted.name)))
                continue
        kept.append((wanted, line))
        bound = [named.text] if named and named.text and named.text != wanted.name else []
        for text in (wanted.text, *bound):
            free = named is None
            found.append(
                Requirement(wanted.name, text, where(line), "inferred", wheels_only=not free, hashes=line.hashes)
            )
    return kept, found, refused


def _refused(name: str, line: Declaration, what: str) -> Unresolved:
    return Unresolved(name, line.line, "refused", f"{what}, which a script that nobody has read may not install")
