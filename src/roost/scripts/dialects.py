"""Programs that our own Python cannot parse: newer syntax, and Python 2's.

Both are written anew, line by line, so that our own parser can read them; what had to be changed is the evidence for the
Python that they need. The text that runs is never touched.
"""

from __future__ import annotations

import re

from . import elsewhere
from .lexer import Piece, blanked, pieces
from .parse import Reading, collect, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .parse import Interpreters

_Evidence = tuple[int, str, int]  # minor version of Python 3, what needs it, line

_ALIAS = re.compile(r"(?m)^([ \t]*)type([ \t]+)([A-Za-z_]\w*)[ \t]*(?=[\[=])")
_PARAMETERS = re.compile(r"(?m)^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+[A-Za-z_]\w*[ \t]*(\[)")
_BARE_EXCEPT = re.compile(r"(?m)^([ \t]*except\*?[ \t]+)([A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*)+)(?=[ \t]*:)")
_ASYNC = re.compile(r"(?<![\w])async(?=[ \t]*[=,)(:.]|[ \t]*$)(?![ \t]*=[ \t]*$)|(?<=\.)async\b", re.MULTILINE)


def other(text: str, *, file: str | None, interpreters: Interpreters | None) -> Reading | None:
    """Read a text that our own Python cannot parse: as a newer Python's, as Python 2's; None when it is neither.

    Args:
        interpreters: gives the Pythons of this machine; a newer one then parses it for us.
    """
    modern = _modern(text, file)
    if modern is not None and modern.floor is not None:
        return elsewhere.read(text, file, modern.floor, interpreters) or modern
    from .python2 import rewritten

    older = _older(text, file)
    if older is not None:
        return older
    rewriting = rewritten(text)
    if rewriting is not None:
        tree, changed, evidence = rewriting
        return Reading(collect(tree, changed, file), python2=evidence)
    return elsewhere.read(text, file, None, interpreters)


def _modern(text: str, file: str | None) -> Reading | None:
    """Read it after writing what is newer than our own Python in an older way."""
    evidence: list[_Evidence] = []
    changed = _old_strings(text, evidence)
    changed = _old_statements(changed, evidence)
    if not evidence:
        return None
    try:
        tree = parse(changed)
    except SyntaxError:
        return None
    return Reading(collect(tree, changed, file), floor=max(evidence, key=lambda one: (one[0], -one[2])))


def _old_strings(text: str, evidence: list[_Evidence]) -> str:
    parts: list[str] = []
    at = 0
    for piece in pieces(text):
        new = _old_string(text, piece, evidence)
        if new is not None:
            parts += [text[at : piece.start], new]
            at = piece.end
    return "".join([*parts, text[at:]])


def _old_string(text: str, piece: Piece, evidence: list[_Evidence]) -> str | None:
    """Write a t-string as an f-string, and a new kind of f-string as an empty one of as many lines."""
    if piece.prefix is None or not ("t" in piece.prefix or piece.modern):
        return None
    line = text.count("\n", 0, piece.start) + 1
    literal = text[piece.start : piece.end]
    if "t" in piece.prefix:
        evidence.append((14, "a t-string", line))
        if not piece.modern:
            return re.sub("[tT]", "f", literal[: len(piece.prefix)]) + literal[len(piece.prefix) :]
    else:
        evidence.append((12, "an f-string with quotes or a backslash inside its braces", line))
    return '""' if "\n" not in literal else '"""' + "\n" * literal.count("\n") + '"""'


def _old_statements(text: str, evidence: list[_Evidence]) -> str:
    shape = blanked(text, list(pieces(text)))

    def line(at: int) -> int:
        return text.count("\n", 0, at) + 1

    edits: list[tuple[int, int, str]] = []
    for found in _PARAMETERS.finditer(shape):
        end = _closing(shape, found.start(1))
        if end:
            inside = shape[found.start(1) : end]
            default = bool(re.search(r"(?<![=<>!:])=(?!=)", inside))
            what = "a type parameter's default" if default else "type parameters"
            evidence.append((13 if default else 12, what, line(found.start())))
            edits.append((found.start(1), end, ""))
    for found in _ALIAS.finditer(shape):
        evidence.append((12, "`type`", line(found.start())))
        end = _closing(shape, found.end()) if shape[found.end()] == "[" else found.end()
        edits.append((found.start(), end or found.end(), f"{found[1]}{found[3]} "))
    for found in _BARE_EXCEPT.finditer(shape):
        last = found[2].rpartition(",")[2].strip()
        if last[0].isupper() or "." in last:  # Python 2 binds the error to a name there, and people write it small
            evidence.append((14, "`except` with several classes and no parentheses", line(found.start())))
            edits.append((found.start(2), found.end(2), f"({found[2]})"))
    return _edited(text, edits)


def _closing(shape: str, opening: int) -> int | None:
    """Find the end of a bracket; None when it is not closed within a few lines."""
    depth = 0
    for at in range(opening, min(len(shape), opening + 2000)):
        depth += (shape[at] in "[({") - (shape[at] in "])}")
        if depth == 0:
            return at + 1
    return None


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    """Make edits, keeping the number of lines where one spans several."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            continue
        lines = text.count("\n", start, end)
        parts += [text[at:start], new, "\\\n" * lines]
        at = end
    return "".join([*parts, text[at:]])


def _older(text: str, file: str | None) -> Reading | None:
    """Read it with `async` as a plain name, which it was until Python 3.6."""
    shape = blanked(text, list(pieces(text)))
    found = _ASYNC.search(shape)
    if found is None:
        return None
    edits = [(one.start(), one.end(), "async_") for one in _ASYNC.finditer(shape)]
    changed = _edited(text, edits)
    try:
        tree = parse(changed)
    except SyntaxError:
        return None
    line = text.count("\n", 0, found.start()) + 1
    reading = Reading(collect(tree, changed, file))
    return reading.replace(ceiling=(7, "`async` as a name", line))
