"""Where pip itself can be had when Python has none: from the disk, from the configured index, from Debian's packages.

Nothing is installed on the machine: pip is unpacked into `.roost-dev/` and called from there.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sysconfig
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fetch
from configured import Configured, configured, without_credentials
from steps import StepFailed, say

DEBIAN_WHEELS = Path("/usr/share/python-wheels")


class NotHere(Exception):
    """This place has no pip; says why."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The wheel of pip that the lock allows."""

    version: str
    digests: frozenset[str]

    @property
    def file(self) -> str:
        """The name of the wheel."""
        return f"pip-{self.version}-py3-none-any.whl"


def bring(root: Path, kept: Path) -> Path:
    """Bring pip, from the nearest place first; gives its unpacked folder, which Python can run.

    Raises:
        StepFailed: no place has it; says what each one said.
    """
    pin = read_pin(root / "requirements-pip.lock")
    places: tuple[Callable[[], Path], ...] = (bundled, lambda: from_index(pin, kept), lambda: from_debian(kept))
    reasons = []
    for place in places:
        try:
            return unpack(place(), kept)
        except NotHere as reason:
            reasons.append(str(reason))
    raise StepFailed(
        "cannot install what roost needs: no uv, no pip, and no way to get one",
        why=tuple(reasons),
        hints=(
            "install one of them (Debian: `apt-get install python3-venv`), or",
            "name an index: `PIP_INDEX_URL=https://…/simple/ ./roost …` (or in `~/.config/pip/pip.conf`)",
        ),
    )


def read_pin(lock: Path) -> Pin:
    """Read version and digests of pip from its lock."""
    text = lock.read_text("utf-8")
    version = re.search(r"^pip==(\S+)", text, re.MULTILINE)
    if version is None:
        raise StepFailed(f"`{lock.name}` does not pin pip")
    return Pin(version[1], frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", text)))


def bundled() -> Path:
    """Find the wheel that Python or Debian keeps on the disk to put pip into virtual environments."""
    folders = [DEBIAN_WHEELS]
    if directory := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        folders.insert(0, Path(directory))
    if (spec := importlib.util.find_spec("ensurepip")) and spec.origin:
        folders.insert(0, Path(spec.origin).parent / "_bundled")
    for folder in folders:
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            say(f"using pip from {wheel}")
            return wheel
    raise NotHere("this Python has neither pip nor ensurepip")


def from_index(pin: Pin, kept: Path) -> Path:
    """Download the pinned wheel from the first configured place that has it."""
    places = configured(os.environ)
    if not places.indexes and not places.links:
        raise NotHere("no index is configured (PIP_INDEX_URL, UV_DEFAULT_INDEX, pip.conf, uv.toml)")
    said = []
    for page in (*places.links, *(f"{index.rstrip('/')}/pip/" for index in places.indexes)):
        shown = without_credentials(page)
        try:
            return _download(pin, page, kept, places)
        except fetch.NotFetched as error:
            said.append(f"{shown}: {error}")
    raise NotHere("; ".join(said))


def _download(pin: Pin, page: str, kept: Path, places: Configured) -> Path:
    link = fetch.link_to(pin.file, page, places)
    say(f"fetching {pin.file} from the configured index")
    wheel = kept / pin.file
    wheel.write_bytes(fetch.verified(link, pin.digests, places))
    return wheel


def from_debian(kept: Path) -> Path:
    """Download Debian's package of the wheel and take the wheel out of it; needs no root and installs nothing.

    When the machine's package lists are missing or too old, lists of our own are fetched beside it.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NotHere("there is no apt-get to ask Debian's packages")
    say("downloading Debian's python3-pip-whl with apt-get (nothing is installed)")
    folder = kept / "debian"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/lists/partial", "cache/archives/partial", "unpacked"):
        (folder / name).mkdir(parents=True)
    own_lists = [f"-oDir::State={folder}/lists", "-oDir::State::status=/var/lib/dpkg/status", f"-oDir::Cache={folder}/cache", "-oAPT::Sandbox::User=root"]  # fmt: skip
    asked = ["download", "-q", "python3-pip-whl"]
    error = _apt(folder, "-oAPT::Sandbox::User=root", *asked)
    if error:
        error = _apt(folder, *own_lists, "update", "-q") or _apt(folder, *own_lists, *asked)
    packages = sorted(folder.glob("python3-pip-whl*.deb"))
    if not packages:
        raise NotHere(f"apt-get cannot download python3-pip-whl: {error}")
    subprocess.run(["dpkg-deb", "-x", packages[-1], folder / "unpacked"], check=True)
    for wheel in sorted((folder / "unpacked").rglob("pip-*.whl")):
        return wheel
    raise NotHere(f"{packages[-1].name} holds no wheel of pip")


def _apt(folder: Path, *arguments: str) -> str:
    """Run apt-get in folder; gives what went wrong, or nothing."""
    ran = subprocess.run(
        ["apt-get", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", close_fds=False, check=False
    )  # fmt: skip
    errors = [line for line in ran.stderr.splitlines() if line.startswith("E:")]
    return "" if ran.returncode == 0 else (errors or ["it failed"])[0]


def unpack(wheel: Path, kept: Path) -> Path:
    """Unpack a wheel of pip; gives the folder `pip`, a program for Python."""
    target = kept / "pip"
    shutil.rmtree(target, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target / "pip"
