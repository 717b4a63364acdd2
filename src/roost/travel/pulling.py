"""Remote cache → environment: asked for by hand, or looked for by a run before it asks an index."""

from __future__ import annotations

import os
import re
from pathlib import Path

from roost import environments
from roost import home as homes
from roost.distributions import Lock, pylock
from roost.distributions.lock import request
from roost.distributions.requests import recall, remember
from roost.environments.installers import Site, Uv
from roost.errors import RoostError

from . import arrivals, pointers, unpacking
from .arrivals import Offer
from .pushing import kept_wheel
from .store import NotThere, RemoteDamaged, RemoteMissing, RemoteUnreachable, Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Options, Plan
    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .pointers import Pointer

MOST = 20  # environments for the same names that are looked at
FAULTS = (RemoteDamaged, RemoteMissing, RemoteUnreachable)


class Pulled:
    """An installer that takes what a pointer points to."""

    name = "remote cache"

    def __init__(self, store: Store, pointer: Pointer) -> None:
        """Ask nothing yet."""
        self._store = store
        self._pointer = pointer

    def missing(self, lock: Lock) -> str | None:  # noqa: ARG002  # the pointer was chosen for the lock
        """Return None: what a pointer points to was there before the pointer."""
        return None

    def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        """Make the folder from the archive, or from wheels that are compared with their digests first.

        Raises:
            RemoteDamaged, RemoteUnreachable: something is cut, changed or away.
            BadArchive: as `unpacking`.
        """
        if self._pointer.archive:
            return self._unpack(self._pointer.archive, lock, folder, site)
        here = []
        for artifact in lock.artifacts:
            if artifact.sha256 is None:
                raise self._store.damaged(f"environments/{lock.roots}", f"`{artifact.name}` has no digest")
            place = kept_wheel(site.home, artifact)
            if not place.is_file():
                site.report.progress(f"fetching `{artifact.filename}` from the remote cache")
                homes.ensure(place.parent)
                self._store.fetch(f"wheels/{artifact.sha256}", place, artifact.sha256)
            os.utime(place.parent)  # used just now: `gc` looks at that
            here.append(artifact.replace(url=place.as_uri()))
        local = Lock(lock.interpreter, tuple(here), pylock.write(here, lock.interpreter), lock.roots)
        Uv().install(local, folder, site.replace(offline=True))
        return (f"wheels from the remote cache: {len(here)} installed",)

    def _unpack(self, archive: str, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        place = homes.ensure(site.home.cache / "remote") / f"{archive}.tar.gz"
        try:
            site.report.progress("fetching the environment from the remote cache")
            self._store.fetch(f"archives/{archive}", place, archive)
            unpacking.Unpacked(place).install(lock, folder, site)
        finally:
            place.unlink(missing_ok=True)  # what was in it is in the environment
        return ("an archive from the remote cache",)


class RemoteFirst:
    """The installer of runs that look into a remote cache: the engine's own cache, the remote one, the indexes."""

    name = "uv"

    def missing(self, lock: Lock) -> str | None:
        """Return why the engine cannot be used."""
        return Uv().missing(lock)

    def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        """Install from the nearest place that has everything; says in one line why the remote cache could not be used.

        Raises:
            RoostError: as the engine.
        """
        if site.offline or not lock.artifacts:
            return Uv().install(lock, folder, site)
        said: list[str] = []
        for name, tried in (("uv from its cache", self._cached), ("remote cache", self._remote)):
            try:
                return (*said, *tried(lock, folder, site))
            except RoostError as error:
                if name == "remote cache" and not isinstance(error, NotThere):
                    site.report.note(
                        f"without the remote cache: {error.what}{f' ({error.why[0]})' if error.why else ''}"
                    )
                said.append(f"{name}: {error.why[0] if error.why else error.what}")
                _clear(folder)
        return (*said, *Uv().install(lock, folder, site))

    @staticmethod
    def _cached(lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        return Uv().install(lock, folder, site.replace(offline=True))

    @staticmethod
    def _remote(lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        settings = site.settings
        assert settings.remote_url is not None, "this installer was chosen by that"
        store = Store(settings.remote_url, timeout=settings.remote_timeout)
        pointer = pointers.read(store, pointers.of_lock(lock), trusted=settings.remote_trusted_keys)
        reason = unpacking.unfit(pointer, lock.interpreter) if pointer else "it does not have this environment"
        if pointer is None or reason:
            raise NotThere(f"`{store.shown}` is of no use here", why=(reason or "",))
        return Pulled(store, pointer).install(lock, folder, site)


def _clear(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def pull(
    what: str, plan: Plan | None, url: str, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Environment:
    """Make an environment that a remote cache has.

    Args:
        what: its key or name, or the beginning of one of them; for messages where a plan is given.
        plan: what a script needs; None: what names the environment.

    Raises:
        NotThere: it does not have it.
        RemoteDamaged: what it has is not what it says.
        RemoteMissing, RemoteUnreachable: it cannot be used.
        WrongMachine: no Python here can load it.
    """
    store = Store(url, timeout=settings.remote_timeout)
    trusted = settings.remote_trusted_keys
    if plan is None:
        pointer = pointers.read(store, f"keys/{_key(store, what)}.json", trusted=trusted)
        interpreter = unpacking.choose(pointer, home) if pointer else None
    else:
        interpreter = plan.python.interpreter
        pointer = _for_plan(store, plan, interpreter, trusted) if interpreter else None
    if pointer is None or interpreter is None:
        raise NotThere(
            f"`{store.shown}` has no environment for `{what}`", hints=("push it from where it is: `roost env push`",)
        )
    lock = _lock(pointer, interpreter)
    found = environments.ensure(
        lock, home=home, settings=settings, options=options, report=report, installers=(Pulled(store, pointer),)
    )
    arrivals.note(home, found, lock, pointer.extras)
    return found


def _key(store: Store, text: str) -> str:
    """Find the one key that a name, a key or the beginning of a key means."""
    digits = text.rpartition("-")[2].lower()
    if not re.fullmatch(r"[0-9a-f]{6,64}", digits):
        raise NotThere(f"`{text}` is no key, no name of an environment, and no file")
    keys = [name.removesuffix(".json") for name in store.names("keys")]
    fitting = [key for key in keys if key.startswith(digits)]
    if len(fitting) != 1:
        count = f"has {len(fitting)} environments" if fitting else "has no environment"
        raise NotThere(f"`{store.shown}` {count} whose key begins with `{digits}`")
    return fitting[0]


def _for_plan(store: Store, plan: Plan, interpreter: Interpreter, trusted: tuple[str, ...]) -> Pointer | None:
    """Find an environment that answers exactly what a plan asks, on this interpreter.

    Raises:
        RemoteDamaged: the first that would is not what it says.
    """
    folder = pointers.answering(arrivals.wanted(plan.requirements, interpreter), interpreter)
    for name in store.names(folder)[:MOST]:
        pointer = pointers.read(store, f"{folder}/{name}", trusted=trusted)
        if pointer and not unpacking.unfit(pointer, interpreter):
            offer = Offer(_lock(pointer, interpreter), pointer.extras)
            if offer.answers(plan.requirements, plan.script.declared.constraints):
                return pointer
    return None


def _lock(pointer: Pointer, interpreter: Interpreter) -> Lock:
    text = pylock.write(pointer.artifacts, interpreter)
    return Lock(interpreter, pointer.artifacts, text, pointer.roots, ("found in the remote cache",))


def recognise(plan: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter) -> None:
    """Remember, for a plan of which nothing is remembered, the lock of an environment in the remote cache that answers it.

    Where the remote cache cannot be used, that is said in one line, and the index will be asked.
    """
    interpreter = plan.python.interpreter
    if interpreter is None or settings.remote_url is None or not arrivals.may_answer(plan, options):
        return
    asked = request(plan, interpreter, settings)
    if not asked.requirements or asked.stamps or asked.exclude_newer or recall(home, asked):
        return  # how new something may be is this machine's to say, and a pointer does not tell how old it is
    try:
        store = Store(settings.remote_url, timeout=settings.remote_timeout)
        pointer = _for_plan(store, plan, interpreter, settings.remote_trusted_keys)
    except FAULTS as error:
        report.note(f"without the remote cache: {error.what}{f' ({error.why[0]})' if error.why else ''}")
        return
    if pointer:
        report.detail(f"the remote cache has `{pointer.name}`, which is what is needed")
        remember(home, asked, _lock(pointer, interpreter).replace(roots=asked.roots))
