"""Our uv: where it is, what it may know of the world, and how it is run."""

from __future__ import annotations

import os
import sys

from roost import home as homes
from roost import processes
from roost.errors import Exit, RoostError

from . import certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from roost.home import Home
    from roost.processes import Completed
    from roost.reporting import Reporter
    from roost.settings import Settings

PASSED_ON = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE",
    # certificates and proxies
    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "NETRC",
    # how uv talks to indexes
    "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS",
    "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_BUILDS", "UV_CONCURRENT_INSTALLS", "UV_LINK_MODE",
    "UV_TORCH_BACKEND", "UV_PYTHON_INSTALL_MIRROR", "UV_PYTHON_DOWNLOADS_JSON_URL",
    # where compilers and git look
    "CC", "CXX", "CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS", "MAKEFLAGS", "PKG_CONFIG_PATH", "CPATH", "LIBRARY_PATH",
    "LD_LIBRARY_PATH", "CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO",
})  # fmt: skip


PAUSE = 2.5  # seconds that uv waits before a repetition, at most
LONG, SHORT = 15.0, 5.0  # limits of seconds from which on two repetitions, or one, are worth their pauses


class EngineMissing(RoostError):
    """uv is neither beside roost nor on PATH."""

    code = "engine-missing"
    exit = Exit.UNAVAILABLE


def find(environ: Mapping[str, str] = os.environ) -> str:
    """Give the path of our uv: the one installed with roost, else the one on PATH.

    Raises:
        EngineMissing: there is none.
    """
    beside = os.path.join(sys.prefix, "bin", "uv")  # noqa: PTH118  # where our dependency puts it, without an import
    if os.access(beside, os.X_OK):
        return beside
    try:
        from uv import find_uv_bin

        return os.fspath(find_uv_bin())
    except (ImportError, OSError):
        pass
    import shutil

    found = shutil.which("uv", path=environ.get("PATH"))
    if found:
        return found
    raise EngineMissing(
        "cannot find uv, which resolves and installs for roost",
        hints=("install it where roost is: `python -m pip install uv`",),
    )


def environment(home: Home, settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give uv's whole environment: what it needs of ours, nothing secret but what indexes want."""
    known = {
        name: value
        for name, value in environ.items()
        if name in PASSED_ON or name.startswith("LC_") or _credential(name)
    }
    wait, again = _patience(settings.index_timeout, environ.get("UV_HTTP_RETRIES", ""))
    if settings.index_ca_file:
        known["SSL_CERT_FILE"] = str(certificates.bundle(settings.index_ca_file, home=home, environ=environ))
    return known | {
        "PATH": known.get("PATH") or os.defpath,
        "UV_CACHE_DIR": str(home.engine_cache),
        "UV_NO_CONFIG": "1",  # indexes of uv's own files come through `indexes`
        "UV_PYTHON_DOWNLOADS": "manual",
        "UV_PYTHON_INSTALL_DIR": str(home.pythons),
        "UV_HTTP_TIMEOUT": str(wait),
        "UV_HTTP_RETRIES": str(again),
        "UV_PREVIEW_FEATURES": "pylock,index-exclude-newer",
        "NO_COLOR": "1",
    }


def _patience(limit: float, asked: str) -> tuple[int, int]:
    """Part a limit in seconds into that of one attempt and how often it is repeated: uv counts each attempt anew, and pauses.

    Args:
        asked: how often the user wants a request repeated; "": not said.
    """
    again = int(asked) if asked.isdigit() else 2 if limit >= LONG else 1 if limit >= SHORT else 0
    return max(1, int((limit - PAUSE * again) / (again + 1))), again


def _credential(name: str) -> bool:
    return name.startswith("UV_INDEX_") and name.endswith(("_USERNAME", "_PASSWORD"))


def run(
    arguments: Sequence[str],
    *,
    home: Home,
    settings: Settings,
    timeout: float,
    report: Reporter,
    line: Callable[[str], None] | None = None,
    stdin: str | None = None,
    keep: Sequence[int] = (),
    cwd: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Completed:
    """Run our uv to its end.

    Args:
        arguments: what follows `uv`.
        timeout: seconds.
        line: called with each line it says on standard error.
        keep: descriptors that it inherits, such as a lock's.
        variables: credentials of indexes, never on the command line.

    Raises:
        EngineMissing: there is no uv.
        ProcessFailed: it cannot be started, or ran longer than timeout.
    """
    homes.ensure(home.cache)
    argv = [find(), *arguments]
    completed = processes.run(
        argv,
        env=environment(home, settings) | dict(variables or {}),
        timeout=timeout,
        stdin=stdin,
        keep=keep,
        line=line,
        cwd=cwd,
    )
    report.detail(f"`uv {' '.join(arguments[:3])} …` ended with {completed.status} after {completed.seconds:.2f} s")
    return completed


class Progress:
    """Turns what uv says line by line into progress."""

    def __init__(self, report: Reporter) -> None:
        """Tell it to report."""
        self._report = report
        self._under_way: dict[str, str] = {}  # name → "pandas (12.4MiB)"
        self.downloaded = 0
        self.built = 0

    def __call__(self, line: str) -> None:
        """Take one line of uv's standard error."""
        verb, _, rest = line.strip().partition(" ")
        name = rest.partition(" ")[0]
        if verb in {"Downloading", "Building"} and name:
            self._under_way[name] = f"{verb.lower()} {rest}"
        elif verb in {"Downloaded", "Built"} and name:
            self._under_way.pop(name, None)
            self.downloaded += verb == "Downloaded"
            self.built += verb == "Built"
        elif verb in {"Resolved", "Prepared", "Installed"}:
            self._report.progress(line.strip().replace("package", "distribution"))
            return
        else:
            return
        if self._under_way:
            self._report.progress(", ".join(self._under_way.values()))
