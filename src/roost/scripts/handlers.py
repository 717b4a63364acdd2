"""Does an `except` clause cope when an import has failed?"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    Verdict = Literal["copes", "alternative", "fails"]

_NARROW = {"ImportError", "ModuleNotFoundError"}
_BROAD = {"Exception", "BaseException", "StandardError"}
_EXITS = {"sys.exit", "exit", "quit", "os._exit", "os.abort", "exit_with_error", "parser.error", "ap.error"}
_HELPERS = {
    "sys",
    "os",
    "traceback",
    "warnings",
    "logging",
    "subprocess",
    "time",
    "platform",
    "pip",
    "textwrap",
    "inspect",
}
_PRINTS = {
    "print",
    "log",
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "echo",
    "secho",
    "write",
    "print_exc",
}


def judge(statement: ast.Try | ast.TryStar) -> tuple[Verdict, ast.ExceptHandler | None]:
    """Say what becomes of an import in the body of a `try` that fails, and which handler would take it.

    `fails`: it stops the program, so it is needed; `copes`: it can be done without; `alternative`: the handler imports another.
    """
    for handler in statement.handlers:
        caught = catches(handler.type)
        if caught:
            return _judged(statement, handler, broad=caught == "broad"), handler
    return "fails", None


def catches(node: ast.expr | None) -> Literal["narrow", "broad", ""]:
    """Say whether an exception clause takes an ImportError: by name, by a wider name or not at all."""
    if node is None:
        return "broad"
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    names = {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts}
    if names & _NARROW:
        return "narrow"
    return "broad" if names & _BROAD else ""


def _judged(statement: ast.Try | ast.TryStar, handler: ast.ExceptHandler, *, broad: bool) -> Verdict:
    tried = list(_imports(statement.body))
    if ends(handler.body) or _installs(handler.body):
        return "fails"
    instead = list(_imports(handler.body, nested=True))
    if {_what(one) for one in tried} & {_what(one) for one in instead}:
        return "fails"  # it asks again for the very same: after installing it, or to show the error
    bound = {name for one in tried for name in _bound(one)}
    others = [one for one in instead if bound & set(_bound(one)) or _root(one) not in _HELPERS]
    if tried and others:
        return "copes" if _gives_up_quietly(handler.body) else "alternative"
    if broad and not _is_meant(statement.body, handler, bound):
        return "fails"
    return "copes"


def ends(body: Iterable[ast.stmt]) -> bool:
    """Tell whether statements always end the program or raise."""
    for statement in body:
        match statement:
            case ast.Raise():
                return True
            case ast.Expr(value=ast.Call(func=func)) if _dotted(func) in _EXITS:
                return True
            case ast.If(body=one, orelse=two) if two and ends(one) and ends(two):
                return True
            case ast.With(body=inner) if ends(inner):
                return True
            case ast.Return() | ast.Continue() | ast.Break():
                return False
    return False


def _gives_up_quietly(body: Iterable[ast.stmt]) -> bool:
    """Tell whether, when the alternative is missing too, an inner handler copes with having neither."""
    return any(isinstance(one, ast.Try) and list(_imports(one.body)) and judge(one)[0] == "copes" for one in body)


def _is_meant(body: list[ast.stmt], handler: ast.ExceptHandler, bound: set[str]) -> bool:
    """Tell whether a clause as wide as `except Exception` was written for the import.

    It was when it gives the imported name a value or passes over an import that stands first; a clause that only
    reports what went wrong stands around the work itself.
    """
    for statement in handler.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if names & bound or (names and len(body) <= 3):
            return True
    reports = any(
        isinstance(node, ast.Call) and _dotted(node.func).rpartition(".")[2] in _PRINTS
        for statement in handler.body
        for node in ast.walk(statement)
    )
    return not reports and isinstance(body[0], ast.Import | ast.ImportFrom)


def _imports(body: Iterable[ast.stmt], *, nested: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
        elif nested and isinstance(statement, ast.Try | ast.TryStar):
            yield from _imports(statement.body, nested=True)
        elif isinstance(statement, ast.If | ast.With):
            yield from _imports(statement.body, nested=nested)
            yield from _imports(getattr(statement, "orelse", ()), nested=nested)


def _installs(body: Iterable[ast.stmt]) -> bool:
    """Tell whether the handler calls an installer: the author wants it to be there."""
    for statement in body:
        words = {
            node.value for node in ast.walk(statement) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        calls = {_dotted(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
        runs = any(
            name.startswith(("os.", "subprocess.", "pip")) or name in {"run", "check_call", "system"} for name in calls
        )
        if runs and ("install" in words or any("pip" in word and " install " in word for word in words)):
            return True
    return False


def _what(one: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    if isinstance(one, ast.ImportFrom):
        return ("." * one.level + (one.module or ""), *(alias.name for alias in one.names))
    return tuple(alias.name for alias in one.names)


def _bound(one: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.asname or alias.name.partition(".")[0] for alias in one.names]


def _root(one: ast.Import | ast.ImportFrom) -> str:
    name = one.names[0].name if isinstance(one, ast.Import) else one.module or "."
    return name.partition(".")[0]


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))
