"""The side of the import hook that is outside: a question of a running script in, an environment or a reason out.

The answer has everything of the environment that the run has come to, at the same versions, and what is missing. One
process at a time answers for a script, so that what its children ask adds up.
"""

from __future__ import annotations

import os
from pathlib import Path

from roost import environments, locks
from roost.distributions import Options, direct
from roost.errors import RoostError
from roost.records import additions

from .asked import Asked, Bounds, listed
from .extending import extended, mended
from .needing import imported, installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.environments.manifest import Manifest
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Choice, Script
    from roost.settings import Settings

PROTOCOL = 1


def answer(request: Mapping[str, object], *, home: Home, settings: Settings, report: Reporter) -> dict[str, object]:
    """Answer one question.

    Args:
        request: as `inside/_roost_mend.py` puts it together.

    Returns:
        `environment`: the folder in which the script can go on, and `said`: a line about it; or `why`: a sentence.
    """
    if request.get("protocol") != PROTOCOL:
        return {"why": "this roost does not know the protocol of the environment"}
    first, place = Path(str(request["first"])), Path(str(request["additions"]))
    theirs = home.pool / "environments" if home.pool else home.environments
    if first.parent not in {home.environments, theirs} or place.parent != home.additions:
        return {"why": "the environment belongs to another home of roost"}
    words = [str(word) for word in listed(request.get("options"))]
    texts = [
        home.additions / word.partition(":")[2] for word in words if word.startswith("text:t-") and "/" not in word
    ]
    places = tuple(dict.fromkeys((place, *texts)))
    allowed = tuple(word.partition(":")[2] for word in words if word.startswith("allow:"))
    script = _script(request, places, home, allowed)
    indexes = (*script.declared.indexes, *map(str, listed(request.get("indexes"))))
    script = script.replace(declared=script.declared.replace(indexes=tuple(dict.fromkeys(indexes))))
    options = Options(allow=allowed, offline="offline" in words or settings.offline)
    return answered(request, script, first.name, places, home=home, settings=settings, options=options, report=report)


def answered(
    request: Mapping[str, object],
    script: Script,
    first: str,
    places: Sequence[Path],
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    bounds: Bounds | None = None,
) -> dict[str, object]:
    """Answer a question of which it is known who asks it; as `answer`.

    Args:
        request: what is asked, and the environment and loaded modules of who asks.
        script: what runs.
        first: the name of the environment in which the run began.
        places: where its additions are noted.
        bounds: of a run in a sandbox.
    """
    try:
        with locks.exclusive(home.locks / f"additions-{places[0].name[2:4]}", timeout=settings.build_timeout):
            name = additions.follow(places[:1], first)
            held = environments.manifest_of(home, name, whole=False)
            if held is None:
                return {"why": f"the environment `{name}` is gone"}
            python = _python(held, home, settings)
            logins = direct.logins(map(str, listed(request.get("requirements"))))
            asked = Asked(home, settings, options, report, script, name, held, python, bounds, logins)
            return _answered(request, asked, places)
    except RoostError as error:
        return {"why": _sentence(error)}


def _answered(request: Mapping[str, object], asked: Asked, places: Sequence[Path]) -> dict[str, object]:
    folder = asked.folder
    if request["ask"] == "install":
        added, why = installed(request, asked)
        words = {one.text: one.name for one in added}
        if why:
            return {"why": why}
        if not added:
            return {"environment": str(folder), "said": None}
    else:
        name = str(request["name"])
        if str(folder) != request["environment"] and environments.has_module(folder, asked.held.short, name):
            return {"environment": str(folder), "said": None}
        added, why, there = imported(request, asked)
        words = {one.text: name for one in added}
        if not added:
            said = mended(asked, there) if there else None
            return {"why": why} if said is None else {"environment": str(folder), "said": said}
    return extended(request, asked, added, [(one, words[one.text]) for one in added], places)


def _python(held: Manifest, home: Home, settings: Settings) -> Choice:
    """Find the interpreter that an environment was built with.

    Raises:
        RoostError: it cannot be started.
    """
    from roost.scripts import Choice, PythonRange, pythons

    reason = "the environment's own"
    for one in (pythons.own(), *pythons.installed(home, os.environ)):
        if os.path.realpath(one.path) == held.base[0]:
            return Choice(one, one.short, reason)
    return pythons.choose(PythonRange(), wanted=held.base[0], home=home, settings=settings, offline=True)


def _script(request: Mapping[str, object], places: Sequence[Path], home: Home, allowed: Sequence[str]) -> Script:
    """Read the script of a run again; where a child asks, or it cannot be read, there is one without words."""
    from roost import scripts

    file = request.get("script")
    try:
        if isinstance(file, str) and os.path.isfile(file):  # noqa: PTH113
            found = scripts.read(Path(file))
            if not set(places).isdisjoint(additions.folders(home, found, allowed)):
                return found
    except RoostError:
        pass
    return scripts.Script(None, "the script", "command", b"", b"")


def _sentence(error: RoostError) -> str:
    hints = [f"hint: {hint}" for hint in error.hints]
    return "\n".join([f"{error.what}" + (f": {error.why[0]}" if error.why else ""), *hints])
