"""Real parts for every test: an index on loopback, an empty home, the installed command."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest

from tests import index as indexes

PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "http_proxy", "https_proxy", "no_proxy",
             "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "DOCKER_HOST")  # fmt: skip

hypothesis.settings.register_profile("quick", max_examples=20)  # of `./test quick`


# Whoever starts the tests in the background has these ignored, and every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    status: int
    output: str
    errors: str

    @property
    def data(self) -> dict:
        return json.loads(self.output)


@dataclass
class Roost:
    """The installed command, with an environment of its own; call it, or `start` it."""

    command: Path
    environ: dict[str, str]
    cwd: Path
    started: list[subprocess.Popen] = field(default_factory=list)

    def __call__(
        self, *arguments: object, stdin: str = "", timeout: float = 120, cwd: Path | None = None, **environ: str
    ) -> Ran:
        process = subprocess.run(
            [self.command, *map(str, arguments)], env=self.environ | environ, cwd=cwd or self.cwd, input=stdin,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        return Ran(process.returncode, process.stdout, process.stderr)

    def start(self, *arguments: object, cwd: Path | None = None, **environ: str) -> subprocess.Popen:
        """Start it in a process group of its own, which ends with the test."""
        process = subprocess.Popen(
            [self.command, *map(str, arguments)], env=self.environ | environ, cwd=cwd or self.cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
        )  # fmt: skip
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@contextlib.contextmanager
def serving() -> Iterator[indexes.Index]:
    """Serve an index."""
    served, server = indexes.serve()
    yield served
    for part in list(served._held):
        served.release(part)
    server.shutdown()
    server.server_close()


def variables(user: Path, home: Path) -> dict[str, str]:
    """Give the environment that commands get: nothing of this machine's but PATH and certificates."""
    plain = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return plain | {
        "PATH": os.environ["PATH"],
        "HOME": str(user),
        "ROOST_HOME": str(home),
        "LANG": "C.UTF-8",
        "UV_HTTP_RETRIES": "0",
    }


@pytest.fixture
def index() -> Iterator[indexes.Index]:
    with serving() as served:
        yield served


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder that ROOST_HOME names; empty."""
    return tmp_path / "roost-home"


@pytest.fixture
def environ(tmp_path: Path, home: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment that commands get; with the index's address where a test has one."""
    user = tmp_path / "user"
    user.mkdir()
    plain = variables(user, home)
    if "index" in request.fixturenames:
        plain["ROOST_INDEX_URL"] = request.getfixturevalue("index").url + "simple/"
    return plain


@pytest.fixture
def roost(environ: dict[str, str], tmp_path: Path) -> Iterator[Roost]:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    command = Roost(Path(sys.executable).parent / "roost", environ, work)
    yield command
    command.end()


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Write a script into the work folder; gives its path."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)

    def write(source: str, name: str = "it.py") -> Path:
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
        return path

    return write
