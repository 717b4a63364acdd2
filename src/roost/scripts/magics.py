"""IPython's additions to Python, written as Python: `!pip install x`, `%cd data`, `%%bash`, `frame?`."""

from __future__ import annotations

import re

from . import pip_lines
from .lexer import blanked, pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?P<target>[A-Za-z_][\w, \t.]*?)[ \t]*=[ \t]*)?(?P<mark>!!?|%)(?P<rest>[^\n=].*)$"
)
_HELP = re.compile(r"^[ \t]*(?:\?{1,2}[\w.]+|[A-Za-z_][\w.\[\]'\"]*\?{1,2})[ \t]*$")
_SHELLS = {"bash", "sh", "script", "system", "sx", "!"}
_TRANSPARENT = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz", "heat", "black", "debug"}
_WITHOUT_SHELL = {"pip", "conda", "mamba", "uv"}


class Cell:
    """A cell as Python, with as many lines as it had, while it is written."""

    __slots__ = ("installs", "lines", "notes")

    def __init__(self, lines: list[str], installs: Sequence[tuple[str, int]] = (), notes: Sequence[str] = ()) -> None:
        self.lines = lines
        self.installs = list(installs)
        self.notes = list(notes)


def translate(source: str, *, first: int) -> Cell:
    """Write a cell as Python.

    Args:
        first: the number that its first line has in the program.
    """
    lines = source.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].lstrip().startswith("%%"):
        return _whole(lines, start, first)
    cell = Cell([])
    inside = _inside_strings(source)
    at = 0
    while at < len(lines):
        line, joined, count = lines[at], lines[at], 1
        if at not in inside and _special(line):
            while joined.endswith("\\") and at + count < len(lines):
                joined = joined[:-1] + " " + lines[at + count].strip()
                count += 1
            line = _translated(joined, first + at, cell)
        cell.lines += [line, *[""] * (count - 1)]
        at += count
    return cell


def _special(line: str) -> bool:
    return bool(_LINE.match(line) or _HELP.match(line))


def _inside_strings(source: str) -> set[int]:
    """Number the lines that begin inside a string or a bracket, where `%` and `!` are no magic."""
    shape = blanked(source, list(pieces(source)))
    inside: set[int] = set()
    for piece in pieces(source):
        if piece.prefix is not None:
            first = source.count("\n", 0, piece.start)
            inside.update(range(first + 1, first + 1 + source.count("\n", piece.start, piece.end)))
    depth = 0
    for number, line in enumerate(shape.split("\n")):
        if depth > 0:
            inside.add(number)
        if not _LINE.match(line):
            depth = max(0, depth + sum(line.count(one) for one in "([{") - sum(line.count(one) for one in ")]}"))
    return inside


def _translated(line: str, number: int, cell: Cell) -> str:
    found = _LINE.match(line)
    if found is None:
        return "# " + line.strip()
    indent, target, rest = found["indent"], found["target"], found["rest"].strip()
    if found["mark"] == "%":
        return _magic(indent, target, rest, number, cell)
    names = pip_lines.requirements_of(rest)
    cell.installs += [(name, number) for name in names]
    if names or _only_installs(rest):
        return f"{indent}pass  # !{rest}"
    if target:
        run = f'__import__("subprocess").run({_text(rest)}, shell=True, stdout=-1, text=True).stdout.splitlines()'
        return f"{indent}{target.strip()} = {run}"
    return f'{indent}__import__("subprocess").run({_text(rest)}, shell=True)'


def _only_installs(rest: str) -> bool:
    """Tell whether a shell line is about installing and nothing else: the environment is roost's to make."""
    return bool(
        re.match(
            r"(?:\S*python[\d.]*\s+-m\s+)?(?:pip\d?|uv|conda|mamba)\b.*\b(?:install|uninstall|add|sync|upgrade)\b", rest
        )
    )


def _text(command: str) -> str:
    """Write a command as a string; `{name}` in it is Python, as IPython has it."""
    if re.search(r"\{[A-Za-z_][^{}]*\}", command):
        candidate = "f" + repr(command)
        try:
            compile(candidate, "", "eval")
        except (SyntaxError, ValueError):
            return repr(command)
        return candidate
    return repr(command)


def _magic(indent: str, target: str | None, rest: str, number: int, cell: Cell) -> str:
    name, _, arguments = rest.partition(" ")
    arguments = arguments.strip()
    done = f"{f'{target} = None' if target else 'pass'}  # %{rest}"
    if name in _WITHOUT_SHELL:
        cell.installs += [(one, number) for one in pip_lines.requirements_of(rest)]
    elif name in {"time", "timeit"} and arguments:
        statement = re.sub(r"^(?:-\w+\s+\S+\s+)*", "", arguments)
        done = f"{target} = {statement}" if target else statement
    elif name == "cd" and arguments:
        done = f'__import__("os").chdir({_text(_bare(arguments))})'
    elif name in {"env", "set_env"} and re.match(r"\w+[= ]", arguments):
        variable, value = re.split(r"[= ]", arguments, maxsplit=1)
        done = f'__import__("os").environ[{variable!r}] = {_text(_bare(value))}'
    elif name == "run" and arguments:
        done = f'globals().update(__import__("runpy").run_path({_bare(arguments.split()[0])!r}))'
    elif name in {"sx", "system"} and arguments:
        done = f'__import__("subprocess").run({_text(arguments)}, shell=True)'
    elif name == "pwd" and target:
        done = f'{target} = __import__("os").getcwd()'
    return indent + done


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _whole(lines: list[str], start: int, first: int) -> Cell:
    """Translate a cell whose first line is a magic for all of it."""
    name, _, arguments = lines[start].lstrip()[2:].strip().partition(" ")
    body = lines[start + 1 :]
    head = [*[""] * start, f"# {lines[start].strip()}"]
    if name in _TRANSPARENT or (name == "script" and "python" in arguments) or name in {"python", "python3", "pypy"}:
        inner = translate("\n".join(body), first=first + len(head)) if body else Cell([])
        return Cell(head + inner.lines, inner.installs, inner.notes)
    quiet = [*head, *(f"# {line}" if line.strip() else "" for line in body)]
    if name in _SHELLS:
        cell = Cell(quiet)
        for number, line in enumerate(body, first + len(head)):
            cell.installs += [(one, number) for one in pip_lines.requirements_of(line)]
        useful = [
            line
            for line in body
            if line.strip() and not line.lstrip().startswith("#") and not _only_installs(line.strip())
        ]
        if useful:
            cell.lines[start] = f'__import__("subprocess").run(["bash", "-c", {chr(10).join(body)!r}])'
        return cell
    if name in {"writefile", "file"} and arguments:
        mode = "a" if arguments.startswith("-a ") else "w"
        path = _bare(arguments.removeprefix("-a "))
        quiet[start] = f'open({path!r}, "{mode}", encoding="utf-8").write({(chr(10).join(body) + chr(10))!r})'
        return Cell(quiet)
    return Cell(quiet, notes=[f"a `%%{name}` cell is left out: only IPython runs it"])
