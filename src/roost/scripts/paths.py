"""Expressions that name a file or folder, worked out without running them."""

from __future__ import annotations

import ast
from posixpath import dirname, expanduser, join, normpath

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
    "os.path.join",
}
_METHODS = {"resolve", "absolute", "expanduser", "as_posix", "__str__", "__fspath__"}
_NAMED = {"os.pardir": "..", "os.curdir": ".", "os.sep": "/", "os.path.sep": "/"}


class Places:
    """Works out paths: `os.path.join(os.path.dirname(__file__), "lib")`, `Path(__file__).parent / "lib"`.

    Relative results are relative to the folder of `file`.

    Args:
        file: what `__file__` is.
        dotted: gives the dotted name of an expression with import aliases resolved, None for anything else.
        values: gives the expression that a name was last bound to.
    """

    def __init__(self, file: str, dotted: Callable[[ast.expr], str | None], values: dict[str, ast.expr]) -> None:
        self.file = file
        self.dotted = dotted
        self.values = values

    def read(self, node: ast.expr, depth: int = 0) -> str | None:
        """Give the path that an expression stands for; None when it depends on anything that only running would tell."""
        if depth > _DEPTH:
            return None
        found: str | None = None
        match node:
            case ast.Constant(value=str(text)):
                found = text
            case ast.Name(id=name):
                found = self._named(name, depth + 1)
            case ast.BinOp(left=left, op=ast.Div() | ast.Add() as op, right=right):
                found = _joined(self.read(left, depth + 1), self.read(right, depth + 1), slash=isinstance(op, ast.Div))
            case ast.JoinedStr(values=parts):
                found = _joined(*(self.read(_inner(part), depth + 1) for part in parts), slash=False)
            case ast.Attribute() | ast.Subscript():
                found = self._above(node, depth + 1)
            case ast.Call(func=func, args=args):
                found = self._called(func, args, depth + 1)
        return found

    def _named(self, name: str, depth: int) -> str | None:
        if name == "__file__":
            return self.file
        return self.read(self.values[name], depth) if name in self.values else None

    def _above(self, node: ast.expr, depth: int) -> str | None:
        """Read `….parent`, `….parents[1]`, `os.pardir`."""
        match node:
            case ast.Attribute(value=value, attr="parent"):
                return self._up(self.read(value, depth), 1)
            case ast.Subscript(
                value=ast.Attribute(value=value, attr="parents"), slice=ast.Constant(value=int(count))
            ) if 0 <= count < 20:
                return self._up(self.read(value, depth), count + 1)
        return _NAMED.get(self.dotted(node) or "")

    def _called(self, func: ast.expr, args: list[ast.expr], depth: int) -> str | None:
        name = self.dotted(func)
        found: str | None = None
        if name in {"os.getcwd", "pathlib.Path.cwd"}:
            found = "."
        elif name in {"os.path.dirname", "os.path.expanduser"} and args:
            inner = self.read(args[0], depth)
            found = self._up(inner, 1) if name == "os.path.dirname" else expanduser(inner or "") or None
        elif name in _SAME:
            found = _joined(*(self.read(one, depth) for one in args))
        elif isinstance(func, ast.Attribute) and func.attr in _METHODS:
            found = self.read(func.value, depth)
        elif isinstance(func, ast.Attribute) and func.attr == "joinpath":
            found = _joined(*(self.read(one, depth) for one in (func.value, *args)))
        return found

    def _up(self, path: str | None, count: int) -> str | None:
        if path is None:
            return None
        found = normpath(join(dirname(self.file), path))
        for _ in range(count):
            found = dirname(found)
        return found


def _inner(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


def _joined(*parts: str | None, slash: bool = True) -> str | None:
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    return join(*found) if slash else "".join(found)
