"""A lock and what is missing in it → a larger lock: everything that is there at the same versions, and the new."""

from __future__ import annotations

from . import direct
from .lock import lock
from .values import Plan, Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Choice, Script
    from roost.settings import Settings

    from .values import Artifact, Lock, Options


def extend(
    artifacts: Iterable[Artifact],
    added: Sequence[Requirement],
    *,
    roots: Sequence[str],
    script: Script,
    python: Choice,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    logins: tuple[tuple[str, str, str], ...] = (),
) -> Lock:
    """Find a lock that has all of these artifacts and what is added; remembered as every lock is.

    Args:
        roots: what was asked for so far; the added names follow.
        script: whose indexes count.
        logins: scheme and host, user, password of addresses that requirements name themselves.
        python: the Python of the artifacts; no other is tried.

    Raises:
        RoostError: of the classes in `faults`; `Conflict` where the versions that are there stand against it.
    """
    pinned = [_pin(one) for one in artifacts]
    declared = script.declared.replace(requirements=(), lock=None)
    known = (*direct.logins(line.text for line in script.declared.requirements), *logins)
    plan = Plan(script.replace(declared=declared), python, (*pinned, *added), (), (), logins=known)
    assert python.interpreter is not None
    found = lock(
        plan,
        home=home,
        settings=settings,
        options=options.replace(python=str(python.interpreter.path)),
        report=report,
    )
    names = dict.fromkeys((*roots, *(one.name for one in added)))
    return found.replace(roots=tuple(names))


def _pin(artifact: Artifact) -> Requirement:
    """Ask for exactly what is there; what came as a wheel comes as one again."""
    url, _, below = artifact.url.partition("#")
    if artifact.commit is not None:
        text = f"{artifact.name} @ {url}@{artifact.commit}" + (f"#{below}" if below else "")
    elif artifact.sha256 is None:
        text = f"{artifact.name} @ {url}"
    else:
        text = f"{artifact.name}=={artifact.version}"
    return Requirement(artifact.name, text, "it is there", "kept", wheels_only=artifact.filename.endswith(".whl"))
