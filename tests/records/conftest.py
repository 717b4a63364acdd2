"""A text that ran, and a `roost` that cannot go the whole way: what it does, it does from memory."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from roost import home as homes
from roost.digests import sha256
from roost.home import Home
from roost.records import sealed
from tests.conftest import Ran, Roost

SOURCE = "import json, soup, sys\nprint(soup.__version__, sys.argv[1:])\n"
DECLARED = "# /// script\n# dependencies = ['soup']\n# ///\n" + SOURCE
BLOCKED = "import sys; sys.modules['roost.cli'] = None; from roost.__main__ import main; sys.exit(main())"


@dataclass
class Memory:
    """What is remembered in a home, and how to get at it."""

    roost: Roost
    home: Home

    def ask(self, *words: object, stdin: bytes = b"", cwd: Path | None = None, **environ: str) -> Ran:
        """Start roost's own Python as the launcher does, where the command line cannot be loaded."""
        done = subprocess.run(
            [sys.executable, "-I", "-c", BLOCKED, *map(str, words)], env=self.roost.environ | environ,
            cwd=cwd or self.roost.cwd, input=stdin, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def knows(self, *words: object, **more: object) -> bool:
        """Tell whether a command line is answered from memory; anything but going the whole way otherwise is an error."""
        done = self.ask(*words, **more)
        assert done.status == 0 or "roost.cli" in done.errors, done.errors
        return done.status == 0

    def learn(self, *words: object, stdin: str = "", **environ: str) -> Ran:
        """Run until there is a record, which everything has rested for."""
        time.sleep(0.1)
        for _ in range(2):
            done = self.roost(*words, stdin=stdin, **environ)
            assert done.status == 0, done.errors
        return done

    def record(self, text: str) -> dict:
        """The record of a text."""
        found = sealed.find(f"{self.home.launcher}/texts", sha256(text.encode()))
        assert found is not None
        return found

    def keep(self, text: str, record: dict) -> None:
        sealed.keep(f"{self.home.launcher}/texts", sha256(text.encode()), record)

    @property
    def environment(self) -> Path:
        return next(path for path in self.home.environments.iterdir() if path.name.startswith("soup-"))


@pytest.fixture
def memory(index, roost) -> Memory:
    index.add("soup", "1.0")
    return Memory(roost, homes.locate(roost.environ))


@pytest.fixture
def learned(memory, script) -> Memory:
    """A plain text and one that declares, both known; neither has a file any more."""
    for name, source in (("it.py", SOURCE), ("declared.py", DECLARED)):
        path = script(source, name)
        memory.learn("run", path)
        path.unlink()
    return memory


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder where nothing ran, below one that nobody shares."""
    folder = tmp_path / "project" / "folder"
    folder.mkdir(parents=True)
    return folder
