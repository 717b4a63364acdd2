"""What names stand for, as far as literals tell: strings, lists of strings, folders, command lines."""

from __future__ import annotations

import ast

from .paths import Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DEPTH = 8
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")
_MANY = 200  # strings that one expression may stand for


class Literals:
    """The last literal value of each name, in the order of the text.

    Args:
        dotted: gives the dotted name of an expression with import aliases resolved, None for anything else.
        file: what `__file__` is; None where there is none.
    """

    def __init__(self, dotted: Callable[[ast.expr], str | None], file: str | None) -> None:
        self.values: dict[str, ast.expr] = {}
        self._choices: dict[str, tuple[str, ...]] = {}  # what a loop's name runs through
        self._dotted = dotted
        self._places = Places(file, dotted, self.values) if file is not None else None

    def bind(self, name: str, value: ast.expr) -> None:
        """Note that a name stands for an expression from here on."""
        self._choices.pop(name, None)
        self.values[name] = value

    def forget(self, name: str) -> None:
        """Note that nobody knows any longer what a name stands for."""
        self._choices.pop(name, None)
        self.values.pop(name, None)

    def loop(self, target: ast.expr, source: ast.expr) -> None:
        """Note what a loop's target runs through."""
        if isinstance(target, ast.Name):
            self.forget(target.id)
            found = self.strings(source)
            if found:
                self._choices[target.id] = found
        elif isinstance(target, ast.Tuple):
            for position, one in enumerate(target.elts):
                if isinstance(one, ast.Name):
                    self.forget(one.id)
                    self._choices[one.id] = self._column(source, position)

    def _column(self, source: ast.expr, position: int) -> tuple[str, ...]:
        """Give one column of a literal table: `for module, name in {"cv2": "opencv-python"}.items()`."""
        node = source
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
            node = node.func.value
        node = self._resolved(node)
        if isinstance(node, ast.Dict) and position < 2:
            cells: list[ast.expr | None] = [*(node.keys if position == 0 else node.values)]
        elif isinstance(node, ast.List | ast.Tuple):
            cells = [
                row.elts[position]
                for row in node.elts
                if isinstance(row, ast.Tuple | ast.List) and position < len(row.elts)
            ]
        else:
            return ()
        return tuple(text for cell in cells if cell is not None for text in self.strings(cell))[:_MANY]

    def _resolved(self, node: ast.expr) -> ast.expr:
        return self.values.get(node.id, node) if isinstance(node, ast.Name) else node

    def strings(self, node: ast.expr, depth: int = 0) -> tuple[str, ...]:
        """Give every string that an expression may stand for; none when anything but literals is in it."""
        if depth > _DEPTH:
            return ()
        if isinstance(node, ast.Constant):
            return (node.value,) if isinstance(node.value, str) else ()
        if isinstance(node, ast.Name):
            if node.id in self._choices:
                return self._choices[node.id]
            node = self.values.get(node.id, node)
            return () if isinstance(node, ast.Name) else self.strings(node, depth + 1)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return tuple(text for part in node.elts for text in self.strings(part, depth + 1))[:_MANY]
        return self._built(node, depth + 1)

    def _built(self, node: ast.expr, depth: int) -> tuple[str, ...]:
        """Give the strings of an expression that puts them together."""
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._product([left, right], "", depth)
            case ast.JoinedStr(values=parts):
                return self._product(
                    [part.value if isinstance(part, ast.FormattedValue) else part for part in parts], "", depth
                )
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str(glue)), attr="join"),
                args=[ast.List() | ast.Tuple() as parts],
            ):
                return self._product(parts.elts, glue, depth)
            case ast.Dict(keys=keys):
                return tuple(text for key in keys if key is not None for text in self.strings(key, depth))[:_MANY]
            case ast.Starred(value=inner):
                return self.strings(inner, depth)
        return ()

    def _product(self, parts: list[ast.expr], glue: str, depth: int) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for position, part in enumerate(parts):
            texts = self.strings(part, depth + 1)
            found = tuple(f"{one}{glue}{two}" for one in found for two in texts)[:_MANY] if position else texts
        return found

    def folders(self, node: ast.expr) -> list[str]:
        """Give the folders that an expression names: one, or a list of them (also `[…] + sys.path`)."""
        node = self._resolved(node)
        if isinstance(node, ast.List | ast.Tuple):
            return [folder for part in node.elts for folder in self.folders(part)]
        if isinstance(node, ast.Starred):
            return self.folders(node.value) if not isinstance(node.value, ast.Attribute) else []
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.left, ast.List | ast.Attribute)
            and isinstance(node.right, ast.List | ast.Attribute)
        ):
            return [
                folder
                for part in (node.left, node.right)
                if isinstance(part, ast.List)
                for folder in self.folders(part)
            ]
        if isinstance(node, ast.Name) and node.id in self._choices:
            return list(self._choices[node.id])
        found = self._places.read(node) if self._places is not None else None
        if found is None:
            texts = self.strings(node)
            found = texts[0] if len(texts) == 1 else None
        return [] if found is None or "\0" in found else [found]

    def command(self, node: ast.expr) -> list[str]:
        """Give a command as lines of a shell: one string, or a list whose other parts may be unknown."""
        node = self._resolved(node)
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and isinstance(self._resolved(node.left), ast.List)
        ):
            left, right = self.command(node.left), self._resolved(node.right)
            more = " ".join(map(_quoted, self.strings(right)))
            return [f"{line} {more}" for line in left]
        if isinstance(node, ast.List | ast.Tuple):
            words: list[str] = []
            for part in node.elts:
                if isinstance(part, ast.Attribute) and self._dotted(part) == "sys.executable":
                    words.append("python")
                else:
                    words.extend(self.strings(part))
            return [" ".join(map(_quoted, words))]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
            return list(self.strings(node.func.value))
        if isinstance(
            node, ast.JoinedStr
        ):  # f"{sys.executable} -m pip install x": what is not literal is no requirement
            return [self._filled(node)]
        return list(self.strings(node))

    def _filled(self, node: ast.JoinedStr) -> str:
        texts = [self.strings(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
        return "".join(
            " ".join(text) if text else "python" if position == 0 else "" for position, text in enumerate(texts)
        )

    def installs(self, function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> bool:
        """Tell whether a short function hands its parameter to `pip install`."""
        if len(function.body) > 12:
            return False
        words: set[str] = set()
        used = False
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words.update(node.value.split())
                elif isinstance(node, ast.Name) and node.id == parameter:
                    used = True
        return used and "install" in words and bool(words & {"pip", "pip3"} or "pip.main" in words)


def _quoted(word: str) -> str:
    """Quote a word for a shell, like `shlex.quote`, whose module costs a start more than all of this one."""
    return word if word and _PLAIN.issuperset(word) else "'" + word.replace("'", "'\"'\"'") + "'"
