"""Environment → remote cache: wheels by their digest and a pointer, a whole archive where there are no wheels."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from roost import home as homes
from roost.distributions import fetch, indexes
from roost.distributions.folders import path_of
from roost.distributions.indexes.credentials import credentials
from roost.values import Value

from . import extras, packing, pointers
from .errors import CannotMove, stay
from .pointers import Pointer
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Artifact
    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

LARGEST = 8 << 30  # bytes of one wheel


class Pushed(Value):
    """What went to a remote cache."""

    pointer: Pointer
    sent: int  # bytes that were not there yet
    objects: int  # large ones that it consists of


class _NoWheel(Exception):
    """A wheel cannot be had again; says why."""


def push(
    home: Home, environment: Environment, url: str, *, again: bool = False, settings: Settings, report: Reporter
) -> Pushed:
    """Put an environment where other machines find it: what it consists of first, the pointer to it last.

    Args:
        again: send what seems to be there already, too.

    Raises:
        CannotMove: it would not work elsewhere.
        RemoteMissing, RemoteUnreachable: the remote cache cannot be used.
    """
    from roost.environments import manifest

    store = Store(url, timeout=settings.remote_timeout)
    known = manifest.read(environment.path)
    if known is None:
        raise CannotMove(f"the environment `{environment.name}` is damaged", hints=("run its script: that mends it",))
    if known.prefix:
        raise stay(environment.name)
    implementation, abi = packing.interpreter(environment)
    pointer = Pointer(
        environment.name,
        environment.key,
        implementation,
        known.short,
        abi,
        known.platform,
        known.artifacts,
        known.roots,
        extras.present(environment, known.short),
    )
    sent, archive = 0, None
    try:
        for artifact in _wheels(known.artifacts):
            sent += _send(store, artifact, again=again, home=home, settings=settings, report=report)
    except _NoWheel as reason:
        report.note(f"the whole environment is sent, as one archive: {reason}")
        archive, size = _archive(store, home, environment, again=again, report=report)
        pointer = pointer.replace(archive=archive)
        sent += size
    key = Path(settings.remote_sign_key) if settings.remote_sign_key else None
    pointers.write(store, pointer, key=key)
    return Pushed(pointer, sent, 1 if archive else len(known.artifacts))


def _wheels(artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    """Give the artifacts if each is a wheel that can be had by its digest."""
    for one in artifacts:
        if not one.filename.endswith(".whl") or one.sha256 is None:
            raise _NoWheel(f"`{one.name}` is no wheel")
    return artifacts


def _send(store: Store, artifact: Artifact, *, again: bool, home: Home, settings: Settings, report: Reporter) -> int:
    """Send a wheel that is not there yet, or was cut on its way; gives the bytes sent."""
    assert artifact.sha256 is not None, "it was chosen by that"
    there = None if again else store.size(f"wheels/{artifact.sha256}")
    if there is not None and there == artifact.size:
        return 0
    report.progress(f"sending `{artifact.filename}`")
    data = _kept(home, artifact) or _fetched(artifact, settings)
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise _NoWheel(f"`{artifact.filename}` is not any more what was locked")
    if there != len(data):
        store.write(f"wheels/{artifact.sha256}", data)
        return len(data)
    return 0


def _kept(home: Home, artifact: Artifact) -> bytes | None:
    """Read a wheel that came from a remote cache, if it is still what it was."""
    try:
        data = kept_wheel(home, artifact).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == artifact.sha256 else None


def kept_wheel(home: Home, artifact: Artifact) -> Path:
    """Name the place where a wheel from a remote cache is kept."""
    return home.cache / "remote" / str(artifact.sha256) / os.path.basename(artifact.filename)  # noqa: PTH119  # a name, not a path


def _fetched(artifact: Artifact, settings: Settings) -> bytes:
    """Get a wheel from where it was installed from: the engine keeps only what was in it."""
    from urllib.parse import urlsplit

    if artifact.url.startswith("file:"):
        try:
            return path_of(artifact.url).read_bytes()
        except OSError as error:
            raise _NoWheel(
                f"`{artifact.filename}` cannot be had again: {(error.strerror or str(error)).lower()}"
            ) from error
    host = urlsplit(artifact.url).netloc.rpartition("@")[2]
    login = None
    configured = indexes.configured(settings, os.environ)
    for place in configured.places:
        if urlsplit(place.bare).netloc == host:
            known = credentials(place, dict(configured.commands), os.environ)
            login = (known.user, known.password) if known else None
    try:
        answer = fetch.get(artifact.url, timeout=settings.build_timeout, limit=LARGEST, login=login)
    except fetch.Unreachable as error:
        raise _NoWheel(f"`{artifact.filename}` cannot be had again: {error}") from error
    if answer.status != 200:
        raise _NoWheel(f"`{artifact.filename}` cannot be had again: its index answered {answer.status}")
    return answer.body


def _archive(store: Store, home: Home, environment: Environment, *, again: bool, report: Reporter) -> tuple[str, int]:
    """Send the whole environment; gives its digest, and the bytes sent."""
    with tempfile.TemporaryDirectory(prefix="roost-", dir=homes.ensure(home.cache)) as folder:
        packed = packing.pack(environment, output=Path(folder) / "environment.tar.gz", report=report)
        if not again and store.size(f"archives/{packed.sha256}") == packed.size:
            return packed.sha256, 0
        report.progress(f"sending {packed.size >> 20} MiB")
        store.write(f"archives/{packed.sha256}", packed.file)
        return packed.sha256, packed.size
