"""Arguments in, one call into a room below, a view out."""

from __future__ import annotations

from roost.errors import Exit, UsageError

from .options import Arguments, Command, nearest, parse
from .table import SCRIPTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roost.runs.again import Again

    from .show import Output

    Handler = Callable[[Arguments, Output], int]

ASKING = ("-h", "--help")


def main(argv: Sequence[str], already: Again | None = None) -> int:
    """Run one command line to its exit status; never raises.

    Args:
        argv: what follows the program's name.
        already: it is a run that started from memory, and has ended.
    """
    from .show import Output

    output = Output(json="--json" in argv and argv[0] != "run", quiet=False, verbosity=0)  # as far as can be known yet
    try:
        if already is not None:
            from .run import again

            return again(already, output)
        return _main(argv, output)
    except BaseException as error:  # noqa: BLE001  # the last door: everything becomes a message and a status here
        from .errors import answer

        return answer(error, output)
    finally:
        output.finish()


def _main(argv: Sequence[str], output: Output) -> int:
    if not argv or argv[0] in (*ASKING, "help") or (len(argv) > 1 and argv[1] in ASKING):
        from . import pages

        words = argv[1:] if argv[:1] == ["help"] else argv
        return pages.show([word for word in words[:2] if word not in ASKING], output, commands())
    command, rest = find(argv)
    arguments = parse(command, rest)
    if arguments.has("help"):
        from . import pages

        output.text(pages.page(command))
        return Exit.OK
    output.configure(json=arguments.has("json"), quiet=arguments.has("quiet"), verbosity=arguments.count("verbose"))
    return handler(command)(arguments, output)


def find(argv: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """Return the command that argv begins with, and what follows its name.

    Raises:
        UsageError: there is no such command.
    """
    for some in (lambda: SCRIPTS, commands):  # what a run needs, first
        for length in (3, 2, 1):
            name = " ".join(argv[:length])
            for command in some():
                if command.name == name:
                    return command, argv[length:]
    raise _no_such(argv)


def commands() -> tuple[Command, ...]:
    """Give every command, in the order in which they are shown."""
    from .table_choices import CHOICES
    from .table_env import ENVIRONMENTS
    from .table_packages import PACKAGES
    from .table_sandbox import SANDBOXES
    from .table_travel import TRAVEL

    return (*SCRIPTS, *ENVIRONMENTS, *TRAVEL, *SANDBOXES, *PACKAGES, *CHOICES)


def _no_such(argv: Sequence[str]) -> UsageError:
    word = argv[0]
    every = commands()
    group = [command.name for command in every if command.name.startswith(f"{word} ")]
    if group:
        close = nearest(argv[1], [name.split()[1] for name in group]) if len(argv) > 1 else None
        hint = (
            f"did you mean `roost {word} {close}`?"
            if close
            else "there are: " + ", ".join(f"`roost {name}`" for name in group)
        )
        what = f"`roost {word}` has no command `{argv[1]}`" if len(argv) > 1 else f"`roost {word}` needs a command"
        return UsageError(what, hints=(hint,))
    from pathlib import Path

    if word.startswith("-") and word != "-":
        return UsageError(
            f"`roost` itself has no option `{word}`", hints=("options stand behind the command: `roost run --help`",)
        )
    if word == "-" or Path(word).suffix in (".py", ".pyw", ".ipynb", ".md", ".pyz") or Path(word).exists():
        return UsageError(f"`{word}` is no command of roost", hints=(f"to run it: `roost run {word}`",))
    close = nearest(word, dict.fromkeys(command.name.split()[0] for command in every))
    hints = (f"did you mean `roost {close}`?",) if close else ()
    return UsageError(f"`{word}` is no command of roost", hints=(*hints, "`roost --help` lists the commands"))


def handler(command: Command) -> Handler:
    """Import the function that does a command's work."""
    from importlib import import_module

    module, _, name = command.handler.partition(":")
    found: Handler = getattr(import_module(module), name)
    return found


__all__ = ["commands", "find", "handler", "main"]
