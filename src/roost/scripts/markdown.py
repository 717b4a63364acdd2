"""Markdown, such as a model's answer: its fenced Python blocks, joined, each on its own lines."""

from __future__ import annotations

import ast
import re

from roost.values import Value

from . import pip_lines
from .errors import NotAScript
from .magics import translate
from .parse import parse

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_PYTHON = {"python", "py", "python3", "py3", "ipython", "ipython3", "python2", "pyw", "sage"}
_SHELL = {
    "bash",
    "sh",
    "shell",
    "console",
    "zsh",
    "terminal",
    "powershell",
    "cmd",
    "bat",
    "ps1",
    "shell-session",
    "shellsession",
    "text",
}


class Block(Value):
    """One fenced block."""

    label: str  # the first word behind the fence, lower case
    lines: tuple[str, ...]  # without the indentation of the fence
    first: int  # 1-based number of its first line

    @property
    def text(self) -> str:
        """Its lines joined."""
        return "\n".join(self.lines)


def convert(text: str, name: str) -> tuple[str, list[tuple[str, int]], list[str]]:
    """Join the Python blocks of a Markdown text; each line keeps its number, everything else becomes empty.

    Blocks labelled as Python make the program; only where there is none, unlabelled ones that are programs. A block that
    stands whole in a later one is an earlier state of it and is left out.

    Returns: the program; the requirements of install lines in shell blocks and prose, with their lines; notes.

    Raises:
        NotAScript: no block holds Python.
    """
    found = blocks(text)
    chosen = [block for block in found if block.label in _PYTHON]
    notes: list[str] = []
    if not chosen:
        chosen = [block for block in found if not block.label and _is_program(block.text)]
    if not chosen:
        raise _without_program(name, found)
    kept = [block for number, block in enumerate(chosen) if not _superseded(block, chosen[number + 1 :])]
    lines = [""] * (text.count("\n") + 1)
    installs = _installs(text, found)
    for block in kept:
        cell = translate(block.text, first=block.first) if _has_magics(block) else None
        lines[block.first - 1 : block.first - 1 + len(block.lines)] = cell.lines if cell else block.lines
        installs += cell.installs if cell else []
    if len(kept) > 1:
        notes.append(f"{len(kept)} Python blocks of `{name}` make one program")
    return "\n".join(lines) + "\n", installs, notes


def blocks(text: str) -> list[Block]:
    """Give the fenced blocks (CommonMark, "Fenced code blocks"); one that is not closed ends with the text."""
    found: list[Block] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        at += 1
        if fence is None:
            continue
        begin = at
        closing = re.compile(rf"^[ \t>]*{re.escape(fence['marks'][0])}{{{len(fence['marks'])},}}[ \t]*$")
        while at < len(lines) and not closing.match(lines[at]):
            at += 1
        found.append(Block(_label(fence["info"]), tuple(_dedented(lines[begin:at], fence["indent"])), begin + 1))
        at += 1
    return found


def _label(info: str) -> str:
    words = re.split(r"[\s,:]+", info.strip().strip("{}").lstrip("."))
    return words[0].strip("{}.").lower() if words else ""


def _dedented(lines: list[str], indent: str) -> list[str]:
    if not indent:
        return lines
    return [line[len(indent) :] if line[: len(indent)].strip(" \t>") == "" else line.lstrip() for line in lines]


def _is_program(text: str) -> bool:
    """Tell whether an unlabelled block is Python that does something: output and file listings sometimes parse too."""
    try:
        tree = parse(text)
    except SyntaxError:
        return False
    does = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.For, ast.With)
    return any(
        isinstance(statement, does) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
        for statement in tree.body
    )


def _superseded(block: Block, later: list[Block]) -> bool:
    own = [line.rstrip() for line in block.lines if line.strip()]
    for other in later:
        lines = [line.rstrip() for line in other.lines if line.strip()]
        if len(lines) >= len(own) and "\n".join(own) in "\n".join(lines):
            return True
    return False


def _has_magics(block: Block) -> bool:
    return any(line.lstrip().startswith(("!", "%")) for line in block.lines)


def _installs(text: str, found: list[Block]) -> list[tuple[str, int]]:
    """Collect install lines of shell and unlabelled blocks, and of prose."""
    fenced = {block.first + offset: block for block in found for offset in range(len(block.lines))}
    installs: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        block = fenced.get(number)
        if "install" in line and (block is None or block.label in _SHELL or not block.label):
            installs += [(one, number) for one in pip_lines.requirements_of(line)]
    return installs


def _without_program(name: str, found: list[Block]) -> NotAScript:
    labels = sorted({block.label for block in found if block.label})
    if not found:
        why = "it has no fenced block"
    elif labels:
        why = f"none of its {len(found)} fenced blocks is Python; they are labelled {', '.join(f'`{label}`' for label in labels)}"
    else:
        why = f"none of its {len(found)} fenced blocks is Python"
    return NotAScript(
        f"cannot read `{name}`", why=(why,), hints=("mark the program: put ```python in front of it and ``` behind",)
    )
