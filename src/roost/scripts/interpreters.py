"""The Pythons of this machine: found by name, asked once what they are, remembered."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from roost.errors import CannotCreate, ProcessFailed
from roost.values import Value

from . import facts
from .values import Interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roost.home import Home


PREFIX = "roost-prefix.json"  # beside `bin`, where roost has put conda packages
SYSTEM = ("/usr/local/bin", "/usr/bin")  # looked into whatever PATH says: under cron it says little


class Found(Value):
    """An interpreter of this machine."""

    interpreter: Interpreter
    final: bool  # no pre-release


def own() -> Interpreter:
    """Describe the Python that roost itself stands on (never a virtual environment's); starts no process."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return _describe(os.path.realpath(base), facts.tell()).interpreter


def installed(home: Home, environ: Mapping[str, str]) -> tuple[Interpreter, ...]:
    """Find the Pythons of this machine, newest first, releases before pre-releases.

    Looks at PATH, the usual folders, pyenv's and the engine's Pythons. Each is run once to say what it is; later one
    `stat` tells that it is still the same file.
    """
    return tuple(one.interpreter for one in found(home, environ))


def found(home: Home, environ: Mapping[str, str]) -> tuple[Found, ...]:
    """Do the work of `installed`, and tell pre-releases apart."""
    known = _remembered(home)
    here: dict[str, Found] = {}
    fresh: dict[str, list[object]] = {}
    for path in _candidates(home, environ):
        real = os.path.realpath(path)
        if real in fresh:
            continue
        try:
            at = Path(real).stat()
        except OSError:
            continue
        entry = known.get(real)
        if entry is None or entry[:2] != [at.st_mtime_ns, at.st_size]:
            said = _said(real)
            entry = [at.st_mtime_ns, at.st_size, said]
        fresh[real] = entry
        if isinstance(entry[2], list):
            here[real] = _describe(real, entry[2])
    if fresh != known:
        _remember(home, fresh)
    return tuple(sorted(here.values(), key=lambda one: (one.final, one.interpreter.version), reverse=True))


def _candidates(home: Home, environ: Mapping[str, str]) -> Iterable[str]:
    """Name every file that is called like a Python, where Pythons are kept; shims and environments are left out."""
    user = environ.get("HOME", "")
    pyenv = environ.get("PYENV_ROOT") or f"{user}/.pyenv"
    data = environ.get("XDG_DATA_HOME") or f"{user}/.local/share"
    yield os.fspath(own().path)
    shims = f"{pyenv}/shims"
    folders = [
        part for part in environ.get("PATH", "").split(":") if part.startswith("/") and part.rstrip("/") != shims
    ]
    uv = environ.get("UV_PYTHON_INSTALL_DIR") or f"{data}/uv/python"
    for many in (f"{pyenv}/versions", uv, os.fspath(home.pythons)):
        folders += [f"{many}/{name}/bin" for name in _names(many)]
    for folder in dict.fromkeys([*folders, *SYSTEM]):
        above = Path(folder).parent
        if (above / "pyvenv.cfg").exists() or (above / "conda-meta").is_dir():
            continue
        yield from (f"{folder}/{name}" for name in _names(folder) if _called_python(name))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  # names, and of folders with thousands of them
    except OSError:
        return []


def _called_python(name: str) -> bool:
    for stem in ("python3", "python", "pypy3", "pypy"):
        if name.startswith(stem):
            rest = name.removeprefix(stem).removeprefix(".").removesuffix("t")
            return rest.replace(".", "").isdigit() or not rest
    return False


def ask(path: str) -> Found | None:
    """Run one interpreter to say what it is; none when it is no Python 3, or does not start."""
    said = _said(path)
    if not said:
        return None
    asked = _describe(path, said)
    prefix = _prefix(Path(path).parent.parent / PREFIX)
    return asked.replace(interpreter=asked.interpreter.replace(prefix=prefix)) if prefix else asked


def _prefix(file: Path) -> str:
    """Give the key of the conda packages that a Python is one of; empty: it is an ordinary one."""
    import json

    try:
        return str(json.loads(file.read_bytes())["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _said(path: str) -> list[str] | None:
    from roost import processes

    try:
        done = processes.run([path, "-I", "-S", facts.__file__], env={"PATH": os.defpath, "LC_ALL": "C"}, timeout=20)
    except ProcessFailed:
        return None
    lines = done.output.splitlines()
    return lines if done.status == 0 and len(lines) == len(facts.tell()) else None


def _describe(path: str, said: Sequence[str]) -> Found:
    implementation, major, minor, micro, level, flags, bits, system, machine, release, libc = said
    abi = "".join(flag for flag in flags if flag in "td")
    if system == "Darwin":  # Darwin 20 is macOS 11, and 25 is macOS 26
        kernel = int(release.partition(".")[0])
        platform = f"macosx-{kernel + 1 if kernel >= 25 else kernel - 9}-{machine}"
    else:
        narrow = {"x86_64": "i686", "aarch64": "armv8l"}
        machine = narrow.get(machine, machine) if bits == "32" else machine
        platform = "-".join(part for part in (system.lower(), machine, libc) if part)
    version = (int(major), int(minor), int(micro))
    return Found(Interpreter(Path(path), implementation, version, abi, platform), level == "final")


def _stamp() -> list[str]:
    """Give what the answers depend on besides the file: an upgrade of the system asks all again."""
    return [*facts.tell()[7:], facts.__file__]


def _remembered(home: Home) -> dict[str, list[object]]:
    import json

    try:
        document = json.loads((home.facts / "interpreters.json").read_bytes())
        if document["schema"] == "roost.interpreters/1" and document["system"] == _stamp():
            return dict(document["known"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {}


def _remember(home: Home, known: Mapping[str, list[object]]) -> None:
    import json

    from roost.home import write

    document = {"schema": "roost.interpreters/1", "system": _stamp(), "known": known}
    with suppress(CannotCreate):  # then the next one asks again
        write(home.facts / "interpreters.json", json.dumps(document))
