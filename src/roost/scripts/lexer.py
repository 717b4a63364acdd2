"""Strings and comments of Python source of any age, found without a parser."""

from __future__ import annotations

import re

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_START = re.compile(r"#|(?<![\w])([A-Za-z]{0,3})('''|\"\"\"|'|\")|('''|\"\"\"|'|\")")
_DEPTH = 20  # f-strings within f-strings


class Piece(Value):
    """A comment or a string literal."""

    start: int
    end: int  # behind its last character
    prefix: str | None  # letters before a string's quotes, lower case; None: a comment
    quotes: str = ""
    modern: bool = (
        False  # an f-string that only Python 3.12 and later read: quotes reused, a backslash or comment in braces
    )


def pieces(text: str) -> Iterator[Piece]:
    """Give comments and strings in order; a string that is never closed ends with its line, or with the text."""
    at = 0
    while (found := _START.search(text, at)) is not None:
        if found[0] == "#":
            end = text.find("\n", found.start())
            end = len(text) if end < 0 else end
            yield Piece(found.start(), end, None)
        else:
            prefix, quotes = (found[1] or "").lower(), found[2] or found[3]
            end, modern = _string(text, found.end(), prefix, quotes, 0)
            yield Piece(found.start(), end, prefix, quotes, modern)
        at = max(end, found.end())


def _string(text: str, at: int, prefix: str, quotes: str, depth: int) -> tuple[int, bool]:
    """Find the end of a string that begins behind its opening quotes, and whether only new Pythons read it."""
    formatted = "f" in prefix or "t" in prefix
    modern = False
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 2
        elif text.startswith(quotes, at):
            return at + len(quotes), modern
        elif letter == "\n" and len(quotes) == 1:
            return at, modern
        elif formatted and letter == "{" and depth < _DEPTH:
            if text.startswith("{{", at):
                at += 2
                continue
            at, inner = _braces(text, at + 1, quotes, depth + 1)
            modern = modern or inner
        else:
            at += 1
    return len(text), modern


def _braces(text: str, at: int, quotes: str, depth: int) -> tuple[int, bool]:
    """Find the end of a replacement field, and whether it holds what older Pythons refuse there."""
    modern = False
    nesting = 0
    begin = at
    while at < len(text):
        letter = text[at]
        if letter == "}" and nesting == 0:
            return at + 1, modern
        if letter in "'\"":
            if text.startswith(quotes, at) and not _continues(text, at, quotes):
                return at, modern  # an unclosed field: the string ends here
            inner = letter * 3 if text.startswith(letter * 3, at) else letter
            prefix = re.search(r"[A-Za-z]{0,3}$", text[begin:at])
            at, deeper = _string(text, at + len(inner), prefix[0].lower() if prefix else "", inner, depth)
            modern = modern or deeper or inner[0] == quotes[0] or "\\" in text[begin:at]
            continue
        if letter == "#" or (letter == "\n" and len(quotes) == 1) or letter == "\\":
            modern = True
            if letter == "#":
                at = max(text.find("\n", at), at)
        nesting += (letter in "([{") - (letter in ")]}")
        at += 1
    return at, modern


def _continues(text: str, at: int, quotes: str) -> bool:
    """Tell whether a quote inside braces opens a string rather than closing the one around it: its field still ends."""
    line_end = text.find("\n", at)
    rest = text[at + len(quotes) : line_end if line_end >= 0 and len(quotes) == 1 else len(text)]
    closing = rest.find(quotes)
    return closing >= 0 and "}" in rest[closing:]


def blanked(text: str, found: list[Piece]) -> str:
    """Give text of the same length and lines, comments blank and strings empty but for their quotes."""
    parts: list[str] = []
    at = 0
    for piece in found:
        parts.append(text[at : piece.start])
        inside = text[piece.start : piece.end]
        if piece.prefix is None:
            parts.append(" " * len(inside))
        else:
            body = re.sub(r"[^\n]", "_", inside)
            parts.append(f'"{body[1:-1]}"' if len(body) > 1 else body)
        at = piece.end
    parts.append(text[at:])
    return "".join(parts)
