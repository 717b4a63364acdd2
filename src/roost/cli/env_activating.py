"""`roost env activate|shell`: working in an environment by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roost.errors import Exit, RoostError

from . import place
from .env_finding import any_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.environments import Environment
    from roost.home import Home

    from .options import Arguments
    from .show import Output

ACTIVATION = "_ROOST_ACTIVATION"  # what our start files of shells evaluate
BASH = f"""[ -f ~/.bashrc ] && . ~/.bashrc
eval "${ACTIVATION}"
unset {ACTIVATION}
"""
ZSHENV = """[ -f "${_ROOST_ZDOTDIR:-$HOME}/.zshenv" ] && . "${_ROOST_ZDOTDIR:-$HOME}/.zshenv"
true
"""
ZSHRC = f"""if [ -n "${{_ROOST_ZDOTDIR-}}" ]; then ZDOTDIR=$_ROOST_ZDOTDIR; else unset ZDOTDIR; fi
[ -f "${{ZDOTDIR:-$HOME}}/.zshrc" ] && . "${{ZDOTDIR:-$HOME}}/.zshrc"
eval "${ACTIVATION}"
unset {ACTIVATION} _ROOST_ZDOTDIR
"""


class CannotStartShell(RoostError):
    """The user's shell, which SHELL names, cannot be started."""

    code = "cannot-start-shell"
    exit = Exit.UNAVAILABLE


class BrokenEnvironment(RoostError):
    """The Python of an environment cannot start."""

    code = "broken-environment"
    exit = Exit.UNAVAILABLE


def activate(arguments: Arguments, output: Output) -> int:
    """Print what a shell must do to work in an environment."""
    from roost.environments import activation

    home, _ = place.find(output)
    found = _usable(home, arguments.words[0])
    shell = arguments.text("shell") or _shell_above() or "sh"
    line = activation.how(shell, f"roost env activate {_word(arguments.words[0])}")
    text = activation.text(found, shell)
    if output.json:
        document = {"environment": str(found.path), "shell": shell, "text": text, "how": line}
        output.document("roost.activation/1", document)
        return Exit.OK
    output.text(text)
    if sys.stdout.isatty():
        output.note(f"this is for the shell to do: `{line}`")
    return Exit.OK


def _usable(home: Home, text: str) -> Environment:
    """Find an environment in which one can work.

    Raises:
        NoSuchEnvironment: there is none, or several fit.
        BrokenEnvironment: its Python cannot start.
    """
    found, other = any_kind(home, text)
    broken = other.broken if other else None
    if other is None and not os.access(found.python, os.X_OK):
        broken = "its Python is gone"
    if broken:
        hint = "make it again with the tool that made it" if other else "the next run of a script builds it again"
        raise BrokenEnvironment(f"cannot work in `{found.name}`", why=(broken,), hints=(hint,))
    return found


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _shell_above() -> str | None:
    """Name the shell that called us: our parent, or the one that the user has."""
    from roost.environments.activation import SHELLS

    try:
        above = Path(f"/proc/{os.getppid()}/comm").read_text().strip()
    except OSError:
        above = ""
    names = {"pwsh": "powershell", "bsd-csh": "csh"}
    for name in (above, Path(os.environ.get("SHELL", "")).name):
        known = names.get(name, name)
        if known in SHELLS:
            return known
    return None


def shell(arguments: Arguments, output: Output) -> int:
    """Become the user's shell, in an environment."""
    from roost import environments

    home, _ = place.find(output)
    found = _usable(home, arguments.words[0])
    program = os.environ.get("SHELL") or "/bin/sh"
    words, variables = _started(program, found, home)
    if found.key:
        environments.mark(found)
    if sys.stdin is not None and sys.stdin.isatty():
        output.note(f"this shell works in `{found.name}`; `exit` leaves it")
    output.finish()
    try:
        os.execve(program, words, variables)  # noqa: S606  # a shell is what was asked for
    except OSError as error:
        raise CannotStartShell(
            f"cannot start the shell `{program}`", why=(error.strerror or str(error),), hints=("export SHELL=/bin/sh",)
        ) from error


def _started(program: str, found: Environment, home: Home) -> tuple[list[str], dict[str, str]]:
    """Decide how a shell starts: one at a terminal activates behind its own start files, which may change PATH."""
    from roost import home as homes
    from roost.environments import activation
    from roost.records.variables import isolated

    name = Path(program).name
    variables = isolated(os.environ, found.path)[0]
    if "VIRTUAL_ENV" not in activation.variables(found):
        del variables["VIRTUAL_ENV"]
    variables |= activation.variables(found)
    if name not in ("bash", "zsh", "fish") or sys.stdin is None or not sys.stdin.isatty():
        return [name], variables
    variables = dict(os.environ) | {ACTIVATION: activation.text(found, name)}
    if name == "fish":
        return [name, "-C", variables.pop(ACTIVATION)], variables
    folder = homes.ensure(home.cache / "shells")
    if name == "bash":
        homes.write(folder / "bashrc", BASH)
        return [name, "--rcfile", str(folder / "bashrc"), "-i"], variables
    homes.write(folder / ".zshenv", ZSHENV)
    homes.write(folder / ".zshrc", ZSHRC)
    return [name, "-i"], variables | {"ZDOTDIR": str(folder), "_ROOST_ZDOTDIR": os.environ.get("ZDOTDIR", "")}
