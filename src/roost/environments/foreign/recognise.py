"""A folder → an environment: what its files say of it. Nothing is executed."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from roost.environments import manifest
from roost.environments.values import Environment

from .values import Foreign

LARGEST = 1 << 16  # bytes of a pyvenv.cfg that are read


def recognise(path: Path, kind: str | None = None) -> Foreign | None:
    """Say what environment a folder is; None: it is none, or roost's own.

    Args:
        kind: whose it is, where the place tells; the folder itself tells only `venv`, `virtualenv` and `conda`.
    """
    settings = _settings(path / "pyvenv.cfg")
    if settings is not None:
        if (path / manifest.FILE).exists():
            return None
        return _venv(path, settings, kind)
    if (path / "conda-meta").is_dir():
        version = _conda_version(path)
        return Foreign("conda", path, version, None, _broken(path, version) if version else None, _used(path))
    if kind == "pyenv" and (path / "bin").is_dir():
        version = _in_name(path)
        return Foreign(kind, path, version, None, _broken(path, version), _used(path))
    return None


def environment(one: Foreign) -> Environment:
    """Give the value that the rest of roost knows an environment by, so that what shows one shows the others too."""
    short = ".".join((one.version or "").split(".")[:2])
    site = manifest.packages(one.path, short)
    listed = set(manifest.installed(site)) if site.is_dir() else set()
    for entry in (one.path / "conda-meta").glob("*.json"):  # NAME-VERSION-BUILD.json
        name, version, _ = entry.stem.rsplit("-", 2) if entry.stem.count("-") >= 2 else (entry.stem, "", "")
        if not any(name == other for other, _ in listed):
            listed.add((name, version))
    return Environment(one.path, "", one.python, one.version or "", tuple(sorted(listed)), _made(one.path))


def _venv(path: Path, settings: dict[str, str], kind: str | None) -> Foreign:
    """Read what a virtual environment's `pyvenv.cfg` says (PEP 405, and what virtualenv and uv add)."""
    said = settings.get("version_info") or settings.get("version") or ""
    found = re.match(r"\d+\.\d+(\.\d+)?", said)
    version = found[0] if found else _in_lib(path)
    maker = next((f"{name} {settings[name]}" for name in ("uv", "virtualenv") if name in settings), None)
    plain = "virtualenv" if "virtualenv" in settings else "venv"
    broken = _broken(path, version)
    base = settings.get("home", "")
    if broken is None and base and not Path(base).is_dir():
        broken = f"the Python it was made with is gone: `{base}`"
    return Foreign(kind or plain, path, version, maker, broken, _used(path))


def _settings(file: Path) -> dict[str, str] | None:
    """Read `key = value` lines; None: there is no such file. Its time of reading stays what it is: it is a sign of use."""
    data = _unnoticed(file)
    if data is None:
        return None
    pairs = (line.partition("=") for line in data.decode("utf-8", "replace").splitlines())
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _unnoticed(file: Path) -> bytes | None:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    for more in (getattr(os, "O_NOATIME", 0), 0):  # only the file's owner may ask for that
        try:
            descriptor = os.open(file, flags | more)
        except PermissionError:
            continue
        except OSError:
            return None
        try:
            return os.read(descriptor, LARGEST)
        except OSError:
            return None
        finally:
            os.close(descriptor)
    return None


def _conda_version(path: Path) -> str | None:
    for entry in (path / "conda-meta").glob("python-[0-9]*.json"):
        return entry.name.split("-")[1]
    return None


def _in_name(path: Path) -> str | None:
    found = re.fullmatch(r"(?:\w+-)?(\d+\.\d+(\.\d+)?)t?(?:-.*)?", path.name)
    return found[1] if found and _in_lib(path) == ".".join(found[1].split(".")[:2]) else _in_lib(path)


def _in_lib(path: Path) -> str | None:
    """Give the version that the folder of the library is called by."""
    for entry in sorted(path.glob("lib/python[0-9]*"), reverse=True):
        found = re.fullmatch(r"python(\d+\.\d+)t?", entry.name)
        if found:
            return found[1]
    return None


def _broken(path: Path, version: str | None) -> str | None:
    """Say why the Python of an environment cannot start, or cannot find what is installed; None where nothing tells so."""
    python = path / "bin" / "python"
    if not python.exists():
        if python.is_symlink():
            return f"its Python is gone: `{os.path.realpath(python)}`"
        return "it has no `bin/python`"
    if not os.access(python, os.X_OK):
        return "its Python may not be executed"
    short = ".".join((version or "").split(".")[:2])
    stands_on = re.fullmatch(r"python(\d+\.\d+)t?", Path(os.path.realpath(python)).name)
    if stands_on and short and stands_on[1] != short:
        return f"it was made for Python {short}, and its Python is {stands_on[1]} now"
    if not manifest.packages(path, short).is_dir():
        return "it has no folder for distributions"
    return None


def _used(path: Path) -> float:
    """Give the newest sign of use: every start of a venv's Python reads its `pyvenv.cfg`, imports write bytecode."""
    signs = []
    with suppress(OSError):
        facts = (path / "pyvenv.cfg").stat()
        signs += [facts.st_atime, facts.st_mtime]
    site = manifest.packages(path, _in_lib(path) or "")
    for place in (path / "bin", path / "conda-meta" / "history", site, site / "__pycache__"):
        with suppress(OSError):
            signs.append(place.stat().st_mtime)
    return max(signs, default=0.0)


def _made(path: Path) -> float:
    for sign in ("pyvenv.cfg", "conda-meta"):
        with suppress(OSError):
            return (path / sign).stat().st_mtime
    return path.stat().st_mtime
