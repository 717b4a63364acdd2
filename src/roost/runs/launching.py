"""Becoming the script: the process of `roost run` turns into the environment's Python and nothing stays behind."""

from __future__ import annotations

import os
import sys

from roost.errors import Exit, RoostError
from roost.records.becoming import become_stdin, restore_signals

from . import hooking
from .values import Launch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

    from roost.home import Home
    from roost.reporting import Reporter

    from .values import Prepared


class CannotStart(RoostError):
    """The environment's Python cannot be started with these words."""

    code = "cannot-start"
    exit = Exit.UNAVAILABLE


def launch(
    prepared: Prepared,
    arguments: Sequence[str],
    *,
    home: Home,
    given: str | None = None,
    flags: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Launch:
    """Decide the process that runs a script exactly as `python FILE ARGUMENT…` of its environment does.

    Args:
        arguments: the script's own.
        given: FILE as its user typed it; none: the script's path.
        flags: options of Python itself, such as `-u`.
        environ: the variables to start from; none: ours.
    """
    from roost.records.variables import isolated, looking_in

    from .programs import words

    behind, stdin = words(prepared.plan.script, given, home)
    variables, notes = isolated(os.environ if environ is None else environ, prepared.environment.path)
    notes += looking_in(prepared.plan.script.search, variables)
    variables.pop(hooking.NAME, None)  # of the run that we are a part of
    if prepared.run is not None:
        variables[hooking.NAME] = prepared.run
    argv = (os.fspath(prepared.environment.python), *flags, *behind, *arguments)
    return Launch(argv, variables, notes, stdin)


def execute(
    prepared: Prepared,
    arguments: Sequence[str],
    *,
    home: Home,
    report: Reporter,
    given: str | None = None,
    flags: Sequence[str] = (),
) -> NoReturn:
    """Become the script: same process, terminal, descriptors, working folder; never returns.

    Args:
        arguments, given, flags: as for `launch`.

    Raises:
        CannotStart: the system refuses to start the environment's Python.
    """
    from roost import environments

    start = launch(prepared, arguments, home=home, given=given, flags=flags)
    for note in start.notes:
        report.note(note)
    if start.stdin is not None:
        become_stdin(start.stdin)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    environments.started(home, prepared.environment)
    restore_signals()
    try:
        os.execve(start.argv[0], start.argv, start.environ)  # noqa: S606  # a shell is what we must not be
    except (OSError, ValueError) as error:
        raise cannot_start(start, error) from error


def cannot_start(start: Launch, error: OSError | ValueError) -> CannotStart:
    """Say why the system refused a launch."""
    import errno

    name = os.path.basename(os.path.dirname(os.path.dirname(start.argv[0])))  # noqa: PTH119, PTH120
    if isinstance(error, OSError) and error.errno == errno.E2BIG:
        return CannotStart(
            "the script's arguments and variables are larger than the system allows for a process",
            hints=("hand long input over in a file or on standard input",),
        )
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    hints = (f"have the environment made again: `roost env rm {name}`",) if isinstance(error, OSError) else ()
    return CannotStart(f"cannot start `{start.argv[0]}`", why=(said,), hints=hints)
