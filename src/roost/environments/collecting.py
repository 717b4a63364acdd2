"""`gc`: environments that nobody uses any more, what only they had in the engine's cache, rests of work broken off."""

from __future__ import annotations

import time

from roost import locks
from roost.distributions import building
from roost.values import Value

from . import cached, sizes, store, use
from .forgetting import forget_requests
from .references import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.home import Home

    from .cached import Archive
    from .references import Reference
    from .sizes import Inode
    from .values import Environment

YOUNG = 86400.0  # seconds after its build in which an environment counts as used (contracts §2)
PATIENCE = 5.0  # seconds that a collection waits for who builds or installs


class Collected(Value):
    """What a collection took, or would take."""

    removed: tuple[Environment, ...]
    bytes: int  # that came free, each file once, and only where no name of it is left
    orphans: tuple[str, ...]  # scripts that are gone; their references were dropped
    kept: tuple[tuple[Environment, str], ...]  # with the reason
    wheels: tuple[str, ...] = ()  # unpacked ones of the engine's cache that no environment has
    over: int = 0  # bytes that the home still has more than it may
    prefixes: tuple[str, ...] = ()  # conda packages on which no environment stands any more
    requests: int = 0  # remembered locks that nothing leads to any more


def collect(home: Home, *, older_than: float, dry_run: bool, max_size: int | None = None) -> Collected:
    """Remove environments that were not used for so long and that no script on this machine refers to.

    Args:
        older_than: seconds since the last use.
        dry_run: only say what would go.
        max_size: bytes that the home may have on disk. Where it has more, wheels go that no environment has, then the
            environments that were not used for longest, those of scripts too (decision 0018): they are built again
            at the script's next run. What is in use stays, whatever the size.
    """
    orphans = [one for one in references(home) if not one.script.exists()]
    if not dry_run:  # first of all: what they link would count as shared
        store.drop_unreadable(home)
        store.sweep(home)
    total = sizes.of_home(home).total if max_size is not None else 0
    work = _Collection(home, older_than, dry_run=dry_run)
    work.by_age({one.environment: one.script.name for one in references(home) if one not in orphans})
    if max_size is not None:
        work.by_size(total - max_size)
    work.prefixes()
    if not dry_run:
        _forget(orphans)
    removed = [*(one.name for one in work.removed), *work.gone]
    requests = forget_requests(home, older_than=older_than, dry_run=dry_run, gone=removed)
    over = max(0, total - work.freed - max_size) if max_size is not None else 0
    gone = tuple(str(one.script) for one in orphans)
    kept, wheels = tuple(work.kept.values()), tuple(sorted(work.wheels))
    return Collected(
        tuple(work.removed), work.freed, gone, kept, wheels, over, prefixes=tuple(work.gone), requests=requests
    )


class _Collection:
    """A collection under way: what went so far, and what came free by that."""

    def __init__(self, home: Home, older_than: float, *, dry_run: bool) -> None:
        self.home = home
        self.older_than = older_than
        self.young = min(YOUNG, max(older_than, 0.0))
        self.dry = dry_run
        self.archives = cached.archives(home)
        self.ledger = sizes.Ledger()
        self.released: set[Inode] = set()  # what removed environments had
        self.removed: list[Environment] = []
        self.kept: dict[str, tuple[Environment, str]] = {}
        self.wheels: list[str] = []
        self.gone: list[str] = []
        self.freed = 0
        self.patience = PATIENCE

    def by_age(self, referred: dict[str, str]) -> None:
        """Take what was not used for so long, and the wheels that only it had."""
        for one in store.listing(self.home):
            reason = self.reason(one, referred)
            if reason:
                self.kept[one.name] = (one, reason)
            else:
                self.take(one)
        old = time.time() - self.older_than
        self.drop([one for one in self.archives if one.touched <= old or self.released & one.files.keys()])
        built = building.forget(self.home, older_than=max(self.older_than, self.young), dry_run=self.dry)
        self.wheels += built
        self.freed += sum(built.values())

    def reason(self, one: Environment, referred: dict[str, str]) -> str | None:
        """Say why an environment is kept, or give None."""
        if one.name in referred:
            return f"`{referred[one.name]}` refers to it"
        now = time.time()
        if now - one.created < self.young or now - use.last_used(one) < self.older_than:
            return "it was used lately"
        return use.busy(self.home, one.path)

    def by_size(self, excess: int) -> None:
        """Take what was not used for longest until so many bytes have come free."""
        young = time.time() - self.young
        enough: list[Archive] = []
        for archive in sorted(self.archives, key=lambda one: one.touched):
            if self.freed + sum(self.ledger.frees(one.files) for one in enough) < excess and archive.touched <= young:
                enough.append(archive)
        self.drop(enough)
        for one in sorted((one for one, _ in self.kept.values()), key=use.last_used):
            if self.freed >= excess or use.last_used(one) > young:
                return
            if not use.busy(self.home, one.path) and self.take(one):
                self.drop([archive for archive in self.archives if self.released & archive.files.keys()])

    def prefixes(self) -> None:
        """Take conda packages on which no environment stands any more."""
        from roost.distributions import conda

        from . import beside

        if not self.dry:
            conda.sweep(self.home)
        for one in beside.unused(self.home, without=[removed.path for removed in self.removed]):
            if time.time() - one.created < self.young:
                continue
            files = sizes.files(one.path)
            if not self.dry:
                try:
                    conda.remove(self.home, one)
                except locks.LockHeld:
                    continue
            self.freed += self.ledger.take(files)
            self.gone.append(one.path.name)

    def take(self, one: Environment) -> bool:
        """Remove an environment; tells whether it went."""
        files = sizes.files(one.path)
        if not self.dry and not _remove(self.home, one):
            self.kept[one.name] = (one, "it is being used")
            return False
        self.kept.pop(one.name, None)
        self.freed += self.ledger.take(files)
        self.released |= files.keys()
        self.removed.append(one)
        return True

    def drop(self, archives: Sequence[Archive]) -> None:
        """Remove those unpacked wheels of which no file has a name elsewhere."""
        alone = [one for one in archives if not self.ledger.shared(one.files)]
        gone = alone if self.dry else cached.remove(self.home, alone, timeout=self.patience)
        if len(gone) < len(alone):
            self.patience = 0.0  # the engine works for long: no waiting once more
        for one in gone:
            self.wheels.append(one.name)
            self.freed += self.ledger.take(one.files)
            self.archives.remove(one)


def _remove(home: Home, one: Environment) -> bool:
    """Remove under the key's lock, unless somebody came in between."""
    try:
        store.remove(home, one, timeout=PATIENCE)
    except (locks.LockHeld, store.EnvironmentInUse):
        return False
    return True


def _forget(orphans: Sequence[Reference]) -> None:
    for one in orphans:
        one.file.unlink(missing_ok=True)
