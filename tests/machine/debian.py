"""Fresh Debian machines: a root folder made by debootstrap, entered in namespaces of its own.

What debootstrap makes is kept outside of the checkout, so that only the first test downloads anything.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests import parts
from tests.launcher.checkouts import NETWORK

SUITE = "bookworm"
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "roost-tests"
# What a Python from elsewhere links to; Debian's own brings it along.
LIBRARIES = "ca-certificates,libbz2-1.0,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3"
PACKAGES = {
    "python3": "ca-certificates,python3",
    "python3-venv": "ca-certificates,python3,python3-venv",
    "no python": LIBRARIES,
}
FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
SECONDS = 900


@dataclass(frozen=True)
class Machine:
    """A root folder and what is mounted into it while a command runs."""

    root: Path
    binds: Mapping[Path, str] = field(default_factory=dict)  # folder of this machine → place in that one

    def run(
        self, command: str, *, uid: int = 0, cwd: str = "/", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command line of sh in it; mounts and processes are gone when it ends, in whatever way."""
        # a machine's root is a mount; who makes namespaces in it (these tests do, when they run in one) needs that
        mounts = ['mount --rbind "$PWD" "$PWD"', 'cd "$PWD"', "mount --rbind /dev dev"]
        for source, place in self.binds.items():
            (self.root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
            mounts.append(f"mount --bind '{source}' '.{place}'")
        variables = [f"{name}={value}" for name, value in (environ or {}).items()]
        inside = [
            "chroot",
            f"--userspec={uid}:{uid}",
            ".",
            "/usr/bin/env",
            "-i",
            "-C",
            cwd,
            *variables,
            "/bin/sh",
            "-c",
            command,
        ]
        entering = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root}/proc"]
        script = " && ".join([*mounts, 'exec "$@"'])
        return subprocess.run(
            [*entering, "/bin/sh", "-c", script, "sh", *inside], cwd=self.root, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    def write(self, path: str, text: str, *, uid: int = 0) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        os.chown(file, uid, uid)

    def give(self, path: str, uid: int) -> None:
        """Make a folder, with all that is in it, somebody's own."""
        folder = self.root / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["chown", "-Rh", f"{uid}:{uid}", folder], check=True)


def unpack(kind: str, where: Path) -> Path:
    """Make a fresh root folder of a kind, from the kept archive or with debootstrap."""
    archive = KEPT / f"{SUITE}-{kind.replace(' ', '-')}.tar"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{archive.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            _make(PACKAGES[kind], archive)
    where.mkdir()
    _call(["tar", "-xf", archive, "-C", where, "--numeric-owner"])
    for name in FILES:
        if Path(name).is_file():
            shutil.copyfile(name, where / name.lstrip("/"))
    return where


def _make(packages: str, archive: Path) -> None:
    root = archive.with_suffix(".root")
    shutil.rmtree(root, ignore_errors=True)
    debootstrap = parts.program("debootstrap")
    _call([debootstrap, "--variant=minbase", f"--include={packages}", SUITE, root])
    aside = archive.with_suffix(".new")
    _call(
        [
            "tar",
            "-cf",
            aside,
            "-C",
            root,
            "--numeric-owner",
            "--exclude=./var/cache/apt/archives/*.deb",
            "--exclude=./dev/*",
            ".",
        ]
    )
    shutil.rmtree(root)
    aside.rename(archive)


def _call(command: Sequence[str | Path]) -> None:
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    assert ran.returncode == 0, "\n".join(ran.stdout.splitlines()[-20:])


def network() -> dict[str, str]:
    """The way to the index and to Debian's packages, for a machine that has this one's certificates."""
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    files = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"}
    return {
        name: bundle if name in files else os.environ[name]
        for name in NETWORK
        if name in os.environ and name != "PIP_CONFIG_FILE"
    }
