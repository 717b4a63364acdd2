"""Every way to install roost gives the same command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roost.version import __version__
from tests.launcher.checkouts import CHECKOUT, environment
from tests.launcher.conftest import UV

BASE = Path(sys._base_executable)
FORMS = {
    "pip in an environment": (["{venv}/bin/python", "-m", "pip", "install", "{roost}"], "{venv}/bin/roost"),
    "pip, editable": (["{venv}/bin/python", "-m", "pip", "install", "-e", "{roost}"], "{venv}/bin/roost"),
    "uv, editable": ([UV, "pip", "install", "--python", "{venv}", "-e", "{roost}"], "{venv}/bin/roost"),
    "uv tool": ([UV, "tool", "install", "{roost}"], "{bin}/roost"),
    "pipx": ([UV, "tool", "run", "pipx", "install", "{roost}"], "{bin}/roost"),
    "pip --prefix": (["{venv}/bin/python", "-m", "pip", "--python", BASE, "install", "--prefix", "{prefix}", "{roost}"], "{prefix}/**/bin/roost"),
    "pip --prefix, editable": (
        ["{venv}/bin/python", "-m", "pip", "--python", BASE, "install", "--prefix", "{prefix}", "-e", "{roost}"],
        "{prefix}/**/bin/roost",
    ),
    "pip --user": (
        ["{venv}/bin/python", "-m", "pip", "--python", BASE, "install", "--user", "--break-system-packages", "{roost}"],
        "{prefix}/bin/roost",
    ),
    "pip --target": (["{venv}/bin/python", "-m", "pip", "install", "--target", "{prefix}", "{roost}"], "{prefix}/bin/roost"),
}  # fmt: skip


@pytest.mark.network
@pytest.mark.parametrize("form", FORMS)
def test_an_installed_roost_is_the_same_fast_command(form, tmp_path):
    install, where = FORMS[form]
    names = {"roost": CHECKOUT, "venv": tmp_path / "venv", "bin": tmp_path / "bin", "prefix": tmp_path / "prefix"}
    environ = environment(
        tmp_path,
        UV_TOOL_DIR=f"{tmp_path}/tools", UV_TOOL_BIN_DIR=f"{tmp_path}/bin", PIPX_HOME=f"{tmp_path}/pipx", PIPX_BIN_DIR=f"{tmp_path}/bin",
        PYTHONUSERBASE=f"{tmp_path}/prefix", UV_PYTHON=str(BASE),
    )  # fmt: skip
    if "{venv}" in str(install):
        subprocess.run([BASE, "-m", "venv", names["venv"]], check=True)
    said = subprocess.run(
        [str(word).format(**names) for word in install],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    command = next(tmp_path.glob(where.format(**names).removeprefix(f"{tmp_path}/")))
    assert command.read_bytes().startswith(b"#!/bin/sh\n")
    for cwd in (tmp_path, command.parent):
        ran = subprocess.run(
            [command, "--version"], env={"PATH": "/usr/bin:/bin"}, cwd=cwd, capture_output=True, text=True, check=False
        )
        assert (ran.stdout, ran.stderr, ran.returncode) == (f"roost {__version__}\n", "", 0)
    helped = subprocess.run(
        [command, "check", "--help"], env={"PATH": "/nowhere"}, cwd="/", capture_output=True, text=True, check=False
    )
    assert helped.returncode == 0, helped.stderr
