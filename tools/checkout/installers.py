"""The programs that can install into `.venv`: uv where there is one, else pip from wherever it can be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pip_sources
from steps import StepFailed

# Variables that would make uv or pip install somewhere else than we say.
ELSEWHERE = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET",
             "UV_PREFIX", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Installer:
    """A way to call uv or pip for `.venv`: a name to show, and the command up to the arguments of `install`."""

    name: str
    command: tuple[str | Path, ...]

    def install(self, arguments: Sequence[str]) -> None:
        """Install into `.venv`; what the program says on failure goes to standard error.

        Raises:
            StepFailed: it ended with another status than 0.
        """
        call([*self.command, *arguments], f"{self.name} could not install")


def find(venv: Path, base: Path, root: Path) -> Installer:
    """Find uv in `.venv` or on PATH, else pip: that of the base Python, or one that has to be brought.

    Raises:
        StepFailed: there is none, and none can be brought.
    """
    return _uv(venv) or _pip(venv, base) or _brought_pip(venv, root)


def call(command: Sequence[str | Path], failed: str) -> None:
    """Run command to its end.

    Raises:
        StepFailed: with `failed` as its sentence.
    """
    environ = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    environ |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    ran = subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        close_fds=False, check=False,
    )  # fmt: skip
    if ran.returncode:
        said = tuple(line.strip() for line in ran.stdout.splitlines() if line.strip())[-12:]
        raise StepFailed(f"{failed} (status {ran.returncode})", why=said)


def _uv(venv: Path) -> Installer | None:
    for uv in (venv / "bin/uv", shutil.which("uv")):
        if uv and (version := _version([uv, "--version"])):
            return Installer(version, (uv, "pip", "install", "--quiet", "--python", venv / "bin/python"))
    return None


def _pip(venv: Path, base: Path) -> Installer | None:
    version = _version([base, "-E", "-s", "-m", "pip", "--version"])
    if version is None or int(version.split()[1].split(".")[0]) < 23:  # `--python` is from 22.3
        return None
    return Installer(version, (base, "-E", "-s", "-m", "pip", "--python", venv / "bin/python", "install", "--quiet"))


def _brought_pip(venv: Path, root: Path) -> Installer:
    program = pip_sources.bring(root, root / ".roost-dev")
    command = (venv / "bin/python", "-E", "-s", program)
    version = _version([*command, "--version"])
    if version is None:
        raise StepFailed(f"pip from `{program}` does not start")
    return Installer(version, (*command, "install", "--quiet"))


def _version(command: Sequence[str | Path]) -> str | None:
    """Give `uv 1.2` or `pip 1.2` when the program answers."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = ran.stdout.split()
    return " ".join(words[:2]) if ran.returncode == 0 and len(words) > 1 else None
