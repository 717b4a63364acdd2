"""Text → what it says, by whichever Python can parse it."""

from __future__ import annotations

import ast
import warnings

from roost.values import Value

from .errors import SyntaxBroken
from .seen import Seen
from .syntax import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .values import Interpreter

    Interpreters = Callable[[], Sequence[Interpreter]]


class Reading(Value):
    """What one text says, and which Pythons can parse it."""

    seen: Seen
    floor: tuple[int, str, int] | None = None  # minor version of Python 3, what needs it, line
    ceiling: tuple[int, str, int] | None = None  # first minor version of Python 3 that cannot parse it
    python2: str | None = None  # why no Python 3 can


def analyse(text: str, *, name: str, file: str | None, interpreters: Interpreters | None = None) -> Reading:
    """Read a text as Python.

    Args:
        name: for messages.
        file: what `__file__` would be.
        interpreters: gives the Pythons of this machine, asked only when our own cannot parse the text.

    Raises:
        SyntaxBroken: no Python that we know of can parse it.
    """
    try:
        tree = parse(text)
    except SyntaxError as error:
        from .dialects import other

        reading = other(text, file=file, interpreters=interpreters)
        if reading is None:
            raise broken(error, text, name) from None
        return reading
    return Reading(collect(tree, text, file))


def parse(text: str) -> ast.Module:
    """Parse with our own Python, quietly.

    Raises:
        SyntaxError: it cannot; also for nesting that is too deep.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (RecursionError, MemoryError):
            raise SyntaxError("it is nested too deeply") from None
        except ValueError as error:
            raise SyntaxError(str(error)) from None


def collect(tree: ast.Module, text: str, file: str | None) -> Seen:
    """Walk a tree; the text tells what need not be looked for."""
    return walk(tree, file=file, urls="://" in text, installers="install" in text and "pip" in text)


def broken(error: SyntaxError, text: str, name: str) -> SyntaxBroken:
    """Tell a syntax error with its line."""
    lines = text.split("\n")
    line = error.lineno
    shown = lines[line - 1].strip()[:100] if line and line <= len(lines) else ""
    place = f"line {line}: {error.msg}" if line else error.msg
    hints: tuple[str, ...] = ()
    if text.lstrip().startswith("```"):
        hints = ("it begins with a Markdown fence: give it a name that ends in `.md`, or take the ``` lines out",)
    return SyntaxBroken(f"cannot read `{name}`", why=(f"{place}: `{shown}`" if shown else place,), hints=hints)
