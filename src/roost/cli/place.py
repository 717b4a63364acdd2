"""What every command that calls a room needs first: the home, the settings, what was asked for."""

from __future__ import annotations

import os

from roost import home as homes
from roost import settings as settings_module
from roost.errors import Exit, RoostError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from roost.distributions import Options, Plan
    from roost.home import Home
    from roost.scripts import Interpreter, Script
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class NoWorkingFolder(RoostError):
    """The working folder has been removed."""

    code = "no-working-folder"
    exit = Exit.NO_INPUT


def find(output: Output) -> tuple[Home, Settings]:
    """Find the home and read the settings; says when the home is not the usual one."""
    home = homes.locate()
    if home.note:
        output.note(home.note)
    return home, settings_module.load(home.settings_file, os.environ)


def options(arguments: Arguments, settings: Settings) -> Options:
    """Collect what the command line asks of `distributions`."""
    from roost.distributions import Options

    return Options(
        extra=arguments.texts("with"),
        python=arguments.text("python"),
        allow=tuple(canonical(name) for name in arguments.texts("allow")),
        declared_only=arguments.has("declared-only"),
        upgrade=arguments.has("upgrade"),
        offline=arguments.has("offline") or settings.offline,
        unread=arguments.has("untrusted"),
    )


def canonical(name: str) -> str:
    """Give a distribution's name in its one form (PEP 503)."""
    import re

    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: str, home: Home, output: Output) -> Script:
    """Read the script that a command line names; `-` is standard input. From now on messages name it."""
    from pathlib import Path

    from roost import scripts

    output.about(file)
    if file == "-":
        return standard_input(home)
    if not file.startswith("/"):
        folder()  # where it is gone, no name below it means anything
    return scripts.read(Path(file), interpreters=pythons(home))


def standard_input(home: Home) -> Script:
    """Read a program from standard input to its end."""
    import sys

    from roost import scripts

    data = sys.stdin.buffer.read() if sys.stdin else b""
    return scripts.read_text(data, name="<stdin>", form="stdin", folder=folder(), interpreters=pythons(home))


def named(plan: Plan, output: Output) -> Plan:
    """Put the script's name, as it was typed, into the hints of a plan."""
    open_ones = [one.replace(hint=output.named(one.hint)) if one.hint else one for one in plan.unresolved]
    return plan.replace(unresolved=tuple(open_ones))


def with_additions(plan: Plan, home: Home) -> Plan:
    """Show as well what the script's runs have found missing, and start with from then on."""
    from posixpath import isdir

    if not isdir(home.additions):
        return plan
    from roost.records import additions

    there = {one.name for one in plan.requirements}
    added = [one for one in additions.known(home, plan.script) if one.name not in there]
    return plan.replace(requirements=(*plan.requirements, *added))


def pythons(home: Home) -> Callable[[], Sequence[Interpreter]]:
    """Return what finds this machine's Pythons when somebody asks: reading does so only for syntax it cannot parse."""

    def installed() -> Sequence[Interpreter]:
        from roost.scripts import pythons

        return pythons.installed(home, os.environ)

    return installed


def folder() -> Path:
    """Return the working folder.

    Raises:
        NoWorkingFolder: it has been removed under us.
    """
    from pathlib import Path

    try:
        return Path.cwd()
    except OSError as error:
        raise NoWorkingFolder(
            "the working folder is gone", why=(error.strerror or str(error),), hints=("go to one that exists: `cd ~`",)
        ) from error
