"""One walk over a syntax tree: imports and how they matter, calls, URL schemes, changes of `sys.path`.

This module and what it imports also run in other Pythons, when only those can parse a script: standard library only.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from . import markers
from .handlers import catches, ends, judge
from .literals import Literals
from .markers import Conditions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .markers import Marker


@dataclass(slots=True)
class Found:
    """One import as a statement or a literal call asks for it."""

    module: str  # without the dots of a relative import
    names: tuple[str, ...]
    level: int  # dots of a relative import
    line: int
    kind: str
    dynamic: bool
    marker: str | None
    group: int | None


@dataclass(slots=True)
class Seen:
    """What one source says."""

    imports: list[Found] = field(default_factory=list)
    calls: list[tuple[str, int, tuple[str | None, ...], tuple[tuple[str, str | None], ...]]] = field(
        default_factory=list
    )
    urls: list[tuple[str, int]] = field(default_factory=list)  # "postgresql://" and its line
    paths: list[tuple[str, bool]] = field(default_factory=list)  # folders put on sys.path; whether in front
    installs: list[tuple[str, int]] = field(default_factory=list)  # arguments of `pip install`, as a shell line
    docstrings: list[tuple[int, int]] = field(default_factory=list)  # first and last line
    syntax: dict[int, tuple[str, int]] = field(default_factory=dict)  # minor version → what needs it, line
    guards: list[tuple[str, str, int]] = field(
        default_factory=list
    )  # operator, version, line: the script refuses the rest


@dataclass(frozen=True, slots=True)
class _Context:
    kind: str = "required"
    marker: Marker | None = None
    group: int | None = None


_TOP = _Context()
RANK = {"required": 0, "lazy": 1, "conditional": 2, "optional": 3, "alternative": 3, "typing": 4}
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
    {"ctx", "op", "ops", "id", "attr", "arg", "kind", "n", "s", "is_async", "conversion", "lineno", "name"}
)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = tuple(name for name in kind._fields if name not in _LEAVES)
    _FIELDS[kind] = found
    return found


def walk(tree: ast.Module, *, file: str | None, urls: bool = True, installers: bool = True) -> Seen:
    """Collect what a module's tree says.

    Args:
        file: what `__file__` would be; None where there is none.
        urls: False when the text is known to hold no `://`.
        installers: False when the text is known not to hold both `pip` and `install`.
    """
    walker = _Walker(file, urls=urls, installers=installers)
    walker.walk(tree)
    return walker.seen


class _Walker:
    """Statements in their order, each with its context; expressions by one plain loop."""

    def __init__(self, file: str | None, *, urls: bool, installers: bool) -> None:
        self.seen = Seen()
        self._urls = urls
        self._looks_for_installers = installers
        self._aliases: dict[str, str] = {"__import__": "__import__", "TYPE_CHECKING": "TYPE_CHECKING"}
        self._literals = Literals(self.dotted, file)
        self._conditions = Conditions(self.dotted, self._literals.values)
        self._groups = 0
        self._calls: set[object] = set()
        self._installers: dict[str, int] = {}  # functions that install what they are given, and which argument it is
        self._stack: list[tuple[ast.stmt, _Context]] = []

    def walk(self, tree: ast.Module) -> None:
        self._docstring(tree.body)
        self._push(tree.body, _TOP)
        stack = self._stack
        simple = _SIMPLE
        handlers = _STATEMENTS
        scan = self._scan
        while stack:
            statement, context = stack.pop()
            handle = handlers.get(statement.__class__)
            if handle is not None:
                handle(self, statement, context)
            else:
                names = simple.get(statement.__class__)
                scan(
                    [getattr(statement, name) for name in names] if names is not None else _children(statement), context
                )

    def _push(self, body: list[ast.stmt], context: _Context) -> None:
        self._stack.extend([(statement, context) for statement in reversed(body)])

    # Names

    def dotted(self, node: ast.expr) -> str | None:
        """Give the dotted name of an expression, import aliases resolved; None for anything but names and attributes."""
        parts: list[str] = []
        while node.__class__ is ast.Attribute:
            parts.append(node.attr)  # type: ignore[attr-defined]  # the class was compared
            node = node.value  # type: ignore[attr-defined]
        if node.__class__ is not ast.Name:
            return None
        name: str = node.id  # type: ignore[attr-defined]
        parts.append(self._aliases.get(name, name))
        return ".".join(reversed(parts))

    # Imports

    def plain_import(self, statement: ast.Import, context: _Context) -> None:
        for alias in statement.names:
            self._found(alias.name, (), 0, statement.lineno, context)
            if alias.asname:
                self._aliases[alias.asname] = alias.name
            else:
                root = alias.name.partition(".")[0]
                self._aliases[root] = root

    def from_import(self, statement: ast.ImportFrom, context: _Context) -> None:
        module = statement.module or ""
        self._found(
            module, tuple([alias.name for alias in statement.names]), statement.level, statement.lineno, context
        )
        if not statement.level:
            for alias in statement.names:
                self._aliases[alias.asname or alias.name] = f"{module}.{alias.name}"

    def _found(
        self, module: str, names: tuple[str, ...], level: int, line: int, context: _Context, *, dynamic: bool = False
    ) -> None:
        marker = markers.text(context.marker)
        self.seen.imports.append(Found(module, names, level, line, context.kind, dynamic, marker, context.group))

    # Compound statements

    def condition(self, statement: ast.If, context: _Context) -> None:
        self._scan([statement.test], context)
        marker = self._conditions.read(statement.test)
        self._push(statement.orelse, _under(context, markers.negate(marker)))
        self._push(statement.body, _under(context, marker))
        if marker is not None and context is _TOP and not statement.orelse and ends(statement.body):
            self._guard(markers.negate(marker), statement.lineno)

    def _guard(self, marker: Marker | None, line: int) -> None:
        if marker is not None and marker[:2] == ("cmp", "python_version"):
            self.seen.guards.append((str(marker[2]), str(marker[3]), line))

    def assertion(self, statement: ast.Assert, context: _Context) -> None:
        self._scan(_children(statement), context)
        if context is _TOP:
            self._guard(self._conditions.read(statement.test), statement.lineno)

    def attempt(self, statement: ast.Try | ast.TryStar, context: _Context) -> None:
        verdict, taking = judge(statement)
        if statement.__class__ is not ast.Try:
            self.seen.syntax.setdefault(11, ("`except*`", statement.lineno))
        tried = other = context
        if verdict == "copes":
            tried = _stronger(context, "optional")
        elif verdict == "alternative":
            tried = other = self._alternative(context)
        self._push(statement.finalbody, context)
        self._push(statement.orelse, tried if verdict == "copes" else context)
        for handler in reversed(statement.handlers):
            if handler is taking:
                self._push(handler.body, other if verdict == "alternative" else _stronger(context, "optional"))
            else:
                self._push(handler.body, _stronger(context, "lazy"))
        self._push(statement.body, tried)

    def _alternative(self, context: _Context) -> _Context:
        """Give the context of imports of which one is enough; inside another such context it is that one."""
        if RANK[context.kind] >= RANK["alternative"]:
            return context
        self._groups += 1
        return _Context("alternative", context.marker, self._groups)

    def block(self, statement: ast.With | ast.AsyncWith, context: _Context) -> None:
        inner = context
        for item in statement.items:
            call = item.context_expr
            self._scan([call, item.optional_vars], context)
            if (
                isinstance(call, ast.Call)
                and self.dotted(call.func) == "contextlib.suppress"
                and any(map(catches, call.args))
            ):
                inner = _stronger(context, "optional")
        self._push(statement.body, inner)

    def function(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, context: _Context) -> None:
        arguments = statement.args
        self._docstring(statement.body)
        self._scan([arguments, statement.returns, *statement.decorator_list], context)
        self._generic(statement)
        if arguments.posonlyargs:
            self.seen.syntax.setdefault(8, ("a positional-only parameter", statement.lineno))
        for argument in arguments.args:
            self._literals.forget(argument.arg)
        if self._looks_for_installers:
            self._installer(statement)
        self._push(statement.body, _stronger(context, "lazy"))

    def _installer(self, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for position, argument in enumerate(statement.args.args):
            if self._literals.installs(statement, argument.arg):
                self._installers[statement.name] = position
        if statement.args.vararg and self._literals.installs(statement, statement.args.vararg.arg):
            self._installers[statement.name] = -1

    def class_body(self, statement: ast.ClassDef, context: _Context) -> None:
        self._docstring(statement.body)
        self._generic(statement)
        self._scan([*statement.bases, *statement.keywords, *statement.decorator_list], context)
        self._push(statement.body, context)

    def _generic(self, statement: ast.stmt) -> None:
        parameters = getattr(statement, "type_params", None)
        if parameters:
            self.seen.syntax.setdefault(12, ("type parameters", statement.lineno))
            if any(getattr(one, "default_value", None) for one in parameters):
                self.seen.syntax.setdefault(13, ("a type parameter's default", statement.lineno))

    def for_loop(self, statement: ast.For | ast.AsyncFor, context: _Context) -> None:
        self._scan([statement.iter, statement.target], context)
        self._literals.loop(statement.target, statement.iter)
        self._push(statement.orelse, context)
        self._push(statement.body, context)

    def while_loop(self, statement: ast.While, context: _Context) -> None:
        self._scan([statement.test], context)
        self._push(statement.orelse, context)
        self._push(statement.body, context)

    def match(self, statement: ast.Match, context: _Context) -> None:
        self.seen.syntax.setdefault(10, ("`match`", statement.lineno))
        self._scan([statement.subject], context)
        for case in reversed(statement.cases):
            self._scan([case.guard], context)
            self._push(case.body, context)

    # Simple statements

    def assign(self, statement: ast.Assign, context: _Context) -> None:
        value = statement.value
        self._scan([value, *[target for target in statement.targets if target.__class__ is not ast.Name]], context)
        for target in statement.targets:
            if target.__class__ is ast.Name:
                self._literals.bind(target.id, value)  # type: ignore[attr-defined]  # the class was compared
            elif self.dotted(target) == "sys.path" or _whole_slice(target, self.dotted):
                self._paths(value, front=True)

    def annotated(self, statement: ast.AnnAssign, context: _Context) -> None:
        self._scan([statement.annotation, statement.value], context)
        if statement.value is not None and isinstance(statement.target, ast.Name):
            self._literals.bind(statement.target.id, statement.value)

    def augmented(self, statement: ast.AugAssign, context: _Context) -> None:
        self._scan([statement.value, statement.target], context)
        if isinstance(statement.target, ast.Name):
            self._literals.forget(statement.target.id)
        elif self.dotted(statement.target) == "sys.path":
            self._paths(statement.value, front=False)

    def type_alias(self, statement: ast.stmt, context: _Context) -> None:
        self.seen.syntax.setdefault(12, ("`type`", statement.lineno))
        self._scan(_children(statement), context)

    def _paths(self, node: ast.expr, *, front: bool) -> None:
        for folder in self._literals.folders(node):
            self.seen.paths.append((folder, front))

    def _docstring(self, body: list[ast.stmt]) -> None:
        if (
            body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        ):
            self.seen.docstrings.append((body[0].lineno, body[0].end_lineno or body[0].lineno))

    # Expressions

    def _scan(self, todo: list[ast.AST | None], context: _Context) -> None:
        """Visit every expression below those given, in any order."""
        pop, extend, push = todo.pop, todo.extend, todo.append
        fields, urls = _FIELDS, self._urls
        name, constant, attribute, call = ast.Name, ast.Constant, ast.Attribute, ast.Call
        while todo:
            node = pop()
            kind = node.__class__
            if kind is name or node is None:
                continue
            if kind is attribute:
                push(node.value)  # type: ignore[attr-defined]  # the class was compared, here and below
            elif kind is constant:
                if urls and node.value.__class__ is str and "://" in node.value:  # type: ignore[attr-defined]
                    self._url(node)  # type: ignore[arg-type]
            elif kind is call:
                self._call(node, context)  # type: ignore[arg-type]
                if node.func.__class__ is not name:  # type: ignore[attr-defined]
                    push(node.func)  # type: ignore[attr-defined]
                extend(node.args)  # type: ignore[attr-defined]
                for keyword in node.keywords:  # type: ignore[attr-defined]
                    push(keyword.value)
            else:
                if kind in _NEW:
                    self._new(node)
                for part in fields.get(kind) or _fields(kind):
                    value = getattr(node, part)
                    if value.__class__ is list:
                        extend(value)
                    else:
                        push(value)

    def _url(self, node: ast.Constant) -> None:
        match = _SCHEME.match(node.value)  # type: ignore[arg-type]  # the caller saw a string
        if match and match[1].lower() not in {"http", "https"}:
            self.seen.urls.append((match[0].lower(), node.lineno))

    def _new(self, node: ast.AST) -> None:
        """Note syntax that not every Python 3 has."""
        line = node.lineno  # type: ignore[attr-defined]  # expressions have one
        if node.__class__ is ast.NamedExpr:
            self.seen.syntax.setdefault(8, ("`:=`", line))
        elif node.__class__.__name__ == "TemplateStr":
            self.seen.syntax.setdefault(14, ("a t-string", line))

    def _call(self, node: ast.Call, context: _Context) -> None:
        func = node.func
        if func.__class__ is ast.Name:
            name = self._aliases.get(func.id)  # type: ignore[attr-defined]
            if name is None:
                if func.id in self._installers:  # type: ignore[attr-defined]
                    self._installed(node, self._installers[func.id])  # type: ignore[attr-defined]
                return
        elif func.__class__ is ast.Attribute:
            name = self._method(func)  # type: ignore[arg-type]
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
            parts.append(node.attr)  # type: ignore[attr-defined]
            node = node.value  # type: ignore[attr-defined]
        if node.__class__ is ast.Name:
            root = self._aliases.get(node.id)  # type: ignore[attr-defined]
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

    def _special(self, name: str, node: ast.Call, context: _Context) -> None:
        """Follow the few calls that import, change `sys.path` or install."""
        if name in _IMPORTERS:
            self._imported(name, node, context)
        elif name in _FOLDER_CHANGES and node.args:
            self._paths(node.args[-1], front=name == "sys.path.insert")
        elif name in _RUNNERS and node.args:
            self._ran(node)

    def _imported(self, name: str, node: ast.Call, context: _Context) -> None:
        if not node.args:
            return
        package = next(
            (keyword.value for keyword in node.keywords if keyword.arg == "package"),
            node.args[1] if len(node.args) > 1 else None,
        )
        for module in self._literals.strings(node.args[0]):
            base = module
            level = len(module) - len(module.lstrip("."))
            if level and name == "importlib.import_module" and package is not None:
                for origin in self._literals.strings(package):
                    above = origin.split(".")
                    base = ".".join([*above[: len(above) - level + 1], module[level:]]).strip(".")
                    level = 0
            if _importable(base.lstrip(".")):
                kind = _stronger(context, "optional") if name == "pytest.importorskip" else context
                self._found(base.lstrip("."), (), level, node.lineno, kind, dynamic=True)

    def _ran(self, node: ast.Call) -> None:
        for line in self._literals.command(node.args[0]):
            if "install" in line and "pip" in line or line.startswith("install "):
                self.seen.installs.append((line, node.lineno))

    def _installed(self, node: ast.Call, position: int) -> None:
        given = node.args if position < 0 else node.args[position : position + 1]
        for argument in given:
            for name in self._literals.strings(argument):
                self.seen.installs.append((f"pip install {name}", node.lineno))


def _stronger(context: _Context, kind: str) -> _Context:
    """Give the context with a kind that matters less, unless it matters less already."""
    return context if RANK[context.kind] >= RANK[kind] else _Context(kind, context.marker, None)


def _under(context: _Context, marker: Marker | None) -> _Context:
    if marker is None or marker == ("true",):
        return context
    if marker in {("typing",), ("false",)}:
        return _stronger(context, "typing")
    joined = markers.both(context.marker, marker)
    kind = context.kind if RANK[context.kind] >= RANK["conditional"] else "conditional"
    return _Context(kind, joined, context.group)


def _literal(node: ast.expr) -> str | None:
    if node.__class__ is ast.Constant:
        value = node.value  # type: ignore[attr-defined]  # the class was compared
        if value.__class__ is str and len(value) <= _LONGEST:
            return str(value)
    return None


def _importable(name: str) -> bool:
    return bool(name) and all(part.isidentifier() for part in name.split("."))


def _whole_slice(target: ast.expr, dotted: object) -> bool:
    """Tell whether a target is a slice of sys.path: `sys.path[0:0] = […]`."""
    return (
        isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice) and dotted(target.value) == "sys.path"
    )  # type: ignore[operator]


def _children(statement: ast.AST) -> list[ast.AST | None]:
    found: list[ast.AST | None] = []
    for name in statement._fields:
        value = getattr(statement, name, None)
        if isinstance(value, list):
            found.extend(part for part in value if isinstance(part, ast.AST))
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


_NEW = {ast.NamedExpr, *([ast.TemplateStr] if hasattr(ast, "TemplateStr") else [])}
_SIMPLE: dict[type, tuple[str, ...]] = {
    ast.Expr: ("value",), ast.Return: ("value",), ast.Pass: (), ast.Break: (), ast.Continue: (), ast.Global: (), ast.Nonlocal: (),
    ast.Raise: ("exc", "cause"),
}  # fmt: skip
_STATEMENTS: dict[type, Callable[[_Walker, Any, _Context], None]] = {
    ast.Import: _Walker.plain_import,
    ast.ImportFrom: _Walker.from_import,
    ast.If: _Walker.condition,
    ast.Assert: _Walker.assertion,
    ast.Try: _Walker.attempt,
    ast.With: _Walker.block,
    ast.AsyncWith: _Walker.block,
    ast.FunctionDef: _Walker.function,
    ast.AsyncFunctionDef: _Walker.function,
    ast.ClassDef: _Walker.class_body,
    ast.For: _Walker.for_loop,
    ast.AsyncFor: _Walker.for_loop,
    ast.While: _Walker.while_loop,
    ast.Match: _Walker.match,
    ast.Assign: _Walker.assign,
    ast.AnnAssign: _Walker.annotated,
    ast.AugAssign: _Walker.augmented,
}
if hasattr(ast, "TryStar"):
    _STATEMENTS[ast.TryStar] = _Walker.attempt
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = _Walker.type_alias
