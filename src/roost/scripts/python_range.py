"""Which Pythons can parse and run a script, and why."""

from __future__ import annotations

from roost.values import Value

from . import specifiers, stdlib
from .sources import normalised
from .values import PythonRange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .parse import Reading
    from .values import Declared, Import


class _Bound(Value):
    """One end of the range: minor versions of Python 3."""

    minor: int
    lower: bool  # True: this one and later; False: only earlier ones
    reason: str
    firm: bool = True  # False: reached perhaps; the first to be dropped when bounds exclude each other

    @property
    def text(self) -> str:
        return f"{'>=' if self.lower else '<'}3.{self.minor}"

    def allows(self, minor: int) -> bool:
        return minor >= self.minor if self.lower else minor < self.minor


def narrow(
    readings: Sequence[tuple[str | None, Reading]],
    imports: Sequence[Import],
    calls: Iterable[tuple[str, int]],
    declared: Declared,
) -> tuple[PythonRange, list[str]]:
    """Put together what syntax, the standard library, the script's own checks and the author say.

    Args:
        readings: the script's (path None) and those of the local modules that it needs.
        calls: dotted names and lines of calls in the script.

    Returns: the range, and what the user should know about bounds that had to be dropped.
    """
    python2 = readings[0][1].python2 if readings else None
    bounds = [bound for path, reading in readings for bound in _of_syntax(path, reading)]
    given = {name for one in declared.requirements for name in stdlib.stands_in(_name(one.text))}
    bounds += [bound for one in imports for bound in _of_import(one, given)]
    bounds += [bound for name, line in calls for bound in _of_call(name, line)]
    notes: list[str] = []
    kept = _consistent(bounds, notes)
    specifier, reasons = _specifier(kept, declared, notes)
    return PythonRange(specifier, reasons, python2), notes


def _of_syntax(path: str | None, reading: Reading) -> list[_Bound]:
    where = f" of `{path}`" if path else ""
    found: list[_Bound] = []
    needs = [(minor, what, line) for minor, (what, line) in reading.seen.syntax.items()]
    if reading.floor is not None:
        needs.append(reading.floor)
    if needs:
        minor, what, line = max(needs)
        if minor > stdlib.FIRST:
            found.append(_Bound(minor, lower=True, reason=f"{what} at line {line}{where}: since Python 3.{minor}"))
    if reading.ceiling is not None:
        minor, what, line = reading.ceiling
        found.append(_Bound(minor, lower=False, reason=f"{what} at line {line}{where}: no longer in Python 3.{minor}"))
    for operator, version, line in reading.seen.guards:
        bound = _of_guard(operator, version, line, where)
        if bound is not None:
            found.append(bound)
    return found


def _of_guard(operator: str, version: str, line: int, where: str) -> _Bound | None:
    major, _, minor = version.partition(".")
    if major != "3" or operator not in {">=", ">", "<", "<="}:
        return None
    number = int(minor or 0) + (operator in {">", "<="})
    if operator in {">", ">="} and number <= stdlib.FIRST:
        return None
    return _Bound(
        number,
        lower=operator in {">", ">="},
        reason=f"the script checks for Python {operator}{version} at line {line}{where}",
    )


def _of_import(one: Import, given: set[str]) -> list[_Bound]:
    """Bound by a module or name that came to the standard library, or left it."""
    if one.kind not in {"required", "lazy"} or one.marker or one.provider is not None or one.root in given:
        return []
    life = stdlib.lifetime(one.module)
    if life is None:
        return []
    firm = one.kind == "required"
    where = f" of `{one.file}`" if one.file else ""
    written = f"`from {one.module} import {', '.join(one.names)}`" if one.names else f"`import {one.module}`"
    found = _bounds(
        life,
        f"{written} at line {one.line}{where}",
        "the standard library has it",
        "left the standard library",
        firm=firm,
    )
    for name in one.names:
        life = stdlib.name_lifetime(one.module, name)
        if life is not None:
            written = f"`from {one.module} import {name}` at line {one.line}{where}"
            found += _bounds(life, written, "it is there", "it went away", firm=firm)
    return found


def _of_call(name: str, line: int) -> list[_Bound]:
    module, _, attribute = name.rpartition(".")
    life = stdlib.name_lifetime(module, attribute) if module else None
    if life is None or life[0] is None:
        return []
    return _bounds((life[0], None), f"`{name}()` at line {line}", "it is there", "it went away", firm=False)


def _bounds(life: tuple[str | None, str | None], what: str, came: str, went: str, *, firm: bool) -> list[_Bound]:
    added, removed = life
    found: list[_Bound] = []
    if added is not None:
        found.append(_Bound(_minor(added), lower=True, reason=f"{what}: {came} since {added}", firm=firm))
    if removed is not None:
        found.append(_Bound(_minor(removed), lower=False, reason=f"{what}: {went} in {removed}", firm=firm))
    return found


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _name(requirement: str) -> str:
    end = next(
        (position for position, letter in enumerate(requirement) if not (letter.isalnum() or letter in "._-")),
        len(requirement),
    )
    return normalised(requirement[:end])


def _consistent(bounds: list[_Bound], notes: list[str]) -> list[_Bound]:
    """Keep the tightest bound of each end; where they exclude each other, the weaker of the two goes."""
    for usable in (bounds, [bound for bound in bounds if bound.firm]):
        lower = max((bound for bound in usable if bound.lower), key=lambda bound: bound.minor, default=None)
        upper = min((bound for bound in usable if not bound.lower), key=lambda bound: bound.minor, default=None)
        if lower is None or upper is None or lower.minor < upper.minor:
            return [bound for bound in (lower, upper) if bound is not None]
        if usable is not bounds:
            notes.append(f"no Python can run all of it: {lower.reason}, but {upper.reason}")
            return [lower]
    return []


def _specifier(kept: list[_Bound], declared: Declared, notes: list[str]) -> tuple[str, tuple[str, ...]]:
    wanted = declared.requires_python
    if not wanted:
        return ",".join(bound.text for bound in kept), tuple(bound.reason for bound in kept)
    said = f"`requires-python = {wanted!r}` of {declared.where}".replace("'", '"')
    allowed = _allowed(wanted)
    if allowed is None:
        notes.append(f"{said} is no version specifier, and is not used")
        return ",".join(bound.text for bound in kept), tuple(bound.reason for bound in kept)
    texts, reasons = [wanted], [said]
    for bound in kept:
        left = [minor for minor in allowed if bound.allows(minor)]
        if not left:
            notes.append(f"{said} leaves no Python for this: {bound.reason}")
        elif len(left) < len(allowed):
            allowed = left
            texts.append(bound.text)
            reasons.append(bound.reason)
    return ",".join(texts), tuple(reasons)


def _allowed(specifier: str) -> list[int] | None:
    """Give the minor versions of which a specifier allows at least one release; None for text that is no specifier."""
    try:
        return [
            minor
            for minor in range(stdlib.LAST + 2)
            if any(specifiers.fits((3, minor, patch), specifier) for patch in range(30))
        ]
    except ValueError:
        return None
