"""The Pythons of this machine, and the one that a script gets."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import ConfigurationError, Exit, RoostError, UsageError
from roost.values import Value

from .downloads import NoPython
from .interpreters import ask, found, installed, own
from .specifiers import fits
from .values import Choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .downloads import Download
    from .values import Interpreter, PythonRange

__all__ = ["OLDEST", "NoPython", "PythonTwo", "ask", "choose", "fetch", "installed", "own"]

OLDEST = (3, 8, 0)  # what roost puts into an environment is written for this Python and newer


class PythonTwo(RoostError):
    """The script is written in Python 2."""

    code = "python-2"
    exit = Exit.UNREADABLE


class _Wish(Value):
    """What `--python` or the setting asks for."""

    said: str  # for messages: "`--python 3.12`"
    specifier: str = ""
    implementation: str = "cpython"
    abi: str = ""
    path: Path | None = None  # one executable, and no other

    def takes(self, one: Interpreter | Download, also: str = "") -> bool:
        """Tell whether a Python is what is wished, and fits the specifier `also`."""
        return (
            (one.implementation, one.abi) == (self.implementation, self.abi)
            and one.version >= OLDEST
            and fits(one.version, self.specifier)
            and fits(one.version, also)
        )


def choose(python: PythonRange, *, wanted: str | None, home: Home, settings: Settings, offline: bool) -> Choice:
    """Choose the Python for a script: what is asked for, else roost's own if it fits, else the newest that does.

    Downloads nothing: where only the engine could have a Python that fits, the choice's interpreter is none and
    `wanted` is the version; `fetch` gets it.

    Args:
        python: what the script can run on; an explicit wish goes before it.
        wanted: the value of `--python`.
        offline: said in the reason when a Python would have to be fetched.

    Raises:
        PythonTwo: only Python 2 can run the script.
        NoPython: no Python fits, neither here nor at the engine's source.
        UsageError: the wish cannot be understood, or names a file that is no Python.
        ConfigurationError: the setting cannot be understood.
    """
    if python.python2 is not None:
        raise PythonTwo(
            "the script is written in Python 2, which roost does not run",
            why=(python.python2,),
            hints=("convert a copy of it: `python3.11 -m lib2to3 -w -n FILE` (any Python up to 3.12 has lib2to3)",),
        )
    if wanted:
        return _wished(_wish(wanted, f"`--python {wanted}`"), python, home, offline=offline)
    why = f"the script needs `{python.specifier}`{_because(python)}" if python.specifier else ""
    if settings.python:
        wish = _setting(settings.python)
        if wish.path is not None:
            return _wished(wish, python, home, offline=offline)
        choice = _first(wish, python.specifier, home, wish.said, offline=offline)
        if choice is not None:
            return choice
        why += f", which {wish.said} does not fit"
    choice = _first(_Wish("the script"), python.specifier, home, why, offline=offline)
    if choice is None:
        raise _none("no Python can run the script", f"it needs `{python.specifier}`", python, home)
    return choice


def fetch(choice: Choice, *, home: Home, offline: bool, report: Reporter) -> Interpreter:
    """Give the chosen interpreter, downloading it where it is not on this machine.

    Raises:
        NoPython: it would have to be downloaded, and that is not allowed or fails.
    """
    if choice.interpreter is not None:
        return choice.interpreter
    from . import downloads

    version = choice.wanted
    if offline:
        raise NoPython(
            f"Python {version} is not on this machine, and must not be fetched offline",
            why=(choice.reason,),
            hints=("run it once without `--offline`",),
        )
    download = next((one for one in downloads.offered(home, os.environ, every_patch=True) if one.full == version), None)
    if download is None:
        raise NoPython(
            f"Python {version} is not on this machine, and the engine offers it no more", why=(choice.reason,)
        )
    report.progress(f"fetching Python {version}")
    stands = os.path.realpath(downloads.install(download, home, os.environ))
    report.step(f"fetched Python {version}")
    for interpreter in installed(home, os.environ):
        if os.fspath(interpreter.path).startswith(f"{stands}/"):
            return interpreter
    raise NoPython(f"Python {version} was fetched, but does not run", why=(f"looked in `{stands}`",))


def _because(python: PythonRange) -> str:
    return f" ({'; '.join(python.reasons)})" if python.reasons else ""


def _wished(wish: _Wish, python: PythonRange, home: Home, *, offline: bool) -> Choice:
    """Follow an explicit wish, even against what the script says of itself."""
    if wish.path is not None:
        choice: Choice | None = _named(wish)
    else:
        choice = _first(wish, python.specifier, home, wish.said, offline=offline)
        choice = choice or _first(wish, "", home, wish.said, offline=offline)
    if choice is None:
        raise _none(
            f"there is no Python for {wish.said}",
            f"it means `{wish.implementation}{wish.specifier}{wish.abi}`",
            None,
            home,
        )
    version = choice.interpreter.version if choice.interpreter else None
    if version and not fits(version, python.specifier):
        reason = f"{choice.reason}, although the script needs `{python.specifier}`{_because(python)}"
        return Choice(choice.interpreter, choice.wanted, reason)
    return choice


def _named(wish: _Wish) -> Choice:
    path = os.path.realpath(_base(wish.path or Path()))
    asked = ask(path) if os.access(path, os.X_OK) else None
    if asked is None:
        raise UsageError(f"{wish.said} is no Python that can be started", why=(f"tried `{path}`",))
    if asked.interpreter.version < OLDEST:
        raise NoPython(
            f"{wish.said} is Python {asked.interpreter.full}",
            why=("roost makes environments for Python 3.8 and newer",),
        )
    return Choice(asked.interpreter, asked.interpreter.short, wish.said)


def _base(path: Path) -> Path:
    """Lead from a virtual environment or an installation's folder to the interpreter behind it."""
    if path.is_dir():
        path = path / "bin" / "python3" if (path / "bin" / "python3").exists() else path / "bin" / "python"
    configuration = path.parent.parent / "pyvenv.cfg"
    if path.is_symlink() or not configuration.is_file():
        return path
    for line in configuration.read_text("utf-8", "replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            return Path(value.strip()) / path.name
    return path


def _first(wish: _Wish, specifier: str, home: Home, why: str, *, offline: bool) -> Choice | None:
    """Take roost's own Python, else the newest here, else the newest that the engine has; none when none fits."""
    mine = own()
    if wish.takes(mine, specifier):
        return Choice(mine, mine.short, f"roost's own Python {mine.short}" + (f": {why}" if why else ""))
    here = found(home, os.environ)
    for one in here:
        if wish.takes(one.interpreter, specifier) and (one.final or _exact(wish)):
            version = one.interpreter.full
            return Choice(one.interpreter, one.interpreter.short, f"Python {version}, the newest here that fits: {why}")
    from . import downloads

    for every_patch in (False, True):
        for download in downloads.offered(home, os.environ, every_patch=every_patch):
            if wish.takes(download, specifier) and download.final:
                versions = ", ".join(dict.fromkeys(one.interpreter.full for one in here))
                can = "would have to be fetched (offline now)" if offline else "can be fetched"
                reason = f"Python {download.full} {can}: {why}; none here fits ({versions or 'there is none'})"
                return Choice(None, download.full, reason)
    return None


def _exact(wish: _Wish) -> bool:
    """Tell whether a wish names one minor version, so that a pre-release of it is meant as well."""
    return wish.specifier.startswith("==")


def _none(what: str, needs: str, python: PythonRange | None, home: Home) -> NoPython:
    from . import downloads

    here = ", ".join(dict.fromkeys(one.interpreter.full for one in found(home, os.environ)))
    usual = _Wish("")
    there = ", ".join(one.full for one in downloads.offered(home, os.environ) if one.final and usual.takes(one))
    return NoPython(
        what,
        why=(
            needs,
            *(python.reasons if python else ()),
            f"on this machine: {here or 'none'}",
            f"the engine could fetch: {there or 'none'}",
            "roost makes environments for Python 3.8 and newer",
        ),
        hints=("name another one: `roost run --python 3.12 FILE`",),
    )


def _setting(text: str) -> _Wish:
    try:
        return _wish(text, f"the setting `python` ({text})")
    except UsageError as error:
        raise ConfigurationError(
            error.what, why=error.why, hints=("say it as `3.12`, `>=3.11`, or as a path",)
        ) from None


def _wish(text: str, said: str) -> _Wish:
    """Read `3.12`, `3.12.1`, `3.13t`, `>=3.11`, `cpython@3.13`, `pypy3.10`, `python3.12`, a path, or a program's name."""
    import re

    if "/" in text:
        return _Wish(said, path=Path(text).absolute())
    if text[0] in "<>=!~":
        try:
            fits(OLDEST, text)
        except ValueError as error:
            raise UsageError(f"{said} cannot be understood", why=(str(error),)) from None
        return _Wish(said, text.replace(" ", ""))
    parts = re.fullmatch(r"(?:(c?python|cp|pypy|pp|graalpy)@?)?(\d+(?:\.\d+){0,2})?(t|\+freethreaded)?", text)
    if parts is not None:
        named = {"pypy": "pypy", "pp": "pypy", "graalpy": "graalpy"}.get(parts[1] or "", "cpython")
        version = parts[2] or "3"
        specifier = f"=={version}" if version.count(".") == 2 else f"=={version}.*"
        return _Wish(said, specifier, named, "t" if parts[3] else "")
    import shutil

    program = shutil.which(text)
    if program is None:
        hint = "name a version (`--python 3.12`), a specifier (`--python '>=3.11'`) or a path"
        raise UsageError(f"{said} is no version, and no program on PATH", hints=(hint,))
    return _Wish(said, path=Path(program))
