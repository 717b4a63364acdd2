"""What every program of the system needs to read, and which variables it gets: everything else is out of its sight."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ETC = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone", "ssl", "pki", "ca-certificates", "mime.types", "fonts",
    "nsswitch.conf", "protocols", "services", "magic", "host.conf", "locale.alias",
)  # fmt: skip
NETWORK_ETC = ("resolv.conf", "hosts", "gai.conf")  # for who may use the network
PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt/local")
PASSED_ON = (
    "LANG", "LANGUAGE", "TZ", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "PYTHONUTF8", "MPLBACKEND", "COLUMNS", "LINES",
    "OMP_NUM_THREADS", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")


def etc(*, online: bool) -> tuple[str, ...]:
    """Name the files of `/etc` that are needed to load libraries, tell the time and speak TLS."""
    names = (*ETC, *(NETWORK_ETC if online else ()))
    return tuple(f"/etc/{name}" for name in names if os.path.lexists(f"/etc/{name}"))


def variables(environ: Mapping[str, str], named: Iterable[str], own: Mapping[str, str]) -> dict[str, str]:
    """Give a program's variables: few of ours, those that its user named, its own.

    Args:
        named: what `--env` names.
        own: set for it: PATH, HOME, TMPDIR and the like.
    """
    kept = {name: value for name, value in environ.items() if name in PASSED_ON or name.startswith("LC_")}
    return kept | {name: environ[name] for name in named if name in environ} | {"PYTHONNOUSERSITE": "1"} | dict(own)


def program(name: str) -> str | None:
    """Give the path of a program that PATH leads to; None: it leads to none. `shutil.which` would load half a library."""
    for folder in os.environ.get("PATH", os.defpath).split(":"):
        path = f"{folder or '.'}/{name}"
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
            return path
    return None
