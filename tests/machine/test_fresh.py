"""A machine that has never seen roost: the README's commands, copied as they stand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import parts
from tests.launcher.checkouts import CHECKOUT
from tests.machine.conftest import New
from tests.machine.debian import network

pytestmark = pytest.mark.machine

USER = 1000
ENVIRON = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
COMMANDS = [
    line.removeprefix("$ ").strip()
    for line in (CHECKOUT / "README.md").read_text("utf-8").splitlines()
    if line.startswith("$ ./roost")
]  # fmt: skip
FIRST = COMMANDS[0]


def test_the_readme_has_a_command_to_copy():
    assert FIRST.startswith("./roost run examples/")


@pytest.mark.parametrize(
    ("kind", "uid"), [("python3", 0), ("python3", USER), ("python3-venv", USER)], ids=["root", "somebody", "venv"]
)
def test_the_first_command_works_with_debians_python_alone(kind, uid, new_machine: New):
    machine = new_machine(kind)
    machine.give("/home/user", uid)
    environ = ENVIRON | network() | {"HOME": "/home/user"}
    ran = machine.run(FIRST, uid=uid, cwd="/home/user/roost", environ=environ)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert ran.stderr.startswith("roost: making .venv with Python 3.11.2 (/usr/bin/python3.11)\nroost: ")
    again = machine.run(f"{FIRST} && .venv/bin/roost --version", uid=uid, cwd="/home/user/roost", environ=environ)
    assert again.returncode == 0, again.stderr
    assert "roost:" not in again.stderr


def test_the_first_command_works_with_pyenvs_python_alone(new_machine: New):
    """At the path where pyenv has built it: a Python with a shared library finds that by its path."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    built = sorted(root.glob("versions/3.1[1-9]*")) or [Path(parts.missing("pyenv has no Python 3.11 or newer"))]
    machine = new_machine("no python", {built[-1]: str(built[-1])})
    environ = (
        ENVIRON | network() | {"HOME": str(root.parent) if root.name == ".pyenv" else "/root", "PYENV_ROOT": str(root)}
    )
    if root.name == ".pyenv":
        del environ["PYENV_ROOT"]
    ran = machine.run(FIRST, cwd="/home/user/roost", environ=environ)
    assert ran.returncode == 0, ran.stderr
    assert f"making .venv with Python {built[-1].name} ({built[-1]}/bin/python3" in ran.stderr


def test_the_second_command_sets_up_what_its_checks_need(new_machine: New):
    """All of `./test` takes too long here: its quick set, down to one test, after every step of the set-up and the lint."""
    machine = new_machine("python3")
    ran = machine.run(
        "./test quick tests/launcher/test_command.py -k 'sh_and_answers or posix_shell_reads'", cwd="/home/user/roost",
        environ=ENVIRON | network() | {"HOME": "/home/user", "CI": "true"},
    )  # fmt: skip
    assert "6 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "skipped" not in ran.stdout
    assert not {"!! set up .venv", "!! programs that tests use", "!! pytest"} & {
        line.split(" ended")[0] for line in ran.stdout.splitlines()
    }
    assert "ruff failed" not in ran.stderr  # what the lint finds is for the lint to say, here it must be able to work


def test_a_machine_without_network_says_what_is_missing(new_machine: New):
    machine = new_machine("python3")
    for name in ("etc/resolv.conf", "etc/hosts"):
        (machine.root / name).write_text("")
    ran = machine.run(
        "unshare --net ./roost --version", cwd="/home/user/roost", environ=ENVIRON | {"HOME": "/home/user"}
    )
    assert (ran.returncode, ran.stdout) == (69, "")
    assert "error: cannot install what roost needs: no uv, no pip, and no way to get one\n" in ran.stderr
    assert "hint: install one of them (Debian: `apt-get install python3-venv`)" in ran.stderr
