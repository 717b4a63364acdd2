"""A real environment, and the ways into it that must not differ: its own Python, and roost becoming it or waiting for it.

Each way is gone twice: by the installed command, and by the room alone, which needs nothing that stands above it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv

STUB = Path(__file__).parent / "stub.py"
COMMAND = Path(sys.executable).parent / "roost"


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
    how: str  # "run", "report": the command; "execute", "supervise": the room; the second of each waits
    environ: dict[str, str]
    cwd: Path
    report: Path | None = None

    def plainly(self, *words: str) -> list[str]:
        """The environment's own Python."""
        return [str(self.environment / "bin" / "python"), *words]

    def through(self, *words: str, form: str = "python") -> list[str]:
        """The same through roost."""
        if self.how in ("execute", "supervise"):
            return [sys.executable, "-I", str(STUB), self.how, str(self.environment), form, *words]
        before = {"module": ["-m"], "command": ["-c"]}.get(
            form, ["--"] if words and words[0].startswith("-") and words[0] != "-" else []
        )
        report = ["--report", str(self.report)] if self.how == "report" else []
        return [str(COMMAND), "run", *report, *before, *words]

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
        # Every sh sets these where they are missing, as they are only in tests: the command begins with one.
        environ = environ | {"PWD": str(more["cwd"]), "SHLVL": "1"}
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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home of roost, and the environment that a script without requirements has in it."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "it.py").write_text("import sys; print(sys.prefix)")
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "ROOST_HOME": str(folder / "home")}
    done = subprocess.run(
        [COMMAND, "run", "it.py"], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    return folder / "home", Path(done.stdout.strip())


# `run` begins by waiting and goes on by becoming: what waits alone is in the larger sets of tests.
@pytest.fixture(params=["execute", pytest.param("supervise", marks=pytest.mark.thorough), "run"])
def ways(request: pytest.FixtureRequest, environ: dict[str, str], tmp_path: Path) -> Ways:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    if request.param in ("execute", "supervise"):
        return Ways(request.getfixturevalue("made"), request.param, environ, work)
    home, environment = request.getfixturevalue("built")
    return Ways(environment, request.param, environ | {"ROOST_HOME": str(home)}, work, tmp_path / "report.json")


@pytest.fixture
def same(ways: Ways):
    """Run in both ways and compare; gives the one answer, for what must be in it."""

    def compare(*words: str, **more: object) -> Ended:
        plain, first = ways.both(*words, **more)
        assert first == plain
        if ways.how == "run":  # the first time it was read and prepared, now it is known
            plain, later = ways.both(*words, **more)
            assert later == plain
        return plain

    return compare
