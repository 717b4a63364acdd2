"""What is done about a damaged environment: its distributions are fetched anew, and those that share them are suspected."""

from __future__ import annotations

import os
from pathlib import Path

from roost.distributions import engine, faults
from roost.errors import Exit, RoostError

from . import integrity, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .installers import Site
    from .integrity import Damage
    from .manifest import Manifest

TIMEOUT = 300.0  # seconds that the engine may take to drop a distribution from its cache: it waits for who uses it
SHOWN = 3


class DamagedDistribution(RoostError):
    """A distribution is not as it was recorded, wherever it comes from."""

    code = "damaged-distribution"
    exit = Exit.UNAVAILABLE


def prepare(place: Path, *, home: Home, settings: Settings, report: Reporter) -> None:
    """Say why an environment is built again, and see to it that what it is built from is whole.

    Raises:
        RoostError: the engine cannot be asked.
    """
    found = manifest.read(place)
    harm = integrity.damage(place, found, thorough=None) if found else ()
    shared = [one for one in harm if one.distribution and _linked(place / one.file)]
    for other, file in integrity.sharing(place, harm, _others(home)):
        integrity.suspect(other, f"{file}\tit is one file with a damaged one")
    if shared:
        _drop([one.distribution for one in shared if one.distribution], home=home, settings=settings, report=report)
    more = f" and {len(harm) - 1} more" if len(harm) > 1 else ""
    why = f" ({harm[0].sentence}{more})" if harm else ""
    report.note(f"the environment `{place.name}` is damaged{why}; it is built again")


def compare(aside: Path, described: Manifest) -> tuple[Damage, ...]:
    """Compare what was installed just now with what it should be."""
    return tuple(one for one in integrity.damage(aside, described) if one.distribution)


def refresh(harm: Sequence[Damage], site: Site) -> None:
    """Drop damaged distributions from the engine's cache.

    Raises:
        RoostError: they could not be fetched again now; the cache keeps them. Or the engine cannot be asked.
    """
    if site.offline:
        raise damaged(harm, site.what)
    names = [one.distribution for one in harm if one.distribution]
    _drop(names, home=site.home, settings=site.settings, report=site.report)


def damaged(harm: Sequence[Damage], what: str) -> RoostError:
    """Give the error about distributions that are damaged wherever they come from."""
    return DamagedDistribution(
        what,
        why=tuple(one.sentence for one in harm[:SHOWN]),
        hints=("have it downloaded again: run this once without `--offline`, when the index can be reached",),
    )


def _drop(names: Sequence[str], *, home: Home, settings: Settings, report: Reporter) -> None:
    wanted = sorted(set(names))
    done = engine.run(["cache", "clean", *wanted], home=home, settings=settings, timeout=TIMEOUT, report=report)
    if done.status:
        raise faults.classify(done.errors, what="cannot drop damaged distributions from the engine's cache")


def _linked(file: Path) -> bool:
    """Tell whether a file has another name elsewhere, in the engine's cache for one."""
    try:
        return file.stat().st_nlink > 1
    except OSError:
        return False


def _others(home: Home) -> list[Path]:
    try:
        names = os.listdir(home.environments)  # noqa: PTH208  # no Path for each of perhaps thousands
    except OSError:
        return []
    return [home.environments / name for name in names if not name.startswith(".")]
