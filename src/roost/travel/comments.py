"""What somebody wrote behind a requirement, on its line: it goes along into other forms."""

from __future__ import annotations

import re

from .secrets import bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.scripts.values import Declaration

_COMMENT = re.compile(r"(?:^|\s)#(.*)$")


def of(declared: Declaration, script: bytes = b"") -> str:
    """Give the comment behind a requirement, without credentials and on one line; "" where there is none.

    Args:
        script: the text of the script itself, for what stands in no other file.
    """
    try:
        data = declared.file.read_bytes() if declared.file else script
    except OSError:
        return ""
    lines = data.decode("utf-8", "replace").splitlines()[declared.line - 1 :]
    if declared.via == "requirements":
        return clean(_behind_words(lines))
    return clean(_behind_text(lines, declared.text)) if declared.via in {"pep723", "pyproject"} else ""


def clean(comment: str) -> str:
    """Write a comment so that it ends its line in every form, and names nobody's password."""
    line = "".join(letter if letter.isprintable() else " " for letter in comment)
    return bare(line)[0].strip(" \\")


def _behind_words(lines: Sequence[str]) -> str:
    """Take the comment of the first logical line of a requirements file."""
    joined = ""
    for line in lines:
        joined += line.removesuffix("\\")
        if not line.endswith("\\"):
            break
    found = _COMMENT.search(joined)
    return found[1] if found else ""


def _behind_text(lines: Sequence[str], text: str) -> str:
    """Take the comment behind a requirement that has a line of its own in a list of TOML."""
    own = re.compile(rf"""[#\s]*(["']){re.escape(text)}\1\s*,?\s*(?:#(.*))?""")
    found = next(filter(None, map(own.fullmatch, lines)), None)
    return (found[2] or "") if found else ""
