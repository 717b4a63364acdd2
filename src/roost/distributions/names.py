"""Names of distributions, their canonical form, and the plain part of requirement lines."""

from __future__ import annotations

import re

from roost.errors import Exit, RoostError
from roost.values import Value

_SEPARATORS = re.compile(r"[-_.]+")
# The lines that most people write need no parser: a name, extras, version clauses, and no marker or URL.
_NUMBER = r"\d+(?:\.\d+)*(?:(?:a|b|rc|\.post|\.dev)\d+)?"
_CLAUSE = rf"(?:(?:==|!=)\s*{_NUMBER}(?:\.\*)?|(?:<=|>=|<|>)\s*{_NUMBER}|~=\s*\d+(?:\.\d+)+)"
_PLAIN = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[\s*([A-Za-z0-9_-]+(?:\s*,\s*[A-Za-z0-9_-]+)*)\s*\])?\s*"
    rf"({_CLAUSE}(?:\s*,\s*{_CLAUSE})*)?\s*"
)


class UnreadableRequirement(RoostError):
    """A requirement that is no PEP 508 line."""

    code = "unreadable-requirement"
    exit = Exit.UNREADABLE


class Parsed(Value):
    """What a requirement line says."""

    name: str  # canonical
    extras: tuple[str, ...] = ()
    versions: str = ""  # PEP 440 specifier, "" any
    marker: str | None = None
    url: str | None = None


def canonical(name: str) -> str:
    """Give the normalised name (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def parse(text: str) -> Parsed:
    """Read one requirement (PEP 508).

    Raises:
        UnreadableRequirement: it is none.
    """
    plain = _PLAIN.fullmatch(text)
    if plain:
        extras = tuple(sorted(canonical(extra.strip()) for extra in (plain[2] or "").split(",") if extra.strip()))
        return Parsed(canonical(plain[1]), extras, "".join((plain[3] or "").split()))
    return _parse(text)


def _parse(text: str) -> Parsed:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(text)
    except InvalidRequirement as error:
        raise UnreadableRequirement(
            f"`{text}` is no requirement",
            why=(str(error).partition("\n")[0],),
            hints=("write it as `name`, `name==1.2`, `name[extra]>=1,<2` or `name @ https://…`",),
        ) from error
    marker = str(found.marker) if found.marker else None
    extras = tuple(sorted(canonical(extra) for extra in found.extras))
    return Parsed(canonical(found.name), extras, str(found.specifier), marker, found.url)
