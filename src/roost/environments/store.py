"""The environments that are there: listed, found, removed."""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

from roost import home as homes
from roost import locks
from roost.errors import CannotCreate, Exit, RoostError

from . import manifest
from .key import SHORT
from .slots import ASIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from roost.home import Home

    from .manifest import Manifest
    from .values import Environment

TRASH = ".trash-"
SLOTS = 256  # folders of one purpose at the same time


class NoSuchEnvironment(RoostError):
    """No environment has this name, key or script."""

    code = "no-such-environment"
    exit = Exit.NO_INPUT


class EnvironmentInUse(RoostError):
    """A process works with the environment."""

    code = "environment-in-use"
    exit = Exit.TRY_AGAIN


def listing(home: Home) -> tuple[Environment, ...]:
    """List ready environments by name; a folder without a manifest is none."""
    return tuple(filter(None, map(manifest.summary, sorted(folders(home)))))


def find(home: Home, text: str) -> Environment:
    """Find one environment by its name, the start of its name or key, or the path of a script that was run in it.

    Raises:
        NoSuchEnvironment: there is none, or several fit.
    """
    from . import pools
    from .references import referred

    every = (*listing(home), *pools.listing(home))
    exact = [one for one in every if text in {one.name, one.key, one.key[:SHORT], str(one.path)}]
    fitting = exact or [one for one in every if one.name.startswith(text) or one.key.startswith(text)]
    if not fitting:
        name = referred(home, Path(text))
        fitting = [one for one in every if one.name == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NoSuchEnvironment(
            f"`{text}` fits {len(fitting)} environments",
            why=tuple(f"`{one.name}`" for one in fitting[:10]),
            hints=("give more of its name",),
        )
    raise NoSuchEnvironment(f"there is no environment `{text}`", hints=("see what there is: `roost env list`",))


def manifest_of(home: Home, name: str, *, whole: bool = True) -> Manifest | None:
    """Give the manifest of the environment with this name; None where there is none.

    Args:
        whole: one that is damaged is none, as for whoever starts in it; a run that is in it already has it all the same.
    """
    from .build import ready

    place = folder(home, name)
    found = manifest.read(place)
    return found if found and (not whole or ready(place, found.key)) else None


def folder(home: Home, name: str) -> Path:
    """Give the folder of the environment with this name: ours, or the pool's where it is not ours."""
    own = home.environments / name
    if home.pool is None or own.exists():
        return own
    from . import pools

    return pools.named(home, name) or own


def standing(home: Home, name: str) -> Environment | None:
    """Give the environment with this name; None where there is none that is whole."""
    found = manifest_of(home, name)
    return manifest.environment(folder(home, name), found) if found else None


def has_module(folder: Path, short: str, name: str) -> bool:
    """Tell whether an environment has a module or package of this dotted name.

    Args:
        short: the version of its Python, "3.11".
    """
    site = manifest.packages(folder, short)
    place = site.joinpath(*name.split("."))
    if place.is_dir() or place.with_suffix(".py").exists():
        return True
    return any(one.suffix in {".so", ".pyc"} for one in place.parent.glob(f"{place.name}.*"))


def imported(folder: Path, short: str, modules: Iterable[str]) -> frozenset[str]:
    """Give the distributions, by canonical name, of which one of these top-level modules is.

    Args:
        short: the version of the environment's Python, "3.11".
    """
    wanted = set(modules)
    found = set()
    for record in manifest.packages(folder, short).glob("*.dist-info/RECORD"):
        name = re.sub(r"[-_.]+", "-", record.parent.name.partition("-")[0]).lower()
        lines = record.read_text("utf-8", "replace").splitlines()
        if any(line.partition("/")[0].partition(".")[0].partition(",")[0] in wanted for line in lines):
            found.add(name)
    return frozenset(found)


def remove(home: Home, environment: Environment, *, timeout: float = 60) -> None:
    """Remove an environment, unless a process works with it.

    Args:
        timeout: seconds to wait for who builds it just now.

    Raises:
        EnvironmentInUse: one does.
        LockHeld: it is being built for longer than that.
    """
    from .use import busy

    if environment.path.parent != home.environments:
        raise EnvironmentInUse(
            f"cannot remove `{environment.name}`",
            why=("it is the pool's",),
            hints=(f"`roost env unshare {environment.name}`",),
        )
    guard = home.locks / f"build-{environment.key[:SHORT]}"
    with locks.exclusive(guard, timeout=timeout):
        user = busy(home, environment.path)
        if user:
            raise EnvironmentInUse(f"cannot remove `{environment.name}`", why=(user,), hints=("end it first",))
        _take_away(home, environment.path, guard)


def _take_away(home: Home, path: Path, guard: Path) -> None:
    """Remove a folder and the files of its locks, of which we hold its key's."""
    from .use import drop

    discard(home, path)
    drop(home, path)
    locks.drop(guard)


def discard(home: Home, path: Path) -> None:
    """Take a folder out of the way at once, then delete it unless somebody works with it."""
    from .use import busy

    trash = home.environments / f"{TRASH}{path.name}-{time.time_ns()}"
    try:
        path.rename(trash)
    except FileNotFoundError:
        return
    if not busy(home, path, trash):
        clear(trash)


def clear(path: Path) -> None:
    """Delete a folder, or whatever stands in its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def slot(home: Home, name: str) -> Iterator[tuple[Path, int]]:
    """Take a folder beside the environments that is gone afterwards, and its lock's descriptor; the folder is not made.

    The same few paths are used again and again. Who holds the lock is alive, in whatever container; what a dead one left
    goes with the next one, or with `sweep`.

    Raises:
        CannotCreate: nothing can be made there, or too many are in use.
    """
    homes.ensure(home.environments)
    for number in range(SLOTS):
        aside = home.environments / f"{ASIDE}{name}-{number}"
        try:
            with locks.exclusive(home.locks / aside.name.lstrip("."), timeout=0) as descriptor:
                clear(aside)
                try:
                    yield aside, descriptor
                finally:
                    clear(aside)
                return
        except locks.LockHeld:
            continue
    raise CannotCreate("cannot build: too many builds are under way", hints=("try again when some have ended",))


def sweep(home: Home) -> None:
    """Delete what dead builds left, and trash that nobody works with any more."""
    from .use import busy

    for path in folders(home, hidden=True):
        if path.name.startswith(ASIDE):
            try:
                with locks.exclusive(home.locks / path.name.lstrip("."), timeout=0):
                    clear(path)
            except locks.LockHeld:
                continue
        elif path.name.startswith(TRASH):
            before = home.environments / path.name.removeprefix(TRASH).rpartition("-")[0]
            if not busy(home, before, path):
                clear(path)


def drop_unreadable(home: Home) -> None:
    """Take away folders whose manifest is cut or gone: nobody takes them for environments any more.

    Another version of roost may write its manifests in another way; those are whole and stay.
    """
    from .use import busy

    for path in folders(home):
        guard = home.locks / f"build-{path.name.rpartition('-')[2]}"
        if not manifest.broken(path):
            continue
        try:
            with locks.exclusive(guard, timeout=0):
                if manifest.broken(path) and not busy(home, path):
                    _take_away(home, path, guard)
        except locks.LockHeld:  # it is being built
            continue


def folders(home: Home, *, hidden: bool = False) -> list[Path]:
    """List the folders of environments, whole or not; hidden ones are being built, or on their way out."""
    try:
        names = os.listdir(home.environments)  # noqa: PTH208
    except OSError:
        return []
    return [home.environments / name for name in names if name.startswith(".") == hidden]
