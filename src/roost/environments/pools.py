"""A pool: environments that one user of a machine keeps and everybody on it runs (`ROOST_POOL`).

A folder with `environments/`, each as in a home, under the same keys, readable by all and writable by its owner alone.
Whoever names a pool trusts its owner; that nobody else can have changed anything is looked at every time.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from roost import locks
from roost.errors import CannotCreate, Exit, RoostError

from . import integrity, manifest, use
from .key import SHORT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.home import Home

    from .manifest import Manifest
    from .values import Environment

_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_LEFT = (use.MARK, integrity.SUSPECT, integrity.CLEARED)  # what belongs to one home


class CannotShare(RoostError):
    """An environment cannot be put into the pool."""

    code = "cannot-share"
    exit = Exit.CANNOT_CREATE


def found(home: Home, digest: str) -> tuple[Path, Manifest] | None:
    """Give the pool's environment with this key; None where there is none that may be used."""
    from .build import ready

    for place in _folders(home):
        if place.name.endswith(f"-{digest[:SHORT]}"):
            known = ready(place, digest)
            if known:
                return place, known
    return None


def named(home: Home, name: str) -> Path | None:
    """Give the folder of the pool's environment with this name; None where there is none that may be used."""
    return next((place for place in _folders(home) if place.name == name), None)


def listing(home: Home) -> tuple[Environment, ...]:
    """List the environments of the pool by name."""
    known = ((place, manifest.read(place)) for place in _folders(home))
    return tuple(manifest.environment(place, one) for place, one in known if one)


def doubt(home: Home) -> str | None:
    """Say why the pool is not used, or None: it is, or there is none."""
    if home.pool is None:
        return None
    try:
        owner = home.pool.stat().st_uid
        path = home.pool.resolve(strict=True)
        for part in (path / "environments", path, *path.parents):
            facts = part.stat()
            sticky = facts.st_mode & stat.S_ISVTX and part not in {path, path / "environments"}
            if facts.st_uid not in {0, owner} or (facts.st_mode & _OTHERS and not sticky):
                return f"the pool `{home.pool}` is not used: others than its owner may write to `{part}`"
    except FileNotFoundError as error:
        return f"the pool `{home.pool}` is not there: `{error.filename}` is missing"
    except OSError as error:
        return f"the pool `{home.pool}` cannot be read: {error.strerror}"
    return None


def share(home: Home, environment: Environment) -> Path:
    """Copy an environment, with its bytecode, into the pool; gives its folder there. The one that was there is replaced.

    Raises:
        CannotShare: there is no pool, others may write to it, or others cannot reach the environment's Python.
        CannotCreate: the pool cannot be written.
    """
    from . import bytecode
    from .store import clear

    what = f"cannot share `{environment.name}`"
    pool = _ours(home, what)
    if environment.path.parent == pool:
        raise CannotShare(what, why=("it is the pool's already",))
    if environment.python.resolve().is_relative_to(home.prefixes):
        raise CannotShare(what, why=("it stands on conda packages of your own home",))
    hidden = _out_of_reach(environment.python.resolve())
    if hidden:
        raise CannotShare(what, why=(f"others cannot reach its Python: `{hidden}` is closed to them",),
                          hints=("build it with a Python that everybody can run: `--python /usr/bin/python3`",))  # fmt: skip
    bytecode.compile(environment, home=home)
    place = pool / environment.name
    aside = pool / f".tmp-{os.getpid()}"
    try:
        with locks.exclusive(home.locks / f"pool-{environment.key[:SHORT]}"), use.using(home, environment):
            clear(aside)
            shutil.copytree(environment.path, aside, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT))
            _open(aside)
            _discard(home, place)
            aside.rename(place)
    except (OSError, shutil.Error) as error:
        raise CannotCreate(what, why=(str(error),)) from error
    finally:
        clear(aside)
    return place


def unshare(home: Home, name: str) -> None:
    """Take an environment out of the pool; who works in it goes on.

    Raises:
        CannotShare: there is no pool, or nothing of this name in it.
        CannotCreate: it cannot be written.
    """
    what = f"cannot take `{name}` out of the pool"
    place = _ours(home, what) / name
    if name.startswith(".") or not place.is_dir():
        raise CannotShare(what, why=("it is not in it",), hints=("see what is there: `roost env list`",))
    try:
        _discard(home, place)
    except OSError as error:
        raise CannotCreate(what, why=(str(error),)) from error


def _ours(home: Home, what: str) -> Path:
    """Give the folder of the pool's environments, made if it is not there, if it is ours to write.

    Raises:
        CannotShare: it is not.
        CannotCreate: it cannot be made.
    """
    if home.pool is None:
        raise CannotShare(what, why=("no pool is named",), hints=("name its folder: `export ROOST_POOL=/srv/roost`",))
    folder = home.pool / "environments"
    try:
        for one in (home.pool, folder):
            if not one.exists():
                one.mkdir(parents=True)
                one.chmod(0o755)
        mine = folder.stat().st_uid == os.geteuid()
    except OSError as error:
        raise CannotCreate(what, why=(f"`{folder}`: {error.strerror}",)) from error
    why = doubt(home) or (None if mine else f"the pool `{home.pool}` is kept by another user")
    if why:
        raise CannotShare(what, why=(why,))
    return folder


def _folders(home: Home) -> Iterator[Path]:
    """Give the pool's folders, if it may be used, that its owner alone can write."""
    if home.pool is None or doubt(home):
        return
    folder = home.pool / "environments"
    owner = folder.stat().st_uid
    for name in sorted(os.listdir(folder)):  # noqa: PTH208
        place = folder / name
        facts = place.lstat()
        if (
            not name.startswith(".")
            and stat.S_ISDIR(facts.st_mode)
            and facts.st_uid == owner
            and not facts.st_mode & _OTHERS
        ):
            yield place


def _out_of_reach(path: Path) -> Path | None:
    """Give the first part of a path that not everybody can enter, or run."""
    for part in reversed((path, *path.parents)):
        if not part.stat().st_mode & stat.S_IXOTH:
            return part
    return None


def _open(folder: Path) -> None:
    """Let everybody read, and nobody write but the owner, who may add and remove files."""
    for at, folders, names in os.walk(folder):
        Path(at).chmod(0o755)
        for name in (*folders, *names):
            path = Path(at, name)
            if not path.is_symlink() and path.is_file():
                path.chmod(0o555 if path.stat().st_mode & 0o111 else 0o444)


def _discard(home: Home, place: Path) -> None:
    from .store import clear

    trash = place.with_name(f".trash-{place.name}")
    with suppress(FileNotFoundError):
        place.rename(trash)
    if not use.busy(home, place, trash):
        clear(trash)
