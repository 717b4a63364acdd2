"""Conditions of `if` statements as PEP 508 markers."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # ("cmp", variable, operator, value) · ("and" | "or", left, right) · ("true",) · ("false",) · ("typing",)
    Marker = tuple[object, ...]

_VARIABLES = {
    "sys.platform": "sys_platform",
    "os.name": "os_name",
    "sys.implementation.name": "implementation_name",
    "platform.system()": "platform_system",
    "platform.machine()": "platform_machine",
    "platform.python_implementation()": "platform_python_implementation",
    "os.uname().sysname": "platform_system",
    "os.uname().machine": "platform_machine",
}
_OPPOSITE = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", "<=": ">", ">": "<=", "in": "not in", "not in": "in"}
_OPERATORS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.Is: "==", ast.IsNot: "!=",
}  # fmt: skip
_MIRRORED = {"==": "==", "!=": "!=", ">=": "<=", "<=": ">=", "<": ">", ">": "<"}
_PREFIXES = {"win": "win32", "linux": "linux", "darwin": "darwin", "cygwin": "cygwin"}
_DEPTH = 8  # flags defined by flags: deep enough for people


def negate(marker: Marker | None) -> Marker | None:
    """Give the marker that holds exactly where this one does not; None stays unknown."""
    if marker is None:
        return None
    match marker:
        case ("cmp", variable, operator, value):
            return ("cmp", variable, _OPPOSITE[str(operator)], value)
        case ("and" | "or" as word, left, right):
            one, two = negate(left), negate(right)  # type: ignore[arg-type]  # markers nest in markers
            return None if one is None or two is None else ("or" if word == "and" else "and", one, two)
        case ("true",):
            return ("false",)
        case ("false",) | ("typing",):
            return ("true",)
    return None


def both(left: Marker | None, right: Marker | None) -> Marker | None:
    """Give the marker that holds where both do; an unknown one is left out."""
    if left is None or left == ("true",):
        return right
    return left if right in {None, ("true",), left} else ("and", left, right)


def text(marker: Marker | None) -> str | None:
    """Write a marker as PEP 508 does; None for one that always holds."""
    if marker is None or marker[0] in {"true", "false", "typing"}:
        return None
    if marker[0] == "cmp":
        _, variable, operator, value = marker
        return (
            f"'{value}' {operator} {variable}" if operator in {"in", "not in"} else f"{variable} {operator} '{value}'"
        )
    parts = [text(part) for part in marker[1:]]  # type: ignore[arg-type]  # markers nest in markers
    kept = [f"({part})" if marker[0] == "and" and " or " in part else part for part in parts if part]
    return f" {marker[0]} ".join(kept) or None


class Conditions:
    """Reads tests; knows what the names in them stand for.

    Args:
        dotted: gives the dotted name of an expression with import aliases resolved, None for anything else.
        values: gives the expression that a name was last bound to.
    """

    def __init__(self, dotted: Callable[[ast.expr], str | None], values: dict[str, ast.expr]) -> None:
        self._dotted = dotted
        self._values = values

    def read(self, test: ast.expr, depth: int = 0) -> Marker | None:
        """Read a test as a marker; None when it says nothing about platform, Python or type checking."""
        found: Marker | None = None
        if depth > _DEPTH:
            return None
        match test:
            case ast.Constant(value=value):
                found = ("true",) if value else ("false",)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found = negate(self.read(operand, depth + 1))
            case ast.BoolOp(op=op, values=parts):
                found = self._joined(op, parts, depth)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                found = self._compared(left, op, right)
            case ast.Call(func=ast.Attribute(value=value, attr="startswith"), args=[ast.Constant(value=str(prefix))]):
                found = self._prefixed(self._variable(value), prefix)
            case ast.Name() | ast.Attribute():
                found = self._named(test, depth)
        return found

    def _joined(self, op: ast.boolop, parts: list[ast.expr], depth: int) -> Marker | None:
        """Join parts; of an `and` unknown parts are left out, an `or` with one says nothing."""
        read = [self.read(part, depth + 1) for part in parts]
        known = [part for part in read if part is not None]
        if not known or (isinstance(op, ast.Or) and len(known) < len(read)):
            return None
        joined = known[0]
        for part in known[1:]:
            joined = _both_or_either(joined, part, conjunction=isinstance(op, ast.And))
        return joined

    def _named(self, test: ast.expr, depth: int) -> Marker | None:
        name = self._dotted(test)
        if name in {"typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING", "TYPE_CHECKING"}:
            return ("typing",)
        if name in {"six.PY2", "six.PY3"}:
            return ("cmp", "python_version", "<" if name == "six.PY2" else ">=", "3")
        if isinstance(test, ast.Name) and test.id in self._values:
            value = self._values[test.id]
            return None if isinstance(value, ast.Constant) else self.read(value, depth + 1)
        return None

    def _variable(self, node: ast.expr) -> str | None:
        """Name the marker variable that an expression reads: `sys.platform`, `platform.system().lower()`."""
        for _ in range(3):
            match node:
                case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "upper")):
                    node = inner
                case ast.Name(id=name) if name in self._values:
                    node = self._values[name]
                case _:
                    break
        if isinstance(node, ast.Call) and not node.args:
            return _VARIABLES.get(f"{self._dotted(node.func)}()")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            return _VARIABLES.get(f"{self._dotted(node.value.func)}().{node.attr}")
        return _VARIABLES.get(self._dotted(node) or "")

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Marker | None:
        version = self._version(left, op, right)
        if version is not None:
            return version
        variable = self._variable(left)
        if variable is None:
            variable, left, right = self._variable(right), right, left
            if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Constant):
                return self._contained(variable, op, right.value)
        if variable is None:
            return None
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            return _one_of(variable, right.elts, negated=isinstance(op, ast.NotIn))
        sign = _OPERATORS.get(type(op))
        if (
            isinstance(right, ast.Constant)
            and isinstance(right.value, str)
            and _plain(right.value)
            and sign in {"==", "!="}
        ):
            return ("cmp", variable, sign, _cased(variable, right.value))
        return None

    def _contained(self, variable: str | None, op: ast.cmpop, value: object) -> Marker | None:
        if variable is None or not isinstance(value, str):
            return None
        found = self._prefixed(variable, value)  # "win" in sys.platform: people mean Windows, not darwin
        return negate(found) if isinstance(op, ast.NotIn) else found

    def _prefixed(self, variable: str | None, prefix: str) -> Marker | None:
        if variable is None or not _plain(prefix):
            return None
        if variable == "sys_platform" and prefix in _PREFIXES:
            return ("cmp", variable, "==", _PREFIXES[prefix])
        return ("cmp", variable, "in", _cased(variable, prefix))

    def _version(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Marker | None:
        """Read a comparison with `sys.version_info` or a part of it."""
        sign = _OPERATORS.get(type(op))
        part = self._version_part(left)
        if part is None:
            part, right = self._version_part(right), left
            sign = _MIRRORED.get(sign or "")
        numbers = _numbers(right)
        if part is None or sign is None or not numbers:
            return None
        if part == "minor":
            return ("cmp", "python_version", sign, f"3.{numbers[0]}")
        if part == "major" or len(numbers) == 1:
            return _major(sign, numbers[0], exact=part == "major")
        return _minor(sign, numbers, whole=part == "whole")

    def _version_part(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and node.id in self._values:
            node = self._values[node.id]
        if self._dotted(node) == "sys.version_info":
            return "whole"
        if isinstance(node, ast.Attribute) and self._dotted(node.value) == "sys.version_info":
            return node.attr if node.attr in {"major", "minor"} else None
        if isinstance(node, ast.Subscript) and self._dotted(node.value) == "sys.version_info":
            match node.slice:
                case ast.Constant(value=0):
                    return "major"
                case ast.Constant(value=1):
                    return "minor"
                case ast.Slice(lower=None, upper=ast.Constant(value=1 | 2), step=None):
                    return "pair"
        return None


def _both_or_either(left: Marker, right: Marker, *, conjunction: bool) -> Marker:
    neutral, absorbing = (("true",), ("false",)) if conjunction else (("false",), ("true",))
    if ("typing",) in {left, right}:
        return ("typing",) if conjunction else ("true",)
    if absorbing in {left, right}:
        return absorbing
    if left == neutral:
        return right
    return left if right == neutral else ("and" if conjunction else "or", left, right)


def _one_of(variable: str, elements: list[ast.expr], *, negated: bool) -> Marker | None:
    joined: Marker | None = None
    for element in elements:
        if not isinstance(element, ast.Constant) or not isinstance(element.value, str) or not _plain(element.value):
            return None
        one: Marker = ("cmp", variable, "==", _cased(variable, element.value))
        joined = one if joined is None else ("or", joined, one)
    return negate(joined) if negated else joined


def _cased(variable: str, value: str) -> str:
    """Give a platform's name as the marker's variable spells it, however the script lowered it."""
    if variable == "platform_system" and value.lower() in {"windows", "linux", "darwin", "java"}:
        return value.capitalize()
    return {"linux2": "linux"}.get(value, value) if variable == "sys_platform" else value


def _plain(value: str) -> bool:
    return bool(value) and value.replace("_", "").replace("-", "").replace(".", "").replace(" ", "").isalnum()


def _numbers(node: ast.expr) -> tuple[int, ...]:
    elements = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    numbers: list[int] = []
    for element in elements[:2]:
        if not isinstance(element, ast.Constant) or type(element.value) is not int or not 0 <= element.value < 1000:
            break
        numbers.append(element.value)
    return tuple(numbers)


def _major(sign: str, number: int, *, exact: bool) -> Marker | None:
    """Compare the major number; `sys.version_info > (3,)` holds for every Python 3, `version_info[0] > 3` for none."""
    if sign in {"==", "!="}:
        if number not in {2, 3}:
            return None
        return ("cmp", "python_version", "<" if (number == 2) == (sign == "==") else ">=", "3")
    if sign in {">", "<="} and exact:
        return ("cmp", "python_version", ">=" if sign == ">" else "<", str(number + 1))
    return ("cmp", "python_version", {">": ">=", "<=": "<"}.get(sign, sign), str(number))


def _minor(sign: str, numbers: tuple[int, ...], *, whole: bool) -> Marker:
    """Compare major and minor; the whole `version_info` is longer than a pair, so `> (3, 8)` holds for 3.8.0."""
    if whole:
        sign = {">": ">=", "<=": "<"}.get(sign, sign)
    return ("cmp", "python_version", sign, f"{numbers[0]}.{numbers[1]}")
