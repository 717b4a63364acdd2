"""`gc`: environments that nobody uses any more, and rests of work that was broken off."""

from __future__ import annotations

import time

from roost import locks
from roost.values import Value

from . import store, use
from .references import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home

    from .references import Reference
    from .values import Environment

YOUNG = 86400.0  # seconds after its build in which an environment counts as used (contracts §2)


class Collected(Value):
    """What a collection took, or would take."""

    removed: tuple[Environment, ...]
    bytes: int  # that came free, shared files not counted
    orphans: tuple[str, ...]  # scripts that are gone; their references were dropped
    kept: tuple[tuple[Environment, str], ...]  # with the reason


def collect(home: Home, *, older_than: float, dry_run: bool) -> Collected:
    """Remove environments that were not used for so long and that no script on this machine refers to.

    Args:
        older_than: seconds since the last use.
        dry_run: only say what would go.
    """
    orphans = [one for one in references(home) if not one.script.exists()]
    referred = {one.environment: one.script.name for one in references(home) if one not in orphans}
    removed: list[Environment] = []
    kept: list[tuple[Environment, str]] = []
    freed = 0
    for one in store.listing(home):
        reason = _reason(home, one, referred, older_than)
        if reason:
            kept.append((one, reason))
            continue
        taken = store.own_size(one)
        if not dry_run and not _remove(home, one):
            kept.append((one, "it is being used"))
            continue
        removed.append(one)
        freed += taken
    if not dry_run:
        _forget(orphans)
        store.drop_unreadable(home)
        store.sweep(home)
    return Collected(tuple(removed), freed, tuple(str(one.script) for one in orphans), tuple(kept))


def _reason(home: Home, one: Environment, referred: dict[str, str], older_than: float) -> str | None:
    """Say why an environment is kept, or give None."""
    if one.name in referred:
        return f"`{referred[one.name]}` refers to it"
    now = time.time()
    if now - one.created < min(YOUNG, max(older_than, 0.0)) or now - use.last_used(one) < older_than:
        return "it was used lately"
    return use.busy(home, one.path)


def _remove(home: Home, one: Environment) -> bool:
    """Remove under the key's lock, unless somebody came in between."""
    try:
        store.remove(home, one, timeout=5)
    except (locks.LockHeld, store.EnvironmentInUse):
        return False
    return True


def _forget(orphans: list[Reference]) -> None:
    for one in orphans:
        one.file.unlink(missing_ok=True)
