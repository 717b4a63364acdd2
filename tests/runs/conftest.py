"""A real environment, and the ways into it that must not differ: its own Python, and roost becoming it or waiting for it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv

STUB = Path(__file__).parent / "stub.py"


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it wrote."""

    status: int
    output: bytes
    errors: bytes


@dataclass(frozen=True)
class Ways:
    """Starts one script in two ways."""

    environment: Path
    how: str  # "execute": roost becomes the script; "supervise": roost waits for it
    environ: dict[str, str]
    cwd: Path

    def plainly(self, *words: str) -> list[str]:
        """The environment's own Python."""
        return [str(self.environment / "bin" / "python"), *words]

    def through(self, *words: str, form: str = "python") -> list[str]:
        """The same through roost."""
        return [sys.executable, "-I", str(STUB), self.how, str(self.environment), form, *words]

    def activated(self, **more: str) -> dict[str, str]:
        """The variables of an activated environment."""
        given = self.environ | more
        return given | {"PATH": f"{self.environment}/bin:{given['PATH']}", "VIRTUAL_ENV": str(self.environment)}

    def both(
        self, *words: str, form: str = "python", plain: tuple[str, ...] | None = None, **more: object
    ) -> tuple[Ended, Ended]:
        """Run FILE ARGUMENT… in both ways; gives how each ended.

        `plain` are the words for the environment's own Python where they differ; `environ` adds variables.
        """
        added = more.pop("environ", {})
        return (
            self.run(self.plainly(*(words if plain is None else plain)), self.activated(**added), **more),
            self.run(self.through(*words, form=form), self.environ | added, **more),
        )

    def run(self, argv: list[str], environ: dict[str, str], **more: object) -> Ended:
        more = {"input": b"", "cwd": self.cwd} | more
        if "stdin" in more:
            del more["input"]
        done = subprocess.run(argv, env=environ, capture_output=True, timeout=60, check=False, **more)
        return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environments") / "plain-000000000000"
    environ = {
        "PATH": os.environ["PATH"],
        "UV_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "HOME": "/nonexistent",
    }
    subprocess.run([uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, folder], env=environ, check=True)
    return folder


@pytest.fixture(params=["execute", "supervise"])
def ways(request: pytest.FixtureRequest, made: Path, environ: dict[str, str], tmp_path: Path) -> Ways:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return Ways(made, request.param, environ, work)


@pytest.fixture
def same(ways: Ways):
    """Run in both ways and compare; gives the one answer, for what must be in it."""

    def compare(*words: str, **more: object) -> Ended:
        plain, through = ways.both(*words, **more)
        assert through == plain
        return plain

    return compare
