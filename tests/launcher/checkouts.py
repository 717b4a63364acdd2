"""Copies of this checkout, and environments to call them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".roost-dev", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", "dist", "build"
)
NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_CERT", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY",
           "NO_PROXY", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")  # fmt: skip


def copy(where: Path) -> Path:
    """Copy the checkout as it stands, without what was made in it."""
    return Path(shutil.copytree(CHECKOUT, where, ignore=LEFT_OUT, symlinks=True))


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with nothing of this machine's but the way to the index and its caches."""
    kept = {name: os.environ[name] for name in NETWORK if name in os.environ}
    return kept | caches() | {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"} | more


def caches() -> dict[str, str]:
    uv = Path(sys.executable).parent / "uv"
    cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    return {"UV_CACHE_DIR": cache, "PIP_CACHE_DIR": str(Path(cache).parent / "pip")}


def links(folder: Path, **programs: Path | str) -> str:
    """A folder for PATH with only these programs, and sh and what installers expect beside it."""
    folder.mkdir()
    for name in ("sh", "readlink", "env"):
        (folder / name).symlink_to(shutil.which(name) or "")
    for name, target in programs.items():
        (folder / name).symlink_to(target)
    return str(folder)
