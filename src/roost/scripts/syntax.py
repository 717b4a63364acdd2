"""One walk over a syntax tree: imports and how they matter, calls, URL schemes, changes of `sys.path`.

This module and what it imports also run in other Pythons, when only those can parse a script: standard library only.
"""

from __future__ import annotations

import ast

from . import markers
from .expressions import Expressions
from .handlers import catches, ends, judge
from .markers import Conditions
from .seen import RANK, Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .markers import Marker
    from .seen import Seen


_TOP = Context()


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
        self._expressions = Expressions(file, urls=urls)
        self.seen = self._expressions.seen
        self._looks_for_installers = installers
        self._conditions = Conditions(self._expressions.dotted, self._expressions.literals.values)
        self._groups = 0
        self._stack: list[tuple[ast.stmt, Context]] = []

    def walk(self, tree: ast.Module) -> None:
        self._docstring(tree.body)
        self._push(tree.body, _TOP)
        stack = self._stack
        simple = _SIMPLE
        handlers = _STATEMENTS
        scan = self._expressions.scan
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

    def _push(self, body: list[ast.stmt], context: Context) -> None:
        self._stack.extend([(statement, context) for statement in reversed(body)])

    # Imports

    def plain_import(self, statement: ast.Import, context: Context) -> None:
        for alias in statement.names:
            self._expressions.found(alias.name, (), 0, statement.lineno, context)
            if alias.asname:
                self._expressions.aliases[alias.asname] = alias.name
            else:
                root = alias.name.partition(".")[0]
                self._expressions.aliases[root] = root

    def from_import(self, statement: ast.ImportFrom, context: Context) -> None:
        module = statement.module or ""
        self._expressions.found(
            module, tuple([alias.name for alias in statement.names]), statement.level, statement.lineno, context
        )
        if not statement.level:
            for alias in statement.names:
                self._expressions.aliases[alias.asname or alias.name] = f"{module}.{alias.name}"

    # Compound statements

    def condition(self, statement: ast.If, context: Context) -> None:
        self._expressions.scan([statement.test], context)
        marker = self._conditions.read(statement.test)
        self._push(statement.orelse, _under(context, markers.negate(marker)))
        self._push(statement.body, _under(context, marker))
        if marker is not None and context is _TOP and not statement.orelse and ends(statement.body):
            self._guard(markers.negate(marker), statement.lineno)

    def _guard(self, marker: Marker | None, line: int) -> None:
        if marker is not None and marker[:2] == ("cmp", "python_version"):
            self.seen.guards.append((str(marker[2]), str(marker[3]), line))

    def assertion(self, statement: ast.Assert, context: Context) -> None:
        self._expressions.scan(_children(statement), context)
        if context is _TOP:
            self._guard(self._conditions.read(statement.test), statement.lineno)

    def attempt(self, statement: ast.Try | ast.TryStar, context: Context) -> None:
        verdict, taking = judge(statement)
        if statement.__class__ is not ast.Try:
            self.seen.syntax.setdefault(11, ("`except*`", statement.lineno))
        tried = other = context
        if verdict == "copes":
            tried = context.weaker("optional")
        elif verdict == "alternative":
            tried = other = self._alternative(context)
        if taking is not None and verdict != "fails":
            self._expect(statement.body, anywhere=catches(taking.type) == "narrow")
        self._push(statement.finalbody, context)
        self._push(statement.orelse, tried if verdict == "copes" else context)
        for handler in reversed(statement.handlers):
            if handler is taking:
                self._push(handler.body, other if verdict == "alternative" else context.weaker("optional"))
            else:
                self._push(handler.body, context.weaker("lazy"))
        self._push(statement.body, tried)

    def _expect(self, body: list[ast.stmt], *, anywhere: bool) -> None:
        """Note a block whose imports may fail; anywhere: also those of the functions that it calls."""
        last = body[-1]
        self.seen.expected.append((body[0].lineno, last.end_lineno or last.lineno, anywhere))

    def _alternative(self, context: Context) -> Context:
        """Give the context of imports of which one is enough; inside another such context it is that one."""
        if RANK[context.kind] >= RANK["alternative"]:
            return context
        self._groups += 1
        return Context("alternative", context.marker, self._groups)

    def block(self, statement: ast.With | ast.AsyncWith, context: Context) -> None:
        inner = context
        for item in statement.items:
            call = item.context_expr
            self._expressions.scan([call, item.optional_vars], context)
            if (
                isinstance(call, ast.Call)
                and self._expressions.dotted(call.func) == "contextlib.suppress"
                and any(map(catches, call.args))
            ):
                inner = context.weaker("optional")
                self._expect(statement.body, anywhere="narrow" in map(catches, call.args))
        self._push(statement.body, inner)

    def function(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, context: Context) -> None:
        arguments = statement.args
        self._docstring(statement.body)
        self._expressions.scan([arguments, statement.returns, *statement.decorator_list], context)
        self._generic(statement)
        if arguments.posonlyargs:
            self.seen.syntax.setdefault(8, ("a positional-only parameter", statement.lineno))
        for argument in arguments.args:
            self._expressions.literals.forget(argument.arg)
        if self._looks_for_installers:
            self._installer(statement)
        self._push(statement.body, context.weaker("lazy"))

    def _installer(self, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for position, argument in enumerate(statement.args.args):
            if self._expressions.literals.installs(statement, argument.arg):
                self._expressions.installers[statement.name] = position
        if statement.args.vararg and self._expressions.literals.installs(statement, statement.args.vararg.arg):
            self._expressions.installers[statement.name] = -1

    def class_body(self, statement: ast.ClassDef, context: Context) -> None:
        self._docstring(statement.body)
        self._generic(statement)
        self._expressions.scan([*statement.bases, *statement.keywords, *statement.decorator_list], context)
        self._push(statement.body, context)

    def _generic(self, statement: ast.stmt) -> None:
        parameters = getattr(statement, "type_params", None)
        if parameters:
            self.seen.syntax.setdefault(12, ("type parameters", statement.lineno))
            if any(getattr(one, "default_value", None) for one in parameters):
                self.seen.syntax.setdefault(13, ("a type parameter's default", statement.lineno))

    def for_loop(self, statement: ast.For | ast.AsyncFor, context: Context) -> None:
        self._expressions.scan([statement.iter, statement.target], context)
        self._expressions.literals.loop(statement.target, statement.iter)
        self._push(statement.orelse, context)
        self._push(statement.body, context)

    def while_loop(self, statement: ast.While, context: Context) -> None:
        self._expressions.scan([statement.test], context)
        self._push(statement.orelse, context)
        self._push(statement.body, context)

    def match(self, statement: ast.Match, context: Context) -> None:
        self.seen.syntax.setdefault(10, ("`match`", statement.lineno))
        self._expressions.scan([statement.subject], context)
        for case in reversed(statement.cases):
            self._expressions.scan([case.guard], context)
            self._push(case.body, context)

    # Simple statements

    def assign(self, statement: ast.Assign, context: Context) -> None:
        value = statement.value
        self._expressions.scan(
            [value, *[target for target in statement.targets if target.__class__ is not ast.Name]], context
        )
        for target in statement.targets:
            if target.__class__ is ast.Name:
                self._expressions.literals.bind(target.id, value)
            elif self._expressions.dotted(target) == "sys.path" or _whole_slice(target, self._expressions.dotted):
                self._expressions.paths(value, front=True)

    def annotated(self, statement: ast.AnnAssign, context: Context) -> None:
        self._expressions.scan([statement.annotation, statement.value], context)
        if statement.value is not None and isinstance(statement.target, ast.Name):
            self._expressions.literals.bind(statement.target.id, statement.value)

    def augmented(self, statement: ast.AugAssign, context: Context) -> None:
        self._expressions.scan([statement.value, statement.target], context)
        if isinstance(statement.target, ast.Name):
            self._expressions.literals.forget(statement.target.id)
        elif self._expressions.dotted(statement.target) == "sys.path":
            self._expressions.paths(statement.value, front=False)

    def type_alias(self, statement: ast.stmt, context: Context) -> None:
        self.seen.syntax.setdefault(12, ("`type`", statement.lineno))
        self._expressions.scan(_children(statement), context)

    def _docstring(self, body: list[ast.stmt]) -> None:
        if (
            body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        ):
            self.seen.docstrings.append((body[0].lineno, body[0].end_lineno or body[0].lineno))


def _under(context: Context, marker: Marker | None) -> Context:
    if marker is None or marker == ("true",):
        return context
    if marker in {("typing",), ("false",)}:
        return context.weaker("typing")
    joined = markers.both(context.marker, marker)
    kind = context.kind if RANK[context.kind] >= RANK["conditional"] else "conditional"
    return Context(kind, joined, context.group)


def _whole_slice(target: ast.expr, dotted: Callable[[ast.expr], str | None]) -> bool:
    """Tell whether a target is a slice of sys.path: `sys.path[0:0] = […]`."""
    return (
        isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice) and dotted(target.value) == "sys.path"
    )


def _children(statement: ast.AST) -> list[ast.AST | None]:
    found: list[ast.AST | None] = []
    for name in statement._fields:
        value = getattr(statement, name, None)
        if isinstance(value, list):
            found.extend(part for part in value if isinstance(part, ast.AST))
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


_SIMPLE: dict[type, tuple[str, ...]] = {
    ast.Expr: ("value",), ast.Return: ("value",), ast.Pass: (), ast.Break: (), ast.Continue: (), ast.Global: (), ast.Nonlocal: (),
    ast.Raise: ("exc", "cause"),
}  # fmt: skip
_STATEMENTS: dict[type, Callable[[_Walker, Any, Context], None]] = {
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
