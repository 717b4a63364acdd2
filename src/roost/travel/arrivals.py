"""Environments that came from elsewhere: found again by what a script needs, so that no index has to be asked."""

from __future__ import annotations

import json
import os

from roost import home as homes
from roost.distributions import Lock
from roost.distributions.lock import request
from roost.distributions.pylock import markers
from roost.distributions.requests import recall, remember
from roost.environments.store import manifest_of
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roost.distributions import Artifact, Options, Plan, Requirement
    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

SCHEMA = "roost.arrival/1"


class Offer(Value):
    """Exact distributions that somebody else has found, and what they answer."""

    lock: Lock
    extras: tuple[tuple[str, tuple[str, ...]], ...]  # distribution, and its extras of which everything is there

    def answers(self, needs: Sequence[Requirement], constraints: Sequence[str]) -> bool:
        """Tell whether this is a lock for exactly these needs: the same names asked for, each as it is wanted."""
        names = wanted(needs, self.lock.interpreter)
        if set(names) != set(self.lock.roots):
            return False
        locked = {artifact.name: artifact for artifact in self.lock.artifacts}
        if not all(_allowed(text, locked, self.lock.interpreter) for text in constraints):
            return False
        return all(
            need.name not in names or _satisfied(need, locked.get(need.name), dict(self.extras)) for need in needs
        )


def wanted(needs: Sequence[Requirement], interpreter: Interpreter) -> tuple[str, ...]:
    """Give the names that are asked for on an interpreter."""
    return tuple(dict.fromkeys(need.name for need in needs if _applies(need, interpreter)))


def may_answer(plan: Plan, options: Options) -> bool:
    """Tell whether a lock from elsewhere may answer a plan: not where the index is to be asked, or a lock stands beside."""
    return plan.python.interpreter is not None and not options.upgrade and plan.script.declared.lock is None


def note(home: Home, environment: Environment, lock: Lock, extras: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """Write down that an environment came, and which needs it answers.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "environment": environment.name,
        "key": environment.key,
        "roots": lock.roots,
        "extras": extras,
        "text": lock.text,
    }
    homes.write(home.arrivals / f"{environment.key}.json", json.dumps(document))


def recognise(plan: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter) -> None:
    """Remember, for a plan of which nothing is remembered, the lock of an arrived environment that answers it.

    From then on the request is like any other that was resolved before.
    """
    interpreter = plan.python.interpreter
    if interpreter is None or not may_answer(plan, options):
        return
    asked = request(plan, interpreter, settings)
    if not asked.requirements or asked.stamps or recall(home, asked):
        return
    for offer in _offers(home, interpreter):
        if offer.answers(plan.requirements, asked.constraints):
            report.detail("an environment that came from elsewhere has what is needed")
            remember(home, asked, offer.lock.replace(roots=asked.roots))
            return


def _offers(home: Home, interpreter: Interpreter) -> Iterator[Offer]:
    """Give what has arrived for one Python and still stands, the newest first."""
    try:
        files = sorted(os.scandir(home.arrivals), key=lambda entry: entry.stat().st_mtime, reverse=True)
    except OSError:
        return
    for file in files:
        try:
            with open(file, "rb") as stream:  # noqa: PTH123  # an entry of scandir
                document = json.load(stream)
            if document["schema"] != SCHEMA:
                continue
            name, text = str(document["environment"]), str(document["text"])
            roots = tuple(map(str, document["roots"]))
            extras = tuple((str(one), tuple(map(str, names))) for one, names in document["extras"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        known = manifest_of(home, name)
        if known and known.short == interpreter.short and known.platform == interpreter.platform:
            lock = Lock(interpreter, known.artifacts, text, roots, ("an environment that came from elsewhere",))
            yield Offer(lock, extras)


def _applies(need: Requirement, interpreter: Interpreter) -> bool:
    marker = need.text.partition(";")[2].strip() if ";" in need.text else ""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker

    try:
        return Marker(marker).evaluate({**markers(interpreter), "extra": ""})
    except InvalidMarker:
        return True


def _allowed(constraint: str, locked: dict[str, Artifact], interpreter: Interpreter) -> bool:
    """Tell whether a constraint lets the locked version be."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Read

    from .extras import canonical

    try:
        read = Read(constraint)
    except InvalidRequirement:
        return False
    there = locked.get(canonical(read.name))
    if there is None or (read.marker and not read.marker.evaluate({**markers(interpreter), "extra": ""})):
        return True
    return not read.url and read.specifier.contains(there.version, prereleases=True)


def _satisfied(need: Requirement, locked: Artifact | None, extras: dict[str, tuple[str, ...]]) -> bool:
    """Tell whether a locked file is what a requirement wants (PEP 508), its hash included."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Read

    from .extras import canonical

    try:
        read = Read(need.text)
    except InvalidRequirement:
        return False  # a path: it means what lies on this machine
    if locked is None or read.url:
        return False
    if need.hashes and f"sha256:{locked.sha256}" not in need.hashes:
        return False
    if not {canonical(extra) for extra in read.extras} <= set(extras.get(need.name, ())):
        return False
    return read.specifier.contains(locked.version, prereleases=True)
