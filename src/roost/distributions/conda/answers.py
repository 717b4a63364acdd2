"""Which packages answer what is wanted: those of a lock file, those found before, or what the solver finds."""

from __future__ import annotations

import json
import time
from contextlib import suppress

from roost import home as homes
from roost.distributions import faults
from roost.errors import RoostError
from roost.scripts import pythons
from roost.scripts.conda import package
from roost.values import Value

from . import locked
from . import packages as records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .needs import Needs
    from .packages import Package

SCHEMA = "roost.conda/1"
_START = "conda-"  # of the names of answers, among those of remembered requests


class _Answer(Value):
    """Packages that were found for the same needs before."""

    packages: tuple[Package, ...]
    created: float  # seconds since the epoch


def known(needs: Needs, short: str, *, home: Home, settings: Settings, offline: bool) -> tuple[Package, ...]:
    """Give the packages that a lock file has, or that were found before; none: they have to be solved."""
    names = [package(spec) for spec in needs.specs]
    found = locked.satisfying(needs.lock, names, short, (subdir(pythons.own().platform), "noarch"))
    if found:
        return found
    before = _recall(needs, short, home)
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
    before = _recall(needs, short, home)
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
    _remember(needs, short, found, home)
    return found


def subdir(platform: str) -> str:
    """Name a platform as conda does: `linux-x86_64-glibc2.36` and the engine's `x86_64-unknown-linux-gnu` are `linux-64`."""
    system = "osx" if "mac" in platform or "darwin" in platform else "win" if "windows" in platform else "linux"
    arm = "aarch64" in platform or "arm64" in platform or platform == "macos"
    machine = ("aarch64" if system == "linux" else "arm64") if arm else "64"
    return f"{system}-{next((one for one in ('ppc64le', 's390x') if one in platform), machine)}"


def _young(known: _Answer, settings: Settings) -> bool:
    return 0 <= time.time() - known.created <= settings.lock_max_age_days * 86400


def _answer_file(needs: Needs, short: str, home: Home) -> Path:
    return home.requests / f"{_START}{needs.digest(short, pythons.own().platform)}.json"


def _recall(needs: Needs, short: str, home: Home) -> _Answer | None:
    try:
        document = json.loads(_answer_file(needs, short, home).read_bytes())
        if document["schema"] != SCHEMA:
            return None
        return _Answer(records.read(document["packages"]), float(document["created"]))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _remember(needs: Needs, short: str, found: tuple[Package, ...], home: Home) -> None:
    document = {"schema": SCHEMA, "created": time.time(), "packages": records.written(found)}
    with suppress(RoostError):  # then the next one solves again
        homes.write(_answer_file(needs, short, home), json.dumps(document))


def forget(home: Home, *, standing: Collection[str], older_than: float, dry_run: bool) -> int:
    """Drop answers that were found so many seconds ago and whose packages nobody has any more; gives how many. Never fails.

    Args:
        standing: keys of the prefixes that stay.
        dry_run: only count them.
    """
    forgotten = 0
    for file in home.requests.glob(f"{_START}*.json"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime < older_than or _key(file) in standing:
                continue
            forgotten += 1
            if not dry_run:
                file.unlink()
    return forgotten


def _key(file: Path) -> str | None:
    """Give the key of the prefix that has what an answer says; None: it is damaged."""
    try:
        return records.key(records.read(json.loads(file.read_bytes())["packages"]))
    except (ValueError, KeyError, TypeError, IndexError):
        return None
