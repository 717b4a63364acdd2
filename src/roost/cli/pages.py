"""The help: one page for each command and one for all, written from the table."""

from __future__ import annotations

from roost.errors import Exit

from .options import usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .options import Command, Option
    from .show import Output

WIDTH = 100


def show(words: Sequence[str], output: Output, commands: Sequence[Command]) -> int:
    """Show the page of the command that words name, of a group of commands, or the overview."""
    from . import find

    group = [command for command in commands if words and command.name.startswith(f"{words[0]} ")]
    if not words:
        output.text(overview(commands))
    elif len(words) == 1 and group and all(command.name != words[0] for command in commands):
        output.text(overview(group))
    else:
        output.text(page(find(words)[0]))
    return Exit.OK


def overview(commands: Sequence[Command]) -> str:
    """List commands, one line each."""
    rows = [(f"roost {command.name}", command.summary) for command in commands]
    lines = ["roost runs any Python script in an environment of its own, made without being asked.", ""]
    lines += ["Usage: roost COMMAND [OPTIONS] …", "", "Commands:", *table(rows), ""]
    lines += ["`roost COMMAND --help` shows what a command takes; `roost --version` the version."]
    return "\n".join(lines)


def page(command: Command) -> str:
    """Write the page of one command."""
    lines = [f"{command.summary}.", "", f"Usage: {usage(command)}", ""]
    for paragraph in command.about:
        lines += [*wrapped(paragraph, 0), ""]
    words = [*command.positionals, *((command.rest,) if command.rest else ())]
    if words:
        lines += [*table([(word.metavar, word.help) for word in words]), ""]
    if command.options:
        lines += ["Options:", *table([(spelled(option), option.help) for option in command.options]), ""]
    if command.examples:
        lines += ["Examples:", *(f"  {example}" for example in command.examples), ""]
    return "\n".join(lines).rstrip()


def spelled(option: Option) -> str:
    """Write an option as it is given: `-q, --quiet`, `--mend env|auto|ask|model|off`."""
    names = ", ".join(option.names)
    value = "|".join(option.choices) or option.metavar
    return f"{names} {value}" if option.takes_value else names


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Set two columns: the left as wide as most entries need, the right wrapped."""
    width = min(max(len(left) for left, _ in rows), 26)
    lines: list[str] = []
    for left, right in rows:
        body = wrapped(right, width + 4)
        if len(left) > width:
            lines.append(f"  {left}")
            lines += body
        else:
            lines += [f"  {left:<{width}}  {body[0].strip()}", *body[1:]]
    return lines


def wrapped(text: str, indent: int) -> list[str]:
    """Break text into lines of the page's width."""
    import textwrap

    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent, break_on_hyphens=False
    )
