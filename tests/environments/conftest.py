"""A home, an interpreter and a loopback index, joined into what the rooms ask for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roost import environments
from roost.distributions import Lock, Options, Plan, Requirement
from roost.distributions.lock import lock
from roost.environments import Environment
from roost.home import Home, locate
from roost.scripts import Choice, Declared, Interpreter, Script
from roost.settings import Settings
from tests.conftest import PASSED_ON

PROGRAM = """import json, platform, sys
name, release = platform.libc_ver()
print(json.dumps([list(sys.version_info[:3]), getattr(sys, "abiflags", ""), "linux-" + platform.machine() + "-" + name + release]))"""


PIECE = """
import json, sys
from pathlib import Path
from tests.environments.conftest import Room, Settings, locate, look
home, url, python, script, *texts = sys.argv[1:]
room = Room(locate({"ROOST_HOME": home}), look(python), Settings(index_url=url), Path(script))
environment = room.build(*texts)
print(json.dumps([str(environment.path), environment.fresh]))
"""  # what another process does


def look(path: str | Path) -> Interpreter:
    """Ask a Python what it is."""
    answer = subprocess.run([path, "-I", "-S", "-c", PROGRAM], capture_output=True, text=True, check=True)
    version, abi, platform = json.loads(answer.stdout)
    return Interpreter(Path(path), "cpython", tuple(version), abi, platform)


@dataclass
class Told:
    """A reporter that keeps what it is told."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def __getattr__(self, kind: str):
        if kind not in {"progress", "step", "note", "warn", "detail"}:
            raise AttributeError(kind)
        return lambda text: self.said.append((kind, text))

    def of(self, kind: str) -> list[str]:
        return [text for one, text in self.said if one == kind]


@dataclass
class Room:
    """Plans, locks and environments in one home."""

    home: Home
    python: Interpreter
    settings: Settings
    script: Path
    report: Told = field(default_factory=Told)

    def plan(
        self,
        *texts: str,
        python: Interpreter | None = None,
        wheels_only: Sequence[str] = (),
        declared: Declared | None = None,
    ) -> Plan:
        python = python or self.python
        script = Script(self.script, self.script.name, "python", None, b"", declared=declared or Declared())
        needs = tuple(self.requirement(text, wheels_only) for text in texts)
        return Plan(script, Choice(python, python.short, "for the test"), needs, (), ())

    @staticmethod
    def requirement(text: str, wheels_only: Sequence[str] = ()) -> Requirement:
        from packaging.requirements import Requirement as Read

        name = Read(text).name
        return Requirement(name, text, "for the test", "declared", name in wheels_only)

    def lock(self, *texts: str, plan: Plan | None = None, **options: object) -> Lock:
        return lock(
            plan or self.plan(*texts),
            home=self.home,
            settings=self.settings,
            options=Options(**options),
            report=self.report,
        )

    def ensure(self, locked: Lock, **options: object) -> Environment:
        return environments.ensure(
            locked, home=self.home, settings=self.settings, options=Options(**options), report=self.report
        )

    def build(self, *texts: str, **options: object) -> Environment:
        return self.ensure(self.lock(*texts, **options), **options)

    def words(self) -> list[str]:
        """Give the arguments of PIECE, but for the requirements."""
        return [str(self.home.data.parent), self.settings.index_url, str(self.python.path), str(self.script)]

    def inside(self) -> list[str]:
        """Give every name in the folder of environments, hidden ones too."""
        return sorted(path.name for path in self.home.environments.iterdir()) if self.home.environments.is_dir() else []


def run(environment: Environment, source: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [environment.python, "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )


@pytest.fixture(scope="session")
def python() -> Interpreter:
    return look(Path(sys.executable).resolve())


@pytest.fixture
def room(index, tmp_path, monkeypatch, python) -> Room:
    for name in list(os.environ):
        if name.startswith(("UV_", "PIP_", "ROOST_")) and name not in PASSED_ON:
            monkeypatch.delenv(name)
    (tmp_path / "user").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    home = locate({"ROOST_HOME": str(tmp_path / "home")})
    return Room(home, python, Settings(index_url=index.url + "simple/", index_timeout=10), tmp_path / "it.py")


@pytest.fixture
def home_of(tmp_path) -> Home:
    return locate({"ROOST_HOME": str(tmp_path / "home")})
