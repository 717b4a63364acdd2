"""Python 2's syntax, written anew so that Python 3 can parse it; only to be read, never to be run."""

from __future__ import annotations

import re

from .lexer import blanked, pieces
from .parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

_TRIES = 40  # lines that may be blanked because nothing here knows what is wrong with them

_PRINT = re.compile(
    r"(?m)(?P<before>^[ \t]*|[:;][ \t]*)print(?P<to>[ \t]*>>)?(?=[ \t]*[\"'`\[{\w\-~]|[ \t]*\()(?P<rest>[ \t]*)"
)
_CALLED = re.compile(r"print[ \t]*\(")
_EXCEPT = re.compile(r"(?m)^([ \t]*except\b[^\n:#]*?[\w)\]])[ \t]*,[ \t]*([A-Za-z_]\w*)[ \t]*:")
_EXCEPT_PAIR = re.compile(r"(?m)^([ \t]*except\b[^\n:#]*?[\w)\]])[ \t]*,[ \t]*(\([\w, ]+\)|[\w.]+)[ \t]*:")
_RAISE = re.compile(r"(?m)(^[ \t]*|[:;][ \t]*)(raise[ \t]+[\w.]+(?:\([^\n()]*\))?)[ \t]*,")
_EXEC = re.compile(r"(?m)(^[ \t]*|[:;][ \t]*)exec(?=[ \t]+[^\s=.,)\]]|[ \t]*\"|[ \t]*`)(?![ \t]*\()")
_BACKTICKS = re.compile(r"`([^`\n]*)`")
_UNEQUAL = re.compile(r"<>")
_OCTAL = re.compile(r"(?<![\w.])0([0-7]+)[lL]?(?![\w.])")
_LONG = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)[lL](?!\w)")
_UNPACKED = re.compile(r"(?m)((?:^[ \t]*def[ \t]+\w+[ \t]*\(|\blambda[ \t]+)(?:[^\n():]*,)?[ \t]*)\(([\w, \t]+)\)")


def rewritten(text: str) -> tuple[ast.Module, str, str] | None:
    """Write a Python 2 program so that our own Python can parse it.

    Returns: its tree, the text that gave it (with the same lines), and the first thing in it that only Python 2 can read;
        None when it is no Python 2 program either.
    """
    evidence: list[tuple[int, str]] = []
    changed = _strings(text, evidence)
    if _tabs(changed):
        evidence.append((_tabs(changed), "tabs and blanks mixed"))
        changed = "\n".join(
            line.expandtabs(8) if "\t" in line[: len(line) - len(line.lstrip())] else line
            for line in changed.split("\n")
        )
    for pattern, new, what in _RULES:
        changed = _applied(changed, pattern, new, what, evidence)
    if not evidence:
        return None
    tree, last = _salvaged(changed)
    if tree is None:
        return None
    line, what = min(evidence)
    return tree, last, f"{what} at line {line}"


def _print(found: re.Match[str]) -> str | None:
    """Write a print statement as an assignment, which takes the same expressions; a call stays one."""
    line = found.string[found.end() :].split("\n", 1)[0]
    if found["to"] is None:
        rest = found.string[found.start() + len(found["before"]) :].split("\n", 1)[0]
        if _CALLED.match(rest) and not _goes_on(rest):
            return None
        if re.match(r"[ \t]*(?:=[^=]|\.|,|\)|$|in\b|is\b|and\b|or\b)", rest[5:]):
            return None
    elif not line.strip():
        return None
    return f"{found['before']}_ = "


def _goes_on(rest: str) -> bool:
    """Tell whether something stands behind `print (…)` that makes the parenthesis part of an expression."""
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == ")" and depth == 0:
            behind = rest[at + 1 :].strip()
            return behind.startswith(("%", ",", "+", "*")) and not behind.endswith(")")
    return False


def _whole(new: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.expand(new)


def _named(found: re.Match[str]) -> str:
    return found[1] + "_".join(re.findall(r"\w+", found[2]))


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None], str], ...] = (
    (_EXCEPT, _whole(r"\1 as \2:"), "`except …, name:`"),
    (_EXCEPT_PAIR, _whole(r"\1:"), "`except …, name:`"),
    (_PRINT, _print, "`print` as a statement"),
    (_RAISE, _whole(r"\1\2; _ ="), "`raise …, value`"),
    (_EXEC, _whole(r"\1_ ="), "`exec` as a statement"),
    (_BACKTICKS, _whole(r"(\1)"), "`` `…` `` for `repr(…)`"),
    (_UNEQUAL, _whole("!="), "`<>`"),
    (_OCTAL, _whole(r"0o\1"), "an octal number without `0o`"),
    (_LONG, _whole(r"\1"), "a long number (`10L`)"),
    (_UNPACKED, _named, "a parameter that unpacks"),
)


def _applied(
    text: str,
    pattern: re.Pattern[str],
    new: Callable[[re.Match[str]], str | None],
    what: str,
    evidence: list[tuple[int, str]],
) -> str:
    """Replace what a pattern finds outside of strings and comments; strings in what it found stay as they are."""
    if pattern.search(text) is None:
        return text
    shape = blanked(text, list(pieces(text)))
    parts: list[str] = []
    at = 0
    for found in pattern.finditer(shape):
        replacement = new(found)
        if replacement is None or found.start() < at:
            continue
        if '"' in found[0]:  # a string inside: let the pattern see the real text
            real = pattern.match(text, found.start())
            replacement = new(real) if real is not None and real.end() == found.end() else None
            if replacement is None:
                continue
        if not parts:
            evidence.append((text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1, what))
        parts += [text[at : found.start()], replacement]
        at = found.end()
    return "".join([*parts, text[at:]])


def _strings(text: str, evidence: list[tuple[int, str]]) -> str:
    """Take the `u` off `ur"…"`."""
    parts: list[str] = []
    at = 0
    for piece in pieces(text):
        if piece.prefix == "ur":
            evidence.append((text.count("\n", 0, piece.start) + 1, '`ur"…"`'))
            parts += [text[at : piece.start], "r"]
            at = piece.start + 2
    return "".join([*parts, text[at:]])


def _tabs(text: str) -> int:
    """Give the first line whose indentation Python 3 would find ambiguous; 0 when there is none."""
    kinds: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if indentation and line.strip():
            kinds.add("tab" if "\t" in indentation else "blank")
            if len(kinds) > 1:
                return number
    return 0


def _salvaged(text: str) -> tuple[ast.Module | None, str]:
    """Parse, blanking the lines that cannot be parsed; a program of which much is wrong is none."""
    lines = text.split("\n")
    for _ in range(min(_TRIES, len(lines) // 8 + 1)):
        try:
            return parse("\n".join(lines)), "\n".join(lines)
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not 0 <= at < len(lines) or not lines[at].strip():
                return None, text
            stripped = lines[at].lstrip()
            opens = stripped.rstrip().endswith(":")
            lines[at] = lines[at][: len(lines[at]) - len(stripped)] + ("if 1:" if opens else "pass")
    return None, text
