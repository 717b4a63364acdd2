"""Whatever ended a command, as a message and an exit status."""

from __future__ import annotations

import os
import sys

from roost.errors import Exit, RoostError

from .show import Output, paint, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = "roost.error/1"


def answer(error: BaseException, output: Output) -> int:
    """Show what ended a command; returns the exit status."""
    output.finish()
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return _reader_gone()
    if not isinstance(error, RoostError):
        error = unexpected(error)
    error.hints = tuple(map(output.named, error.hints))
    if output.json:
        output.document(SCHEMA, document(error))
    else:
        output.say(describe(error, colour=output.colour, clean=output.clean))
    return error.exit


def describe(error: RoostError, *, colour: bool = False, clean: Callable[[str], str] = plain) -> str:
    """Write an error for people: what, why from near to far, hints.

    Args:
        clean: takes control characters out.
    """
    lines = [f"{paint('error:', 'red', colour=colour)} {clean(error.what)}"]
    lines += [f"  because {_indented(clean(why))}" for why in error.why]
    lines += [f"{paint('hint:', 'cyan', colour=colour)} {clean(hint)}" for hint in error.hints]
    return "\n".join(lines)


def _indented(text: str) -> str:
    return text.rstrip("\n").replace("\n", "\n    ")


def document(error: RoostError) -> dict[str, object]:
    """Give an error for programs, as `roost.error/1` without its schema."""
    return {
        "from": "roost",
        "code": error.code,
        "exit": int(error.exit),
        **({"stage": stage} if (stage := getattr(error, "stage", None)) else {}),
        "what": error.what,
        "why": list(error.why),
        "hints": list(error.hints),
    }


class Bug(RoostError):
    """Something that roost did not foresee: a bug in roost."""

    code = "bug"
    exit = Exit.BUG


def unexpected(error: BaseException) -> RoostError:
    """Turn what nobody foresaw into one line that says where the rest stands."""
    if isinstance(error, MemoryError):
        return Bug("roost ran out of memory")
    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    log = _log(error)
    if log is None:
        import traceback

        return Bug("roost did not foresee this", why=("".join(traceback.format_exception(error)),))
    return Bug(f"roost did not foresee this: {what}", hints=(f"the whole story is in `{log}`; please report it",))


def _log(error: BaseException) -> Path | None:
    """Write the traceback to a file of its own; None where that fails as well."""
    import platform
    import time
    import traceback

    from roost import home
    from roost.version import __version__

    try:
        folder = home.ensure(home.locate().logs)
        path = folder / f"bug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        head = f"roost {__version__}, Python {platform.python_version()}, {platform.platform()}\nargv: {sys.argv[1:]!r}\n\n"
        home.write(path, head + "".join(traceback.format_exception(error)))
    except (OSError, RoostError):
        return None
    return path


def _reader_gone() -> int:
    """Be quiet: whoever read our output has enough. Python's own flush at exit must be quiet too."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    return 128 + 13  # as a program that SIGPIPE ended
