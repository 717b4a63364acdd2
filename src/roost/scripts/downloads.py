"""Pythons that are not on this machine, but that the engine can fetch."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, ProcessFailed, RoostError
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from roost.home import Home
    from roost.processes import Completed

_PASSED = (
    "PATH",
    "HOME",
    "TMPDIR",
    "NETRC",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "RUST_LOG",
)
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class NoPython(RoostError):
    """No Python that can run the script is on this machine, and none was or could be fetched."""

    code = "no-python"
    exit = Exit.UNAVAILABLE


class Download(Value):
    """One Python that the engine offers for this platform."""

    key: str  # the engine's own name for it: "cpython-3.12.8-linux-x86_64-gnu"
    implementation: str
    version: tuple[int, int, int]
    abi: str  # as in Interpreter
    final: bool  # no pre-release

    @property
    def full(self) -> str:
        """What it is called: "3.13.1t", "pypy3.10.16"."""
        named = "" if self.implementation == "cpython" else self.implementation
        return named + ".".join(map(str, self.version)) + self.abi


def offered(home: Home, environ: Mapping[str, str], *, every_patch: bool = False) -> tuple[Download, ...]:
    """Ask the engine what it could fetch, newest first; nothing when it cannot be asked or must not fetch."""
    import json

    if environ.get("UV_PYTHON_DOWNLOADS") == "never":
        return ()
    words = ["list", "--only-downloads", "--output-format", "json", *(["--all-versions"] if every_patch else [])]
    try:
        done = _engine(words, home, environ, timeout=60)
        found = [_download(row) for row in json.loads(done.output)] if done.status == 0 else []
    except (ProcessFailed, ValueError, KeyError, TypeError):
        return ()
    return tuple(sorted(found, key=lambda download: download.version, reverse=True))


def _download(row: Mapping[str, str]) -> Download:
    numbers, _, rest = row["version"].partition("a")[0].partition("b")[0].partition("rc")
    major, minor, patch = (*map(int, numbers.split(".")), 0, 0)[:3]
    abi = {"default": "", "freethreaded": "t", "debug": "d"}.get(row["variant"], "td")
    final = not rest and row["version"] == numbers
    return Download(row["key"], row["implementation"], (major, minor, patch), abi, final)


def install(download: Download, home: Home, environ: Mapping[str, str]) -> Path:
    """Fetch one Python into the home; returns the folder it stands in.

    Raises:
        NoPython: it cannot be fetched or unpacked; with the engine's own words.
    """
    try:
        done = _engine(["install", "--no-bin", download.key], home, environ, timeout=1800)
    except ProcessFailed as error:
        raise NoPython(f"cannot fetch Python {download.full}", why=(error.what, *error.why)) from error
    if done.status != 0:
        raise NoPython(f"cannot fetch Python {download.full}", why=done.last_lines(6))
    return home.pythons / download.key


def _engine(words: list[str], home: Home, environ: Mapping[str, str], *, timeout: float) -> Completed:
    from roost import processes

    env = {name: value for name, value in environ.items() if _passed(name)}
    env |= {
        "UV_CACHE_DIR": str(home.engine_cache),
        "UV_PYTHON_INSTALL_DIR": str(home.pythons),
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
    }
    return processes.run([_program(), "python", *words], env=env, cwd=Path("/"), timeout=timeout)


def _passed(name: str) -> bool:
    """Keep what says how to reach the network and what the engine should do; `UV_PYTHON` would choose for us."""
    return name in _PASSED or name.lower() in _PROXIES or (name.startswith("UV_") and name != "UV_PYTHON")


def _program() -> str:
    import uv

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError:
        return "uv"
