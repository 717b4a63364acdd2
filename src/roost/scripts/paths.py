"""Expressions that name a file or folder, worked out without running them."""

from __future__ import annotations

import ast
import os.path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DEPTH = 12
_SAME = {
    "os.path.abspath",
    "os.path.realpath",
    "os.path.normpath",
    "os.fspath",
    "str",
    "pathlib.Path",
    "pathlib.PurePath",
    "os.path.expanduser",
}
_METHODS = {"resolve", "absolute", "expanduser", "as_posix", "__str__", "__fspath__"}


def place(
    node: ast.expr, *, file: str, dotted: Callable[[ast.expr], str | None], values: dict[str, ast.expr], depth: int = 0
) -> str | None:
    """Work out a path: `os.path.join(os.path.dirname(__file__), "lib")`, `Path(__file__).parent / "lib"`.

    Args:
        file: what `__file__` is; relative results are taken as relative to its folder.
        dotted: gives the dotted name of an expression with import aliases resolved, None for anything else.
        values: gives the expression that a name was last bound to.

    Returns: a normalised path, None when it depends on anything that only running would tell.
    """

    def inner(part: ast.expr) -> str | None:
        return place(part, file=file, dotted=dotted, values=values, depth=depth + 1)

    if depth > _DEPTH:
        return None
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id="__file__"):
            return file
        case ast.Name(id=name) if name in values:
            return inner(values[name])
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined(inner(left), inner(right))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, two = inner(left), inner(right)
            return None if one is None or two is None else one + two
        case ast.JoinedStr(values=parts):
            texts = [inner(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts]
            return None if None in texts else "".join(text or "" for text in texts)
        case ast.Attribute(value=value, attr="parent"):
            return _up(inner(value), file)
        case ast.Subscript(value=ast.Attribute(value=value, attr="parents"), slice=ast.Constant(value=int(count))) if (
            0 <= count < 20
        ):
            found = inner(value)
            for _ in range(count + 1):
                found = _up(found, file)
            return found
        case ast.Attribute():
            return {"os.pardir": "..", "os.curdir": ".", "os.sep": "/", "os.path.sep": "/"}.get(dotted(node) or "")
        case ast.Call(func=func, args=args):
            return _called(func, args, inner, dotted, file)
    return None


def _called(
    func: ast.expr,
    args: list[ast.expr],
    inner: Callable[[ast.expr], str | None],
    dotted: Callable[[ast.expr], str | None],
    file: str,
) -> str | None:
    name = dotted(func)
    if name == "os.path.dirname" and len(args) == 1:
        return _up(inner(args[0]), file)
    if name in _SAME and args:
        found = _joined(*map(inner, args))
        return os.path.expanduser(found) if found and name == "os.path.expanduser" else found  # noqa: PTH111
    if name == "os.path.join" and args:
        return _joined(*map(inner, args))
    if name in {"os.getcwd", "pathlib.Path.cwd"}:
        return "."
    if isinstance(func, ast.Attribute):
        if func.attr in _METHODS:
            return inner(func.value)
        if func.attr == "joinpath":
            return _joined(inner(func.value), *map(inner, args))
    return None


def _joined(*parts: str | None) -> str | None:
    found = [part for part in parts if part is not None]
    return os.path.join(*found) if len(found) == len(parts) else None  # noqa: PTH118


def _up(path: str | None, file: str) -> str | None:
    if path is None:
        return None
    folder = os.path.dirname(file)  # noqa: PTH120
    return os.path.dirname(os.path.normpath(os.path.join(folder, path)))  # noqa: PTH118, PTH120
