"""The reference pages, written from the code: `python -m roost.cli.docs` writes them, `--check` says whether they are stale."""

from __future__ import annotations

import ast
import inspect
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import roost
from roost import settings
from roost.errors import Exit, RoostError
from roost.values import fields

from . import commands as every_command
from .options import usage
from .pages import spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .options import Command

FOLDER = Path(__file__).parents[3] / "docs/reference"
OUTSIDE = ("roost.launcher", "roost.inside", "roost.__main__")
MEANINGS = {
    Exit.OK: "done",
    Exit.USAGE: "the command line is wrong",
    Exit.UNREADABLE: "a script, manifest or requirement cannot be read",
    Exit.NO_INPUT: "there is no such file or environment",
    Exit.UNAVAILABLE: "nothing that fits; an index or a program is not there; with `--strict`, an import stays unanswered",
    Exit.BUG: "a bug in roost",
    Exit.CANNOT_CREATE: "something cannot be written: the disk is full, permission is missing",
    Exit.TRY_AGAIN: "try again: a time-out, a lock that is held",
    Exit.NEEDS_USER: "the script needs something only its user has",
    Exit.REFUSED: "refused: trust",
    Exit.CONFIGURATION: "a settings file or variable says something that cannot be",
    Exit.NO_SANDBOX: "the sandbox asked for is not there; nothing was run",
    Exit.INTERRUPTED: "interrupted",
}


def main(argv: Sequence[str]) -> int:
    """Write the pages, or compare them; returns 1 when one is stale."""
    pages = {"commands.md": commands(), "errors.md": errors(), "settings.md": settings_page()}
    stale = [name for name, text in pages.items() if _differs(FOLDER / name, text)]
    if "--check" in argv:
        for name in stale:
            sys.stderr.write(f"docs/reference/{name} is stale: `python -m roost.cli.docs` writes it\n")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages[name], "utf-8")
    return 0


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != text


def commands() -> str:
    """Write the page of all commands."""
    lines = ["# Commands", "", "Generated from the table of commands: `python -m roost.cli.docs`.", ""]
    lines += [
        f"- [`roost {command.name}`](#roost-{command.name.replace(' ', '-')}): {_small(command)}"
        for command in every_command()
    ]
    for command in every_command():
        lines += ["", f"## roost {command.name}", "", f"{command.summary}.", "", "```", usage(command), "```"]
        for paragraph in command.about:
            lines += ["", paragraph]
        lines += _words(command)
        if command.examples:
            lines += ["", "```console", *(f"$ {example}" for example in command.examples), "```"]
    lines += [
        "",
        "## Exit statuses",
        "",
        "A script that ran keeps its own. Otherwise:",
        "",
        "| status | means |",
        "| --- | --- |",
    ]
    lines += [f"| {status} | {meaning} |" for status, meaning in MEANINGS.items()]
    return "\n".join(lines) + "\n"


def _small(command: Command) -> str:
    return command.summary[0].lower() + command.summary[1:]


def _words(command: Command) -> Iterator[str]:
    words = [*command.positionals, *((command.rest,) if command.rest else ())]
    rows = [(word.metavar, word.help) for word in words] + [
        (spelled(option), option.help) for option in command.options
    ]
    if rows:
        yield from ("", "| | |", "| --- | --- |")
        yield from (f"| `{_cell(left)}` | {_cell(right)} |" for left, right in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def errors() -> str:
    """Write the page of all errors, by code."""
    for module in walk_packages(roost.__path__, "roost."):
        if not module.name.startswith(OUTSIDE):
            import_module(module.name)
    rows = sorted({(kind.code, kind.exit, _doc(kind)) for kind in _kinds(RoostError)})
    lines = ["# Errors", "", "Generated from the code: `python -m roost.cli.docs`.", ""]
    lines += [
        "With `--json` an error is one document, `roost.error/1`: `code` is one of these and stays what it is.",
        "",
    ]
    lines += ["| code | exit | means |", "| --- | --- | --- |"]
    lines += [f"| `{code}` | {status} | {_cell(doc)} |" for code, status, doc in rows]
    return "\n".join(lines) + "\n"


def _kinds(kind: type[RoostError]) -> Iterator[type[RoostError]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("roost."):
            yield below
            yield from _kinds(below)


def _doc(kind: type[RoostError]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")


def settings_page() -> str:
    """Write the page of all settings, from the class and the comments beside its fields."""
    lines = ["# Settings", "", "Generated from the code: `python -m roost.cli.docs`.", ""]
    lines += [
        "`roost.toml` lies in `$ROOST_HOME/config`, or in `~/.config/roost`. Each setting has a variable, which wins over the file;"
    ]
    lines += [
        "lists are separated by blanks there.",
        "",
        "| in `roost.toml` | variable | default | means |",
        "| --- | --- | --- | --- |",
    ]
    plain = settings.Settings()
    comments = _comments()
    for name in fields(settings.Settings):
        table, _, key = name.partition("_")
        shown = f"`[{table}]` `{key.replace('_', '-')}`" if key else f"`{table}`"
        lines.append(
            f"| {shown} | `ROOST_{name.upper()}` | {_default(getattr(plain, name))} | {_cell(comments.get(name, ''))} |"
        )
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    if value is None or value == ():
        return "none"
    return (
        f"`{str(value).lower()}`"
        if isinstance(value, bool)
        else f"`{value:g}`"
        if isinstance(value, float)
        else f"`{value}`"
    )


def _comments() -> dict[str, str]:
    """Read the comment beside each field of the settings."""
    source = inspect.getsource(settings.Settings)
    rows = source.splitlines()
    [kind] = ast.parse(source).body
    assert isinstance(kind, ast.ClassDef)
    found = {}
    for field in kind.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            found[field.target.id] = rows[(field.end_lineno or field.lineno) - 1].partition("  # ")[2]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
