"""Which packages answer what is wanted: those of a lock file, those found before, or what the solver finds."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost.distributions import faults
from roost.distributions.requests import FOREVER
from roost.errors import RoostError
from roost.scripts import pythons
from roost.scripts.conda import package
from roost.values import Value

from . import locked
from . import packages as records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .needs import Needs
    from .packages import Package

SCHEMA = "roost.conda/1"
MOST = 10  # earlier answers to one question
_START = "conda-"  # of the names of answers, among those of remembered requests


class Answer(Value):
    """Packages that were found for the same needs before."""

    packages: tuple[Package, ...]
    created: float  # seconds since the epoch
    file: tuple[str, int, int, int]  # where it is kept: path, mtime and ctime in nanoseconds, bytes
    held: bool = False  # somebody went back to it: it holds until an update is asked for

    @property
    def key(self) -> str:
        """Give the key of the prefix that has them."""
        return records.key(self.packages)

    def until(self, days: float) -> float:
        """Give the moment from which it is asked again, seconds since the epoch."""
        return FOREVER if self.held else self.created + days * 86400


def known(needs: Needs, short: str, *, home: Home, settings: Settings, offline: bool) -> tuple[Package, ...]:
    """Give the packages that a lock file has, or that were found before; none: they have to be solved."""
    names = [package(spec) for spec in needs.specs]
    found = locked.satisfying(needs.lock, names, short, (subdir(pythons.own().platform), "noarch"))
    if found:
        return found
    before = recall(needs, short, home)
    return before.packages if before and (offline or _young(before, settings)) else ()


def solved(
    needs: Needs,
    short: str,
    *,
    home: Home,
    settings: Settings,
    upgrade: bool,
    offline: bool,
    report: Reporter,
    what: str,
) -> tuple[Package, ...]:
    """Find the packages; where channels are away, those of last time are better than none.

    Raises:
        RoostError: as `solver.solve`.
    """
    from . import solver

    standing = () if upgrade and not offline else known(needs, short, home=home, settings=settings, offline=offline)
    if standing:
        return standing
    if offline:
        raise solver.offline(what, needs)
    before = recall(needs, short, home)
    report.progress("solving conda packages")
    begin = time.monotonic()
    try:
        found = solver.solve(needs, short, home=home, settings=settings, what=what)
    except RoostError as error:
        if before is None or upgrade or isinstance(error, faults.Conflict | solver.BadSpec):
            raise
        report.detail(f"{error.what}: the conda packages of last time are used")
        return before.packages
    report.step(f"solved {len(found)} conda packages in {time.monotonic() - begin:.1f} s")
    with suppress(RoostError):  # then the next one solves again
        _write(_file(needs, short, home), found, created=time.time())
    return found


def subdir(platform: str) -> str:
    """Name a platform as conda does: `linux-x86_64-glibc2.36` and the engine's `x86_64-unknown-linux-gnu` are `linux-64`."""
    system = "osx" if "mac" in platform or "darwin" in platform else "win" if "windows" in platform else "linux"
    arm = "aarch64" in platform or "arm64" in platform or platform == "macos"
    machine = ("aarch64" if system == "linux" else "arm64") if arm else "64"
    return f"{system}-{next((one for one in ('ppc64le', 's390x') if one in platform), machine)}"


def _young(known: Answer, settings: Settings) -> bool:
    return known.held or 0 <= time.time() - known.created <= settings.lock_max_age_days * 86400


def recall(needs: Needs, short: str, home: Home) -> Answer | None:
    """Give what was found before, however long ago; a file that is cut, damaged or of another schema is not there."""
    return _read(_file(needs, short, home))


def earlier(needs: Needs, short: str, home: Home) -> tuple[Answer, ...]:
    """Give what was found before that, the newest first."""
    found = filter(None, map(_read, _folder(_file(needs, short, home)).glob("*.json")))
    return tuple(sorted(found, key=lambda one: one.created, reverse=True))


def restore(needs: Needs, short: str, answer: Answer, home: Home) -> None:
    """Make an earlier answer the one that runs take, until an update is asked for; the present one becomes an earlier one.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    _write(_file(needs, short, home), answer.packages, created=answer.created, held=True)


def _file(needs: Needs, short: str, home: Home) -> Path:
    return home.requests / f"{_START}{needs.digest(short, pythons.own().platform)}.json"


def _folder(file: Path) -> Path:
    return file.parent / "earlier" / file.stem


def _read(file: Path) -> Answer | None:
    try:
        with file.open("rb") as stream:
            facts = os.fstat(stream.fileno())
            document = json.loads(stream.read())
        if document["schema"] != SCHEMA:
            return None
        stored = (os.fspath(file), facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size)
        packages = records.read(document["packages"])
        return Answer(packages, float(document["created"]), stored, held=bool(document.get("held")))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _write(file: Path, found: tuple[Package, ...], *, created: float, held: bool = False) -> None:
    """Keep an answer; the one whose place it takes becomes an earlier one, unless it has the same packages."""
    before = _read(file)
    if before and before.key != records.key(found):
        place = homes.ensure(_folder(file))
        for other in filter(None, map(_read, place.glob("*.json"))):
            if other.key == before.key:
                Path(other.file[0]).unlink(missing_ok=True)
        homes.write(place / f"{before.created:.6f}.json", _document(before.packages, before.created))
        for old in sorted(place.glob("*.json"), key=lambda one: float(one.stem))[:-MOST]:
            old.unlink(missing_ok=True)
    homes.write(file, _document(found, created, held=held))


def _document(found: tuple[Package, ...], created: float, *, held: bool = False) -> str:
    return json.dumps({"schema": SCHEMA, "created": created, "held": held, "packages": records.written(found)})


def forget(home: Home, *, standing: Collection[str], older_than: float, dry_run: bool) -> int:
    """Drop answers that were found so many seconds ago and whose packages nobody has any more; gives how many. Never fails.

    Args:
        standing: keys of the prefixes that stay.
        dry_run: only count them.
    """
    forgotten = 0
    for file in home.requests.glob(f"{_START}*.json"):
        with suppress(OSError):
            answer = _read(file)
            if time.time() - file.stat().st_mtime < older_than or (answer and answer.key in standing):
                continue
            forgotten += 1
            if not dry_run:
                shutil.rmtree(_folder(file), ignore_errors=True)
                file.unlink()
    return forgotten
