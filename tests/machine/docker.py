"""A Docker daemon of one test's own, and an image with Python and pip that is downloaded from nowhere."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import parts
from tests.machine.debian import Machine, unpack

BASE = "roost-tests-python"
PATH = "/opt/python/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Docker:
    """A client of the daemon."""

    socket: Path

    def __call__(self, *words: object, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ["PATH"], "DOCKER_BUILDKIT": "0", "HOME": str(self.socket.parent)}
        return subprocess.run(
            ["docker", "--host", f"unix://{self.socket}", *map(str, words)], env=environ, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=timeout, check=False,
        )  # fmt: skip


@contextlib.contextmanager
def daemon() -> Iterator[Docker]:
    """Start a daemon that keeps nothing, with a base image; everything of it is gone afterwards."""
    parts.root()
    for name in ("docker", "dockerd", "debootstrap"):
        parts.program(name)
    folder = Path(tempfile.mkdtemp(prefix="roost-docker-"))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(_words(folder), stdout=subprocess.DEVNULL, stderr=log)
    docker = Docker(folder / "socket")
    try:
        _wait(docker, process, folder / "log")
        _base(docker, folder)
        yield docker
    finally:
        process.terminate()
        process.wait(60)
        left = folder / "exec-root/netns/default"  # a mount that the daemon leaves behind
        subprocess.run(["umount", left], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _words(folder: Path) -> Sequence[str]:
    places = [f"--{name}={folder / name}" for name in ("data-root", "exec-root")]
    return [
        "dockerd", *places, f"--pidfile={folder / 'pid'}", f"--host=unix://{folder / 'socket'}", "--bridge=none", "--iptables=false",
    ]  # fmt: skip


def _wait(docker: Docker, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 60
    while docker("info").returncode:
        if process.poll() is not None or time.monotonic() > end:
            parts.missing(f"dockerd does not start here: {log.read_text()[-500:]}")
        time.sleep(0.2)


def _base(docker: Docker, folder: Path) -> None:
    """Make the image from Debian's Python, with pip where the official images have it: first on PATH."""
    machine = Machine(unpack("python3-venv", folder / "root"))
    made = machine.run("python3 -m venv /opt/python", environ={"PATH": PATH})
    assert made.returncode == 0, made.stderr
    archive = folder / "base.tar"
    subprocess.run(["tar", "-cf", archive, "-C", folder / "root", "--numeric-owner", "."], check=True)
    shutil.rmtree(folder / "root")
    done = docker("import", "--change", f"ENV PATH={PATH}", archive, BASE)
    assert done.returncode == 0, done.stderr
    archive.unlink()
