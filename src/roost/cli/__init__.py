"""Arguments in, one call into a room below, a view out."""

from __future__ import annotations

from roost.errors import Exit, UsageError

from .options import Arguments, Command, Option, Positional, nearest, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .show import Output

    Handler = Callable[[Arguments, Output], int]

HELP = Option(("-h", "--help"), "show this page")
QUIET = Option(("-q", "--quiet"), "show results and errors only")
VERBOSE = Option(("-v", "--verbose"), "show each step tried; twice: also the programs called and their times", "count")
JSON = Option(("--json",), "write one JSON document on standard output")
SHOWING = (QUIET, VERBOSE, HELP)

PYTHON = Option(("--python",), "the Python to use: `3.12`, `>=3.11`, or the path of one", "value", "PYTHON")
WITH = Option(("--with",), "one more requirement, for this time; may stand several times", "repeat", "REQUIREMENT")
OFFLINE = Option(("--offline",), "never ask an index: only what is remembered and already downloaded")
UPGRADE = Option(("--upgrade",), "ask the index again, whatever is remembered")
DECLARED_ONLY = Option(("--declared-only",), "install nothing that nobody declared")
ALLOW = Option(("--allow",), "trust an inferred distribution, for this time; may stand several times", "repeat", "NAME")
DECIDING = (PYTHON, WITH, OFFLINE, UPGRADE, DECLARED_ONLY, ALLOW)

MEND_MODES = ("env", "auto", "ask", "model", "off")

FILE = Positional(
    "FILE", "a script, notebook, Markdown file, zipapp, or folder with `__main__.py`; `-` is standard input"
)
SCRIPT = Positional("FILE", "a Python script")
ENVIRONMENT = Positional(
    "ENVIRONMENT", "its name, the beginning of its name or key, or the path of a script that ran in it"
)

COMMANDS = (
    Command(
        "run",
        "Run a script in an environment made for it",
        "roost.cli.run:run",
        (
            *DECIDING,
            Option(("-m",), "run a module, as `python -m` does", "value", "MODULE", last=True),
            Option(("-c",), "run a program given as text, as `python -c` does", "value", "TEXT", last=True),
            Option(
                ("--report",),
                "write what was decided and what came of it, as one JSON document, to a file or a descriptor",
                "value",
                "FILE|fd:N",
            ),
            Option(
                ("--mend",),
                "what may be mended while a script runs; accepted, but until that is built each mode acts as `off`",
                "value",
                "MODE",
                MEND_MODES,
            ),
            Option(("--no-mend",), "the same as `--mend off`", stands_for=("mend", "off")),
            *SHOWING,
        ),
        (FILE,),
        Positional("ARGUMENT", "handed to the script as it stands"),
        (
            "Options of roost stand before FILE; what follows it is the script's. One `--` directly after FILE is dropped.",
            "The exit status is the script's own when it ran.",
        ),
        (
            "roost run chart.py --year 2024",
            "roost run --python 3.12 --with 'pandas<3' report.py",
            "roost run -m http.server",
        ),
    ),
    Command(
        "check",
        "Say what a script would install and why, and whether it can run",
        "roost.cli.check:check",
        (
            JSON,
            Option(("--no-build",), "decide only; otherwise the environment is built and the imports are tried in it"),
            Option(("--strict",), "exit with 69 when an import stays unanswered or the environment cannot be built"),
            *DECIDING,
            *SHOWING,
        ),
        (FILE,),
        about=("Nothing of the script is executed. Exits with 0 whenever there is an answer, a bad one too.",),
        examples=("roost check chart.py", "roost check --no-build --json chart.py"),
    ),
)


def main(argv: Sequence[str]) -> int:
    """Run one command line to its exit status; never raises.

    Args:
        argv: what follows the program's name.
    """
    from .show import Output

    output = Output(json="--json" in argv, quiet=False, verbosity=0)
    try:
        return _main(argv, output)
    except BaseException as error:  # noqa: BLE001  # the last door: everything becomes a message and a status here
        from .errors import answer

        return answer(error, output)
    finally:
        output.finish()


def _main(argv: Sequence[str], output: Output) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        from . import pages

        return pages.show(argv[1:], output, COMMANDS)
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
    for length in (2, 1):
        name = " ".join(argv[:length])
        for command in COMMANDS:
            if command.name == name:
                return command, argv[length:]
    raise _no_such(argv)


def _no_such(argv: Sequence[str]) -> UsageError:
    word = argv[0]
    group = [command.name for command in COMMANDS if command.name.startswith(f"{word} ")]
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
    close = nearest(word, dict.fromkeys(command.name.split()[0] for command in COMMANDS))
    hints = (f"did you mean `roost {close}`?",) if close else ()
    return UsageError(f"`{word}` is no command of roost", hints=(*hints, "`roost --help` lists the commands"))


def handler(command: Command) -> Handler:
    """Import the function that does a command's work."""
    from importlib import import_module

    module, _, name = command.handler.partition(":")
    found: Handler = getattr(import_module(module), name)
    return found


__all__ = ["COMMANDS", "find", "handler", "main"]
