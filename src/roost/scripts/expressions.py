"""Expressions of one source: calls, addresses, and the few calls that import, install or change `sys.path`."""

from __future__ import annotations

import ast
import re

from . import markers
from .literals import Literals
from .seen import Context, Found, Seen

_FOLDER_CHANGES = {"sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir"}
_RUNNERS = {
    "os.system", "os.popen", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.Popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pip.main", "pip._internal.main",
    "pip._internal.cli.main.main", "get_ipython().system",
}  # fmt: skip
_IMPORTERS = {"importlib.import_module", "__import__", "builtins.__import__", "pytest.importorskip"}
_EVERYDAY = {  # methods of built-in values: they say nothing about what a script needs
    "append", "extend", "join", "format", "get", "items", "keys", "values", "split", "rsplit", "strip", "lstrip", "rstrip", "replace",
    "encode", "decode", "startswith", "endswith", "lower", "upper", "pop", "add", "update", "sort", "index", "count", "insert",
    "remove", "copy", "find", "setdefault", "close", "splitlines", "title", "isdigit", "zfill", "discard", "write", "readlines",
}  # fmt: skip
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_LONGEST = 120  # a literal argument longer than this names nothing

_FIELDS: dict[type, tuple[str, ...]] = {}  # fields of expressions that can hold other expressions
_LEAVES = frozenset(
    {
        "ctx",
        "op",
        "ops",
        "id",
        "attr",
        "arg",
        "kind",
        "n",
        "s",
        "is_async",
        "conversion",
        "lineno",
        "name",
        "str",
        "type_comment",
    }
)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = tuple(name for name in kind._fields if name not in _LEAVES)
    _FIELDS[kind] = found
    return found


class Expressions:
    """Visits expressions and knows what names stand for."""

    def __init__(self, file: str | None, *, urls: bool) -> None:
        self.seen = Seen()
        self.aliases: dict[str, str] = {"__import__": "__import__", "TYPE_CHECKING": "TYPE_CHECKING"}
        self.literals = Literals(self.dotted, file)
        self.installers: dict[str, int] = {}  # functions that install what they are given, and which argument it is
        self._urls = urls
        self._calls: set[object] = set()

    def dotted(self, node: ast.expr) -> str | None:
        """Give the dotted name of an expression, import aliases resolved; None for anything but names and attributes."""
        parts: list[str] = []
        while node.__class__ is ast.Attribute:
            parts.append(node.attr)
            node = node.value
        if node.__class__ is not ast.Name:
            return None
        name: str = node.id
        parts.append(self.aliases.get(name, name))
        return ".".join(reversed(parts))

    def found(
        self, module: str, names: tuple[str, ...], level: int, line: int, context: Context, *, dynamic: bool = False
    ) -> None:
        """Note an import."""
        marker = markers.text(context.marker)
        self.seen.imports.append(Found(module, names, level, line, context.kind, dynamic, marker, context.group))

    def paths(self, node: ast.expr, *, front: bool) -> None:
        """Note the folders that an expression puts on `sys.path`."""
        for folder in self.literals.folders(node):
            self.seen.paths.append((folder, front))

    def scan(self, todo: list[ast.AST | None], context: Context) -> None:
        """Visit every expression below those given, in any order; most of the time of a reading is spent here."""
        pop, push = todo.pop, todo.append
        name, constant, attribute, call = ast.Name, ast.Constant, ast.Attribute, ast.Call
        while todo:
            node = pop()
            kind = node.__class__
            if kind is name:
                continue
            if kind is attribute:
                push(node.value)  # type: ignore[union-attr]  # the class was compared
            elif kind is constant:
                if self._urls:
                    self._url(node)  # type: ignore[arg-type]  # the class was compared
            elif kind is call:
                self._call(node, context, todo)  # type: ignore[arg-type]  # the class was compared
            elif node is not None:
                self._descend(node, todo)

    def _descend(self, node: ast.AST, todo: list[ast.AST | None]) -> None:
        """Put the parts of an expression on the list of what is to be visited."""
        kind = node.__class__
        if kind in _NEW:
            self._new(node)  # type: ignore[arg-type]  # the class was compared
        for part in _FIELDS.get(kind) or _fields(kind):
            value = getattr(node, part)
            if value.__class__ is list:
                todo.extend(value)
            elif value is not None:
                todo.append(value)

    def _url(self, node: ast.Constant) -> None:
        match = _SCHEME.match(node.value) if isinstance(node.value, str) else None
        if match and match[1].lower() not in {"http", "https"}:
            self.seen.urls.append((match[0].lower(), node.lineno))

    def _new(self, node: ast.expr) -> None:
        """Note syntax that not every Python 3 has."""
        line = node.lineno  # expressions have one
        if node.__class__ is ast.NamedExpr:
            self.seen.syntax.setdefault(8, ("`:=`", line))
        elif node.__class__.__name__ == "TemplateStr":
            self.seen.syntax.setdefault(14, ("a t-string", line))

    def _call(self, node: ast.Call, context: Context, todo: list[ast.AST | None]) -> None:
        func = node.func
        if func.__class__ is not ast.Name:
            todo.append(func)
        todo.extend(node.args)
        todo.extend([keyword.value for keyword in node.keywords])
        if func.__class__ is ast.Name:
            name = self.aliases.get(func.id)
            if name is None:
                if func.id in self.installers:
                    self._installed(node, self.installers[func.id])
                return
        elif func.__class__ is ast.Attribute:
            name = self._method(func)
            if name is None:
                return
        else:
            return
        if name[0] != ".":
            self._special(name, node, context)
        self._record(name, node)

    def _method(self, func: ast.Attribute) -> str | None:
        """Name what is called: in full below an import, else by its attributes alone."""
        parts = [func.attr]
        node = func.value
        while node.__class__ is ast.Attribute:
            parts.append(node.attr)
            node = node.value
        if node.__class__ is ast.Name:
            root = self.aliases.get(node.id)
            if root is not None:
                parts.append(root)
                parts.reverse()
                return ".".join(parts)
        for part in parts[1:]:  # `frame.plot.bar()`: the accessor may be what needs something
            if part not in self._calls:
                self._calls.add(part)
                self.seen.calls.append((f".{part}", func.lineno, (), ()))
        return None if func.attr in _EVERYDAY else f".{func.attr}"

    def _record(self, name: str, node: ast.Call) -> None:
        arguments = tuple([_literal(argument) for argument in node.args[:4]])
        while arguments and arguments[-1] is None:
            arguments = arguments[:-1]
        keywords = tuple([(keyword.arg, _literal(keyword.value)) for keyword in node.keywords if keyword.arg])
        known = (name, arguments, keywords)
        if known not in self._calls:
            self._calls.add(known)
            self.seen.calls.append((name, node.lineno, arguments, keywords))

    def _special(self, name: str, node: ast.Call, context: Context) -> None:
        """Follow the few calls that import, change `sys.path` or install."""
        if name in _IMPORTERS:
            self._imported(name, node, context)
        elif name in _FOLDER_CHANGES and node.args:
            self.paths(node.args[-1], front=name == "sys.path.insert")
        elif name in _RUNNERS and node.args:
            self._ran(node)

    def _imported(self, name: str, node: ast.Call, context: Context) -> None:
        if not node.args:
            return
        package = next(
            (keyword.value for keyword in node.keywords if keyword.arg == "package"),
            node.args[1] if len(node.args) > 1 else None,
        )
        for module in self.literals.strings(node.args[0]):
            base = module
            level = len(module) - len(module.lstrip("."))
            if level and name == "importlib.import_module" and package is not None:
                for origin in self.literals.strings(package):
                    above = origin.split(".")
                    base = ".".join([*above[: len(above) - level + 1], module[level:]]).strip(".")
                    level = 0
            if _importable(base.lstrip(".")):
                kind = context.weaker("optional") if name == "pytest.importorskip" else context
                self.found(base.lstrip("."), (), level, node.lineno, kind, dynamic=True)

    def _ran(self, node: ast.Call) -> None:
        for line in self.literals.command(node.args[0]):
            if line.startswith("install "):  # `pip.main(["install", "x"])`
                self.seen.installs.append((f"pip {line}", node.lineno))
            elif " install " in line and "pip" in line:
                self.seen.installs.append((line, node.lineno))

    def _installed(self, node: ast.Call, position: int) -> None:
        given = node.args if position < 0 else node.args[position : position + 1]
        for argument in given:
            for name in self.literals.strings(argument):
                self.seen.installs.append((f"pip install {name}", node.lineno))


def _literal(node: ast.expr) -> str | None:
    """Give a literal string; of an address with a name in it only the scheme, for what follows may be a password."""
    value = node.value if node.__class__ is ast.Constant else None
    if value.__class__ is not str or len(value) > _LONGEST:
        return None
    if "@" in value and (match := _SCHEME.match(value)):
        return match[0]
    return value


def _importable(name: str) -> bool:
    return bool(name) and all(part.isidentifier() for part in name.split("."))


_NEW = {ast.NamedExpr, *([ast.TemplateStr] if hasattr(ast, "TemplateStr") else [])}
