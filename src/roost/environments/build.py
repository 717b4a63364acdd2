"""Lock → Environment: found ready, or built aside under its key's lock and renamed into place."""

from __future__ import annotations

import os
import time
from pathlib import Path

from roost import locks
from roost.errors import CannotCreate, RoostError

from . import manifest
from .key import SHORT, folder, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Lock, Options
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .installers import Installer, Site
    from .manifest import Manifest
    from .values import Environment


def ensure(
    lock: Lock,
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    installers: Sequence[Installer] = (),
) -> Environment:
    """Give the environment of a lock; build it if it is not there, or not as it should be.

    Args:
        installers: who may put the files there, in this order; () the usual ones.

    Raises:
        RoostError: of the classes in `distributions.faults`: it cannot be built. Nothing half-built stays.
        LockHeld: somebody else builds it for longer than a build may take.
    """
    digest = key(lock)
    place = folder(home, lock, digest)
    found = ready(place, digest)
    if found:
        return manifest.environment(place, found)
    if home.pool:
        from . import pools

        why = pools.doubt(home)
        if why:
            report.warn(why)
        shared = pools.found(home, digest)
        if shared:
            return manifest.environment(*shared)
    guard = home.locks / f"build-{digest[:SHORT]}"
    with locks.exclusive(
        guard, timeout=settings.build_timeout, waiting=lambda: report.progress("waiting for another build")
    ) as held:
        place = folder(home, lock, digest)  # under the lock: whoever held it may have built it
        found = ready(place, digest)
        if not found:
            from . import mending
            from .installers import Site
            from .store import sweep

            sweep(home)
            if os.path.lexists(place):
                mending.prepare(place, home=home, settings=settings, report=report)
            what = f"cannot build the environment `{place.name}`"
            offline = options.offline or settings.offline
            site = Site(home, settings, report, offline, (held,), what, tuple(installers), options.allow)
            return _build(lock, digest, place, site)
    environment = manifest.environment(place, found)
    _compiled_once(environment, home=home)
    return environment


def _compiled_once(environment: Environment, *, home: Home) -> None:
    """Have bytecode written before several who waited for a build write it, each for itself."""
    from . import bytecode

    if environment.distributions and bytecode.writable(environment):
        bytecode.compile(environment, home=home)


def ready(place: Path, digest: str) -> Manifest | None:
    """Give the manifest of a folder that is whole, has this key and a Python that is there; None otherwise."""
    from .integrity import sound

    found = manifest.read(place)
    if found is None or found.key != digest or not _alive(place, found):
        return None
    return found if sound(place, found) else None


def _alive(place: Path, found: Manifest) -> bool:
    """Tell whether the interpreter is there and has still the version it was built with."""
    python = place / "bin" / "python"
    try:
        facts = python.stat()
        if (os.path.realpath(python), facts.st_size, facts.st_mtime_ns) == found.base:
            return os.access(python, os.X_OK)
    except OSError:
        return False
    from roost import processes

    try:  # replaced since, by an update of the system perhaps: ask it
        answer = processes.run(
            [python, "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], env={}, timeout=30
        )
    except RoostError:
        return False
    return answer.status == 0 and answer.output.strip() == found.short


def _build(lock: Lock, digest: str, place: Path, site: Site) -> Environment:
    begin = time.monotonic()
    home, report = site.home, site.report
    from .store import discard, slot

    one = lock.interpreter  # the engine knows it by its path, and asking it again costs more than a small environment
    with slot(home, f"{one.implementation}{one.full}{one.abi}") as (aside, held):
        site = site.replace(keep=(*site.keep, held))
        report.progress(f"building {len(lock.artifacts)} distributions")
        try:
            described = _proven(lock, digest, aside, site)
            if os.path.lexists(place):  # a damaged one, which is left to those who work in it
                discard(home, place)
            aside.rename(place)
        except OSError as error:
            raise _cannot(site.what, error) from error
    count = len(lock.artifacts)
    report.step(
        f"built `{place.name}` with {count} distribution{'s' if count != 1 else ''} in {time.monotonic() - begin:.1f} s"
    )
    return manifest.environment(place, described, fresh=True)


def _proven(lock: Lock, digest: str, aside: Path, site: Site) -> Manifest:
    """Install what is as its distributions recorded it: what the engine's cache has may have been damaged since.

    Raises:
        RoostError: it cannot be installed, or comes damaged from the index as well.
    """
    from . import mending

    described = _finish(lock, digest, aside, _install(lock, aside, site), site)
    harm = mending.compare(aside, described)
    if not harm:
        return described
    mending.refresh(harm, site)
    _clear(aside)
    steps = (f"damaged in the engine's cache: {harm[0].sentence}", *_install(lock, aside, site))
    described = _finish(lock, digest, aside, steps, site)
    harm = mending.compare(aside, described)
    if harm:
        raise mending.damaged(harm, site.what)
    return described


def _finish(lock: Lock, digest: str, aside: Path, steps: tuple[str, ...], site: Site) -> Manifest:
    """Look at what was installed, add what is roost's, and write the manifest: from then on it is an environment.

    Raises:
        HarmfulDistribution: something in it may not be there.
    """
    from roost.distributions.trust import trusted

    from . import brought
    from .furnish import furnish, protect

    found = brought.look(aside, lock.interpreter.short)
    allowed = (*site.allow, *trusted(site.home)) if found.doubts else ()
    said = brought.judge(found, lock, aside, allowed=allowed, what=site.what)
    for one in said:
        site.report.note(one)
    packages = manifest.packages(aside, lock.interpreter.short)
    protect(packages)
    files = furnish(aside, packages)
    if lock.interpreter.prefix:
        from .beside import over

        files += over(aside, packages, lock.interpreter)
    described = manifest.describe(
        aside, lock, digest, files=files, steps=(*lock.steps, *steps, *said), starts=found.starts
    )
    manifest.write(aside, described)
    return described


def _install(lock: Lock, aside: Path, site: Site) -> tuple[str, ...]:
    """Let each installer try, uv first unless others are named.

    Raises:
        RoostError: the first one's fault, with what each said.
    """
    from roost.distributions import faults
    from roost.distributions.errors import IndexUnreachable

    from .installers import Pip, Uv

    said: list[str] = []
    if any(one.is_source for one in lock.artifacts):
        from .sources import wheels

        lock, built = wheels(lock, site)
        said += built
    first: RoostError | None = None
    for installer in site.installers or (Uv(), Pip()):
        missing = installer.missing(lock)
        if missing:
            said.append(f"{installer.name}: {missing}")
            continue
        try:
            return (*said, *installer.install(lock, aside, site))
        except RoostError as error:
            said.append(f"{installer.name}: {error.why[0] if error.why else error.what}")
            first = first or error
            _clear(aside)
            if site.offline or not isinstance(error, faults.EngineFailed | faults.BuildFailed | IndexUnreachable):
                break
    if first is None:
        raise faults.EngineFailed(site.what, why=tuple(said))
    if len(said) > 1:
        first.why = (*first.why, *said[1:])
    raise first


def _clear(aside: Path) -> None:
    if os.path.lexists(aside):
        import shutil

        shutil.rmtree(aside, ignore_errors=True)


def _cannot(what: str, error: OSError) -> RoostError:
    import errno

    from roost.distributions import faults

    said = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return faults.DiskFull(what, why=(said,), hints=("make room, or drop what is not used: `roost env gc`",))
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return faults.NoPermission(
            what, why=(said,), hints=("name a folder that can be written: `export ROOST_HOME=/path/to/folder`",)
        )
    return CannotCreate(what, why=(said,))
