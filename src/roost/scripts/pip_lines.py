"""`pip install` lines that people leave in comments, docstrings, notebooks and answers."""

from __future__ import annotations

import re

from .requirements import _SIMPLE as PLAIN
from .values import Declaration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_INSTALL = re.compile(
    r"(?:^|(?<=[\s`'\"({\[$!%;:&|]))(?:uv\s+)?(?:pip(?:\d(?:\.\d+)?)?|(?:\S*python[\d.]*|py|\{sys\.executable\})\s+-m\s+pip|uv\s+add)"
    r"\s+(?:-\S+\s+)*(?:install\s+|(?<=add\s))(?P<rest>.+)"
)
_WITH_VALUE = {
    "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f", "--find-links",
    "-t", "--target", "--python", "-p", "--prefix", "--root", "--timeout", "--proxy", "--trusted-host", "--index", "--platform",
}  # fmt: skip
_PROSE = {
    "to", "before", "first", "and", "or", "if", "in", "on", "for", "the", "with", "then", "from", "via", "using", "you", "it", "this",
    "into", "as", "is", "when", "a", "an", "your", "that", "which", "will", "should", "package", "packages", "command", "are",
    "not", "also", "here", "again", "instead", "manually", "inside", "after", "at", "by", "be", "some-package", "package-name",
    "package_name", "todo", "etc", "of", "e.g", "i.e",
}  # fmt: skip
_INDEX = "--extra-index-url"
_ADDRESS = re.compile(
    r"(?:^|\s)(?:-i|--index-url|--extra-index-url|--index|--default-index)[\s=]['\"]?(https?://[^\s'\"`<>)\]]+)"
)
_END = re.compile(r"\s#|&&|\|\||[;|<>`]\s|[;|`]$|`|\\n|\)\s*$")


def requirements_of(line: str) -> tuple[str, ...]:
    """Give the requirements of every `pip install` in a line; nothing when there is none.

    An index that it names for them follows as an option (`--extra-index-url ADDRESS`); other options are passed over,
    prose after the names ends them.
    """
    found: list[str] = []
    for part in re.split(r"&&|\|\||(?<!['\"\w]);", line):
        match = _INSTALL.search(part)
        names = _words(match["rest"]) if match else []
        if match and names:
            found += [*names, *(f"{_INDEX} {one}" for one in _ADDRESS.findall(match["rest"]))]
    return tuple(dict.fromkeys(found))


def _words(rest: str) -> list[str]:
    end = _END.search(_unquoted_versions(rest))
    words = _split(rest[: end.start()] if end else rest)
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _WITH_VALUE
        else:
            bare = word if word.startswith(("git+", "http")) else word.rstrip(".,:!?)…\"'")
            if bare.lower() in _PROSE or not _is_requirement(bare):
                break
            found.append(bare)
            if bare != word:
                if word.rstrip("\"'")[-1:] == ",":
                    continue  # `pip install a, b`: wrong, and meant
                break
    return found


def _unquoted_versions(rest: str) -> str:
    """Blank what stands in quotes, so that `"a>=1"` does not end the command."""
    return re.sub(r"(['\"])(?:(?!\1).)*\1", lambda found: "_" * len(found[0]), rest)


def _split(text: str) -> list[str]:
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        return text.replace('"', " ").replace("'", " ").split()


def _is_requirement(word: str) -> bool:
    if word.startswith(("git+", "https://", "http://")):
        return "://" in word
    return bool(PLAIN.fullmatch(word)) and not word.endswith(".txt")


def in_comments(text: str, docstrings: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """Give the requirements of `pip install` lines in comments and docstrings, each with its line."""
    inside = list(docstrings)
    found: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if "pip" not in line and "uv add" not in line:
            continue
        _, mark, comment = line.partition("#")
        told = comment if mark and not any(first <= number <= last for first, last in inside) else None
        if told is None and any(first <= number <= last for first, last in inside):
            told = line
        if told is not None:
            found += [(one, number) for one in requirements_of(told)]
    return found


def indexes(found: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Give the indexes that install lines name."""
    return tuple(dict.fromkeys(text.partition(" ")[2] for text, _ in found if text.startswith(_INDEX)))


def declarations(found: Iterable[tuple[str, int]], file: Path | None = None) -> tuple[Declaration, ...]:
    """Make declarations of requirements and their lines, each requirement once."""
    first: dict[str, int] = {}
    for text, line in found:
        if not text.startswith(_INDEX):
            first.setdefault(text, line)
    return tuple(Declaration(text, line, file, "pip line") for text, line in first.items())
