"""The installed `roost`, from everywhere it can be called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from roost.version import __version__
from tests import parts
from tests.launcher.conftest import Install

BIN = Path(sys.executable).parent
ANSWER = f"roost {__version__}\n"
LONG = "a-rather-long-name-for-a-folder/" * 5

shells = pytest.mark.parametrize(
    "shell",
    [["dash"], ["bash", "--posix"], ["busybox", "sh"], ["zsh", "--emulate", "sh"], ["mksh"]],
    ids=lambda shell: shell[0],
)


def version(command: list[str | Path], **options) -> str:
    return subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, **options).stdout


def refused(command: list[str | Path], **options) -> tuple[int, str]:
    ran = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False, **options)
    assert ran.stdout == ""
    return ran.returncode, ran.stderr


def test_the_command_is_sh_and_answers():
    assert (BIN / "roost").read_bytes().startswith(b"#!/bin/sh\n")
    assert version([BIN / "roost"]) == ANSWER


@shells
def test_every_posix_shell_reads_it(shell):
    assert version([parts.program(shell[0]), *shell[1:], BIN / "roost"]) == ANSWER


def test_the_command_works_through_links(tmp_path):
    (tmp_path / "first").symlink_to(BIN / "roost")
    (tmp_path / "b in").mkdir()
    (tmp_path / "b in" / "second").symlink_to("../first")
    (tmp_path / "-folder").symlink_to("b in")
    assert version([tmp_path / "b in" / "second"]) == ANSWER
    assert version(["sh", "--", "-folder/second"], cwd=tmp_path) == ANSWER


@pytest.mark.parametrize("path", [".", "", str(BIN)], ids=["relative", "empty", "absolute"])
def test_the_command_is_found_on_a_path(path):
    assert version(["/bin/sh", "-c", 'exec roost "$@"', "sh"], cwd=BIN, env={"PATH": path}) == ANSWER


def test_no_program_is_called_where_the_command_is_no_link(tmp_path):
    assert version([BIN / "roost"], env={"PATH": str(tmp_path)}) == ANSWER


NAMES = {"plain": "plain", "blanks": "with blanks", "quotes": 'it\'s "quoted"', "unicode": "ünï", "long": LONG}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("installer", "name"),
    [("uv", name) for name in NAMES] + [("pip", "blanks")],
)
def test_the_python_is_found_wherever_the_environment_lies(installer, name, install: Install, tmp_path):
    command = install(installer, tmp_path / NAMES[name])
    assert command.read_bytes().startswith(b"#!/bin/sh\n")
    assert version([command]) == ANSWER
    assert version(["./roost"], cwd=command.parent) == ANSWER


@shells
@pytest.mark.parametrize("name", ["with blanks", LONG], ids=["blanks", "long"])
def test_every_posix_shell_finds_the_python(shell, name, install: Install, tmp_path):
    command = install("uv", tmp_path / name)
    assert version([parts.program(shell[0]), *shell[1:], command]) == ANSWER


def test_the_arguments_arrive_as_they_are(install: Install, tmp_path):
    command = install("uv", tmp_path / "env")
    module = next((tmp_path / "env").glob("lib/*/site-packages/roost/__main__.py"))
    module.unlink()  # it is a link into uv's cache
    module.write_text("import sys\ndef main(): print(sys.argv[1:], sys.flags.isolated)\n")
    given = ["run", "", "a b", "*", "-x", "--", "$HOME", "new\nline", "ü", "\\n", "'"]
    ran = subprocess.run([command, *given], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout == f"{given} 1\n"


def test_the_environment_of_the_caller_does_not_reach_in(tmp_path):
    (tmp_path / "roost.py").write_text("raise SystemExit('not me')")
    shutil.copy(tmp_path / "roost.py", tmp_path / "site.py")
    hostile = {"PYTHONPATH": str(tmp_path), "PYTHONHOME": str(tmp_path), "PYTHONSTARTUP": "x", "ENV": str(tmp_path / "site.py"), "IFS": "o/", "CDPATH": "/"}  # fmt: skip
    assert version([BIN / "roost"], cwd=tmp_path, env=os.environ | hostile) == ANSWER


def test_a_python_that_is_gone_is_named(install: Install, tmp_path):
    command = install("uv", tmp_path / "env")
    python = tmp_path / "env/bin/python"
    python.unlink()
    assert refused([command]) == (
        69,
        f"error: roost's own Python `{python}` is gone or out of reach: install roost again\n",
    )


def test_a_half_removed_installation_is_named(install: Install, tmp_path):
    command = install("uv", tmp_path / "env")
    beside = tmp_path / "env/bin/roost-python"
    beside.unlink()
    beside.write_text("")
    assert refused([command]) == (70, f"error: `{beside}` does not name roost's Python: install roost again\n")
    beside.unlink()
    assert refused([command]) == (70, f"error: `roost-python` is missing beside `{command}`: install roost again\n")


@pytest.mark.parametrize("lib", ["lib/{0}/site-packages", "local/lib/{0}/dist-packages", "lib/python3/dist-packages"])
def test_a_prefix_that_python_does_not_search_is_searched(lib, wheel, tmp_path):
    """As pip's --prefix and --user lay it out: the command knows a Python that does not find the package by itself."""
    packages = tmp_path / "prefix" / lib.format(f"python{sys.version_info.major}.{sys.version_info.minor}")
    command = installed_below(packages, wheel, tmp_path / "prefix/bin")
    assert version([command]) == ANSWER
    assert version(["prefix/bin/roost"], cwd=tmp_path) == ANSWER
    shutil.rmtree(packages / "roost")
    status, said = refused([command])
    assert (status, said) == (70, f"error: `roost` is missing below `{tmp_path / 'prefix'}`: install roost again\n")


def installed_below(packages: Path, wheel: Path, scripts: Path) -> Path:
    shutil.unpack_archive(wheel, packages, "zip")
    scripts.mkdir(parents=True)
    command = Path(shutil.copy(next(packages.glob("*.data/scripts/roost")), scripts))
    base = Path(sys._base_executable).resolve()
    (scripts / "roost-python").write_text(f"#!{base}\n")
    command.chmod(0o755)
    return command
