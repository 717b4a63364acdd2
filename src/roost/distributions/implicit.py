"""Needs that no import names: engines, drivers, extras, told by calls and by literal addresses."""

from __future__ import annotations

from . import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.scripts import Script

    from .tables import ImplicitRule


def needs(script: Script) -> Iterator[tuple[str, str]]:
    """Give each need (PEP 508) with its reason, in the order in which the script shows them."""
    roots = frozenset(one.root for one in script.imports if one.kind != "typing" and not one.provider)
    rules = tables.implicit_rules(roots) if roots else ()
    found: list[tuple[int, str, str]] = []
    for rule in rules:
        line = _shown(rule, script)
        if line is not None:
            found.append((line, rule.need, f"{rule.reason} (line {line})" if line else rule.reason))
    seen: set[str] = set()
    for _, need, reason in sorted(found, key=lambda item: item[0]):
        if need not in seen:
            seen.add(need)
            yield need, reason


def _shown(rule: ImplicitRule, script: Script) -> int | None:
    """Give the first line that shows the need, or None."""
    if rule.kind == "call":
        return next(
            (
                call.line
                for call in script.calls
                if _names(rule.pattern, call.name) and rule.holds(call.arguments, call.keywords)
            ),
            None,
        )
    if rule.kind == "url":
        return next((line for text, line in script.urls if text.partition("://")[0].lower() == rule.pattern), None)
    if rule.kind == "import":
        plain = (one for one in script.imports if one.kind not in {"typing", "optional"} and not one.provider)
        return next((one.line for one in plain if _imports(rule.pattern, one.module, one.names)), None)
    return None


def _names(pattern: str, name: str) -> bool:
    return name.endswith(pattern) if pattern.startswith(".") else name == pattern


def _imports(pattern: str, module: str, names: tuple[str, ...]) -> bool:
    if "*" in pattern:
        from fnmatch import fnmatchcase

        return fnmatchcase(module, pattern)
    below = f"{pattern}."
    return module == pattern or module.startswith(below) or any(f"{module}.{name}" == pattern for name in names)
