"""Prefixes: conda packages in a folder of their own, with a Python among them; found, made, removed.

A prefix is built beside its place and renamed to it, with its manifest written last, so that a folder without a whole
manifest is none. It is shared by every environment that wants the same packages, and never changed.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost import locks
from roost.distributions import faults
from roost.errors import CannotCreate
from roost.scripts import Choice, pythons
from roost.scripts.interpreters import PREFIX as FILE
from roost.values import Value

from . import answers, contents, variables
from . import packages as records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .needs import Needs
    from .packages import Package

SCHEMA = "roost.prefix/1"
ASIDE = ".tmp-"
SHORT = 12  # hex digits of the key in a folder's name


class Prefix(Value):
    """One folder of conda packages."""

    path: Path
    key: str  # 64 hex digits
    created: float  # seconds since the epoch
    specs: tuple[str, ...]
    channels: tuple[str, ...]  # without credentials
    packages: tuple[Package, ...]
    variables: tuple[tuple[str, str], ...]  # what the packages want to be set


def standing(needs: Needs, choice: Choice, *, home: Home, settings: Settings, upgrade: bool, offline: bool) -> Choice:
    """Give the Python of the prefix with what is wanted, if that stands; else a choice without an interpreter: `make` has it.

    Args:
        choice: the Python that would be taken without conda: its version counts.
        upgrade: packages are looked for again.
    """
    short = _short(choice)
    found = () if upgrade else answers.known(needs, short, home=home, settings=settings, offline=offline)
    if found:
        prefix = read(_place(home, found))
        interpreter = _python(prefix) if prefix and not contents.damage(prefix.path) else None
        if interpreter:
            return _chosen(interpreter, choice)
    return Choice(None, short, f"Python {short} of the conda packages, which are fetched when it runs: {choice.reason}")


def make(
    needs: Needs,
    choice: Choice,
    *,
    home: Home,
    settings: Settings,
    upgrade: bool,
    offline: bool,
    report: Reporter,
    what: str,
) -> Choice:
    """Have the prefix with what is wanted: solved unless that was done before, fetched and installed unless it stands.

    Args:
        upgrade: packages are looked for again.
        what: for errors: "cannot find what `a.py` needs".

    Raises:
        RoostError: as `solver.solve` and `solver.install`.
        LockHeld: somebody else builds it for longer than a build may take.
    """
    short = _short(choice)
    found = answers.solved(
        needs, short, home=home, settings=settings, upgrade=upgrade, offline=offline, report=report, what=what
    )
    digest = records.key(found)
    place = _place(home, found)
    prefix = read(place)
    harm = contents.damage(place) if prefix else ()
    if harm:
        file, said = harm[0]
        report.note(f"the conda packages in `{place.name}` are damaged (`{file}` {said}); they are installed again")
    interpreter = _python(prefix) if prefix and not harm else None
    if interpreter is None:
        guard = home.locks / f"prefix-{digest[:SHORT]}"
        waiting = lambda: report.progress("waiting for another build")  # noqa: E731
        with locks.exclusive(guard, timeout=settings.build_timeout, waiting=waiting) as held:
            prefix = read(place)
            if prefix is None or contents.damage(place):
                prefix = _build(needs, found, place, held, home=home, settings=settings, report=report, what=what)
            interpreter = _python(prefix)
    if interpreter is None:
        raise faults.EngineFailed(what, why=(f"the Python among the conda packages in `{place.name}` does not start",))
    return _chosen(interpreter, choice)


def _chosen(interpreter: Interpreter, choice: Choice) -> Choice:
    return Choice(interpreter, interpreter.short, f"Python {interpreter.full} of the conda packages: {choice.reason}")


def of(interpreter: Interpreter) -> Prefix | None:
    """Give the prefix that a Python is one of; None: it is an ordinary Python, or its prefix is gone."""
    return read(interpreter.path.parent.parent) if interpreter.prefix else None


def read(place: Path) -> Prefix | None:
    """Give the prefix in a folder; None where there is none that is whole."""
    import json

    try:
        document = json.loads((place / FILE).read_bytes())
        if document["schema"] != SCHEMA:
            return None
        return Prefix(
            place, str(document["key"]), float(document["created"]), tuple(map(str, document["specs"])),
            tuple(map(str, document["channels"])), records.read(document["packages"]),
            tuple((str(name), str(value)) for name, value in document["variables"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def listing(home: Home) -> tuple[Prefix, ...]:
    """List the prefixes that stand, by name."""
    return tuple(filter(None, (read(path) for path in sorted(_folders(home)))))


def remove(home: Home, prefix: Prefix) -> None:
    """Remove a prefix, which nobody may be using.

    Raises:
        LockHeld: it is being built.
    """
    guard = home.locks / f"prefix-{prefix.key[:SHORT]}"
    with locks.exclusive(guard, timeout=1):
        trash = home.prefixes / f"{ASIDE}{prefix.path.name}"
        with suppress(FileNotFoundError):
            prefix.path.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)
        locks.drop(guard)


def doubt(prefix: Prefix) -> None:
    """Have a prefix installed again at its next use: what runs in it runs on."""
    (prefix.path / contents.SEALS).unlink(missing_ok=True)


def sweep(home: Home) -> None:
    """Delete what dead builds left, and folders without a whole manifest."""
    for path in _folders(home):
        guard = home.locks / f"prefix-{path.name.rpartition('-')[2]}"
        if read(path) is None:
            with suppress(locks.LockHeld), locks.exclusive(guard, timeout=0):
                if read(path) is None:
                    shutil.rmtree(path, ignore_errors=True)
                    locks.drop(guard)


def _folders(home: Home) -> list[Path]:
    try:
        return [home.prefixes / name for name in os.listdir(home.prefixes)]  # noqa: PTH208
    except OSError:
        return []


def _short(choice: Choice) -> str:
    return choice.interpreter.short if choice.interpreter else ".".join(choice.wanted.split(".")[:2])


def _build(
    needs: Needs,
    found: tuple[Package, ...],
    place: Path,
    held: int,
    *,
    home: Home,
    settings: Settings,
    report: Reporter,
    what: str,
) -> Prefix:
    from . import solver

    digest = records.key(found)
    homes.ensure(home.prefixes)
    aside = home.prefixes / f"{ASIDE}{place.name}"
    begin = time.monotonic()
    report.progress(f"installing {len(found)} conda packages")
    doubtful = place.exists()  # what is cached may be damaged as well
    for left in (aside, place):
        shutil.rmtree(left, ignore_errors=True)
    try:
        solver.install(
            found, aside, place, needs, home=home, settings=settings, what=what, doubtful=doubtful, keep=(held,)
        )
        contents.seal(aside)
        aside.rename(place)
    except OSError as error:
        raise CannotCreate(what, why=(error.strerror or str(error),)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    prefix = Prefix(place, digest, time.time(), needs.specs, needs.bare, found, variables.wanted(place, report))
    _write(prefix)
    report.step(f"installed {len(found)} conda packages in `{place.name}` in {time.monotonic() - begin:.1f} s")
    return prefix


def _write(prefix: Prefix) -> None:
    import json

    document = {
        "schema": SCHEMA, "key": prefix.key, "created": prefix.created, "specs": prefix.specs, "channels": prefix.channels,
        "variables": prefix.variables, "packages": records.written(prefix.packages),
    }  # fmt: skip
    homes.write(prefix.path / FILE, json.dumps(document, indent=1) + "\n", mode=0o644)


def _python(prefix: Prefix) -> Interpreter | None:
    """Give the Python of a prefix, if it starts."""
    python = next((one.version for one in prefix.packages if one.name == "python"), "")
    asked = pythons.ask(os.path.realpath(prefix.path / "bin" / f"python{'.'.join(python.split('.')[:2])}"))
    return asked.interpreter if asked and asked.interpreter.prefix == prefix.key else None


def _place(home: Home, found: tuple[Package, ...]) -> Path:
    digest = records.key(found)
    return home.prefixes / f"conda-{digest[:SHORT]}"
