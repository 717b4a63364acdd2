"""What a shell must do to work in an environment, and to leave it again: text for `eval`, never a file.

The variables are those of `venv`'s own scripts, so that one kind of activation can be followed by the other.
"""

from __future__ import annotations

import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .values import Environment

SH = ("sh", "bash", "zsh", "dash", "ksh")
SHELLS = (*SH, "fish", "csh", "tcsh", "powershell")
HOW = {
    "fish": "{command} --shell fish | source",
    "csh": 'eval "`{command} --shell csh`"',
    "tcsh": 'eval "`{command} --shell tcsh`"',
    "powershell": "{command} --shell powershell | Out-String | Invoke-Expression",
}


def how(shell: str, command: str) -> str:
    """Give the line that has an activation done in a shell."""
    return HOW.get(shell, 'eval "$({command})"').format(command=command)


def text(environment: Environment, shell: str) -> str:
    """Give the commands of a shell, with a `deactivate` that takes them back.

    A conda environment gets conda's variables, and what its packages have in `etc/conda/activate.d` is sourced.

    Args:
        shell: one of SHELLS.
    """
    return {"fish": _fish, "csh": _csh, "tcsh": _csh, "powershell": _powershell}.get(shell, _sh)(environment)


def variables(environment: Environment) -> dict[str, str]:
    """Give what an activated environment is known by: PEP 405's users look for VIRTUAL_ENV, conda's for its own."""
    path, name = str(environment.path), environment.name
    if (environment.path / "conda-meta").is_dir():
        return {"CONDA_PREFIX": path, "CONDA_DEFAULT_ENV": name}
    return {"VIRTUAL_ENV": path, "VIRTUAL_ENV_PROMPT": name}


def _sourced(environment: Environment, when: str, suffix: str) -> list[Path]:
    return sorted((environment.path / "etc/conda" / f"{when}.d").glob(f"*{suffix}"))


def _sh(environment: Environment) -> str:
    quote = shlex.quote
    named = variables(environment)
    lines = [
        'if [ -n "${_OLD_VIRTUAL_PATH-}" ] && command -v deactivate >/dev/null 2>&1; then deactivate; fi',
        "_OLD_VIRTUAL_PATH=$PATH",
        'if [ -n "${PYTHONHOME-}" ]; then _OLD_VIRTUAL_PYTHONHOME=$PYTHONHOME; unset PYTHONHOME; fi',
        'if [ -n "${PS1-}" ] && [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then',
        f'    _OLD_VIRTUAL_PS1=$PS1; PS1={quote(f"({environment.name}) ")}"$PS1"',
        "fi",
        *(f"export {name}={quote(value)}" for name, value in named.items()),
        f'export PATH={quote(str(environment.path / "bin"))}:"$PATH"',
        *(f". {quote(str(file))}" for file in _sourced(environment, "activate", ".sh")),
        "deactivate() {",
        *(f"    . {quote(str(file))}" for file in reversed(_sourced(environment, "deactivate", ".sh"))),
        "    PATH=$_OLD_VIRTUAL_PATH; export PATH",
        '    if [ -n "${_OLD_VIRTUAL_PYTHONHOME-}" ]; then export PYTHONHOME="$_OLD_VIRTUAL_PYTHONHOME"; fi',
        '    if [ -n "${_OLD_VIRTUAL_PS1+set}" ]; then PS1=$_OLD_VIRTUAL_PS1; fi',
        f"    unset {' '.join(named)} _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PS1",
        "    unset -f deactivate",
        "    hash -r 2>/dev/null || true",
        "}",
        "hash -r 2>/dev/null || true",
    ]
    return "\n".join(lines) + "\n"


def _fish(environment: Environment) -> str:
    def quote(value: object) -> str:
        return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"

    named = variables(environment)
    lines = [
        "set -q _OLD_VIRTUAL_PATH; and functions -q deactivate; and deactivate",
        "set -gx _OLD_VIRTUAL_PATH $PATH",
        "set -q PYTHONHOME; and set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME; and set -e PYTHONHOME",
        *(f"set -gx {name} {quote(value)}" for name, value in named.items()),
        f"set -gx PATH {quote(environment.path / 'bin')} $PATH",
        "if functions -q fish_prompt; and not set -q VIRTUAL_ENV_DISABLE_PROMPT",
        "    functions -c fish_prompt _old_fish_prompt",
        "    function fish_prompt",
        f"        printf '(%s) ' {quote(environment.name)}",
        "        _old_fish_prompt",
        "    end",
        "end",
        *(f"source {quote(file)}" for file in _sourced(environment, "activate", ".fish")),
        "function deactivate",
        *(f"    source {quote(file)}" for file in reversed(_sourced(environment, "deactivate", ".fish"))),
        "    set -gx PATH $_OLD_VIRTUAL_PATH",
        "    set -q _OLD_VIRTUAL_PYTHONHOME; and set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME",
        "    if functions -q _old_fish_prompt",
        "        functions -e fish_prompt",
        "        functions -c _old_fish_prompt fish_prompt",
        "        functions -e _old_fish_prompt",
        "    end",
        f"    for name in {' '.join(named)} _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME",
        "        set -e $name",
        "    end",
        "    functions -e deactivate",
        "end",
    ]
    return "\n".join(lines) + "\n"


def _csh(environment: Environment) -> str:
    """Write one line, because backquotes make one of several; the prompt stays as it is."""

    def quote(value: object) -> str:
        return "'" + str(value).replace("'", "'\\''").replace("!", "\\!") + "'"

    named = variables(environment)
    left = ["setenv PATH $_OLD_VIRTUAL_PATH:q", "rehash"]
    left += [f"unsetenv {name}" for name in (*named, "_OLD_VIRTUAL_PATH")]
    steps = [
        "setenv _OLD_VIRTUAL_PATH $PATH:q",
        "unsetenv PYTHONHOME",
        *(f"setenv {name} {quote(value)}" for name, value in named.items()),
        f"setenv PATH {quote(environment.path / 'bin')}:$PATH:q",
        *(f"source {quote(file)}" for file in _sourced(environment, "activate", ".csh")),
        "rehash",
        f"alias deactivate '{'; '.join([*left, 'unalias deactivate'])}'",
    ]
    return "; ".join(steps) + "\n"


def _powershell(environment: Environment) -> str:
    def quote(value: object) -> str:
        return "'" + str(value).replace("'", "''") + "'"

    named: Mapping[str, str] = variables(environment)
    gone = ", ".join(f"Env:{name}" for name in (*named, "_OLD_VIRTUAL_PATH"))
    lines = [
        "if ($env:_OLD_VIRTUAL_PATH -and (Test-Path Function:deactivate)) { deactivate }",
        "$env:_OLD_VIRTUAL_PATH = $env:PATH",
        "if (Test-Path Env:PYTHONHOME) { Remove-Item Env:PYTHONHOME }",
        *(f"$env:{name} = {quote(value)}" for name, value in named.items()),
        f"$env:PATH = {quote(environment.path / 'bin')} + [IO.Path]::PathSeparator + $env:PATH",
        *(f". {quote(file)}" for file in _sourced(environment, "activate", ".ps1")),
        "function global:deactivate {",
        "    $env:PATH = $env:_OLD_VIRTUAL_PATH",
        f"    Remove-Item {gone} -ErrorAction SilentlyContinue",
        "    Remove-Item Function:deactivate",
        "}",
    ]
    return "\n".join(lines) + "\n"
