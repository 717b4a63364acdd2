"""What the launcher's tests share: the checkout's wheel and environments that it is installed into."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


Install = Callable[[str, Path], Path]


@pytest.fixture(scope="session")
def install(wheel: Path) -> Install:
    """Install the wheel alone with pip or uv into a new environment at a path; gives the command."""

    def install_with(installer: str, where: Path) -> Path:
        venv.create(where, with_pip=installer == "pip")
        python = where / "bin/python"
        command = [UV, "pip", "install", "--python", python] if installer == "uv" else [python, "-m", "pip", "install"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        subprocess.run(
            [*command, "--quiet", "--no-deps", "--no-index", wheel], env=environ | {"PIP_NO_INPUT": "1"}, check=True, capture_output=True
        )  # fmt: skip
        return where / "bin/roost"

    return install_with
