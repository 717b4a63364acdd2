"""Whether a Python fits a version specifier (PEP 440), without a library for the specifiers people write."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Version = tuple[int, int, int]

_COMPARISONS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": lambda mine, bound: mine >= bound,
    "<=": lambda mine, bound: mine <= bound,
    "==": lambda mine, bound: mine == bound,
    "!=": lambda mine, bound: mine != bound,
    ">": lambda mine, bound: mine > bound,
    "<": lambda mine, bound: mine < bound,
}


def fits(version: Version, specifier: str) -> bool:
    """Tell whether a released Python of this version satisfies every clause of specifier; an empty one is satisfied.

    Raises:
        ValueError: specifier cannot be understood.
    """
    return all(_clause(version, clause.strip()) for clause in specifier.split(",") if clause.strip())


def _clause(version: Version, clause: str) -> bool:
    operator = clause[:2] if clause[:2] in _COMPARISONS else clause[:1]
    numbers = clause[len(operator) :].strip()
    wildcard = numbers.endswith(".*") and operator in {"==", "!="}
    parts = (numbers[:-2] if wildcard else numbers).split(".")
    if operator not in _COMPARISONS or len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return _unusual(version, clause)
    bound = tuple(map(int, parts))
    if wildcard:
        return _COMPARISONS[operator](version[: len(bound)], bound)
    return _COMPARISONS[operator](version, (*bound, 0, 0)[:3])


def _unusual(version: Version, clause: str) -> bool:
    """Leave `~=3.8`, `===3.12`, `>=3.12.0rc1` and what is no specifier to the library."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(clause).contains(".".join(map(str, version)), prereleases=True)
    except InvalidSpecifier as error:
        raise ValueError(f"`{clause}` is no version specifier") from error
