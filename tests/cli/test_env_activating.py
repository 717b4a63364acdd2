"""Shells really work in an environment, and leave it as it was before."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from roost.environments import Environment, activation
from tests import parts
from tests.environments.test_foreign import make_conda, make_venv
from tests.runs.test_terminal import Terminal

pytestmark = pytest.mark.thorough

SAY = "python -c 'import sys; print(sys.prefix)'"


@pytest.fixture
def odd(tmp_path) -> Path:
    """A virtual environment with a name that every shell must quote."""
    return make_venv(tmp_path / "it's $HOME \\ (old)!")


@pytest.mark.covers("C8")
@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "dash", "ksh", "fish", "tcsh"])
def test_each_shell_activates_and_deactivates(shell, roost, odd, tmp_path):
    program = parts.program(shell)
    command = f"{roost.command} env activate --shell {shell} {shlex.quote(str(odd)) if shell != 'tcsh' else '.'}"
    if shell == "fish":
        command = f"{roost.command} env activate --shell fish ."
    done = {
        "fish": f"{command} | source",
        "tcsh": f'eval "`{command}`"',
    }.get(shell, f'eval "$({command})"')
    said = {"fish": "echo $VIRTUAL_ENV", "tcsh": "echo $VIRTUAL_ENV:q"}.get(shell, 'echo "$VIRTUAL_ENV"')
    gone = {"fish": "set -q VIRTUAL_ENV; or echo gone", "tcsh": "if ( ! $?VIRTUAL_ENV ) echo gone"}.get(
        shell, 'echo "${VIRTUAL_ENV-gone}"'
    )
    path = {"fish": "string join : $PATH", "tcsh": "echo $PATH:q"}.get(shell, 'echo "$PATH"')
    text = f"{path}\n{done}\n{said}\n{SAY}\ndeactivate\n{gone}\n{path}\n"
    options = {"tcsh": ["-f"], "fish": ["--no-config"], "zsh": ["-f"]}.get(shell, [])
    ran = subprocess.run(
        [program, *options],
        input=text,
        env=roost.environ,
        cwd=odd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    before, *inside, left, after = ran.stdout.splitlines()
    assert inside == [str(odd), str(odd)], ran.stderr
    assert (left, after) == ("gone", before)
    assert "roost" not in ran.stderr


@pytest.mark.covers("C8")
def test_conda_gets_its_own_variables_and_its_packages_scripts(roost, tmp_path):
    path = make_conda(tmp_path / "science")
    for when in ("activate", "deactivate"):
        folder = path / "etc/conda" / f"{when}.d"
        folder.mkdir(parents=True)
        (folder / "gdal.sh").write_text(f"echo {when}d\n")
    text = f'eval "$({roost.command} env activate {path})"; echo $CONDA_PREFIX $CONDA_DEFAULT_ENV; deactivate; echo ${{CONDA_PREFIX-gone}}'
    ran = subprocess.run(
        ["bash", "-c", text], env=roost.environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.splitlines() == ["activated", f"{path} science", "deactivated", "gone"]


@pytest.mark.covers("C8")
def test_environments_of_roost_are_activated_by_name_and_by_script(roost, index, script):
    index.add("soup", "2.0")
    path = script("import soup\n")
    assert roost("run", path).status == 0
    [one] = roost("env", "list", "--json").data["environments"]
    for word in (path, "soup"):
        text = f'eval "$({roost.command} env activate {word})"; {SAY}; python -c "import soup"'
        ran = subprocess.run(
            ["bash", "-c", text], env=roost.environ, capture_output=True, text=True, timeout=60, check=True
        )
        assert ran.stdout == f"{one['path']}\n"
    said = roost("env", "activate", "soup", "--shell", "fish", "--json").data
    assert said["how"] == "roost env activate soup --shell fish | source"
    assert roost("env", "activate", "nowhere").status == 66


@pytest.mark.covers("C8")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "dash"])
def test_a_shell_is_started_in_an_environment(shell, roost, odd, environ, tmp_path):
    program = parts.program(shell)
    for name, line in ((".bashrc", "PATH=/first:$PATH"), (".zshrc", "PATH=/first:$PATH")):
        Path(environ["HOME"], name).write_text(f"{line}\nMINE=mine\n")
    known = roost.environ | {"SHELL": program, "MINE": "mine"}
    terminal = Terminal([str(roost.command), "env", "shell", str(odd)], known, odd)
    try:
        terminal.type(f"{SAY}; echo $MINE $0 in\n")
        terminal.until(r"\(old\)!\r?\n.*mine .*in\r?\n")
        terminal.type("exit\n")
        assert terminal.process.wait(30) == 0
    finally:
        terminal.process.kill()
        terminal.process.wait()


def test_what_is_piped_into_a_shell_runs_in_the_environment(roost, odd):
    ran = roost("env", "shell", odd, stdin=f"{SAY}\nexit 3\n", SHELL="/bin/sh")
    assert (ran.status, ran.output) == (3, f"{odd}\n")
    gone = roost("env", "shell", odd, SHELL="/nowhere/sh")
    assert gone.status == 69
    assert "cannot start the shell `/nowhere/sh`" in gone.errors


def test_a_broken_environment_is_refused_with_the_reason(roost, odd):
    (odd / "bin" / "python").unlink()
    for command in ("activate", "shell"):
        done = roost("env", command, odd)
        assert (done.status, done.output) == (69, "")
        assert "it has no `bin/python`" in done.errors


def test_powershell_gets_its_own_words(tmp_path):
    one = Environment(Path("/e/it's"), "", Path("/e/it's/bin/python"), "3.12.1", (), 0.0)
    assert activation.text(one, "powershell") == snapshot("""\
if ($env:_OLD_VIRTUAL_PATH -and (Test-Path Function:deactivate)) { deactivate }
$env:_OLD_VIRTUAL_PATH = $env:PATH
if (Test-Path Env:PYTHONHOME) { Remove-Item Env:PYTHONHOME }
$env:VIRTUAL_ENV = '/e/it''s'
$env:VIRTUAL_ENV_PROMPT = 'it''s'
$env:PATH = '/e/it''s/bin' + [IO.Path]::PathSeparator + $env:PATH
function global:deactivate {
    $env:PATH = $env:_OLD_VIRTUAL_PATH
    Remove-Item Env:VIRTUAL_ENV, Env:VIRTUAL_ENV_PROMPT, Env:_OLD_VIRTUAL_PATH -ErrorAction SilentlyContinue
    Remove-Item Function:deactivate
}
""")
