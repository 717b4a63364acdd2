"""Whether what was prepared is still what would be: the files, variables and paths that it hangs on, and its environment."""

from __future__ import annotations

import os
import time

from roost.records import sealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from roost.home import Home
    from roost.settings import Settings

    from .values import Prepared


def facts(
    prepared: Prepared, *, began: int, home: Home, settings: Settings, environ: Mapping[str, str]
) -> dict[str, object] | None:
    """Collect what `holds` asks for; None: it cannot be told when it is no longer right.

    Args:
        began: when we began to read, nanoseconds since the epoch.

    Raises:
        OSError: something is not there any more.
        ValueError: something in it cannot be written down.
    """
    from roost.environments import integrity
    from roost.environments.bytecode import DONE
    from roost.environments.manifest import FILE
    from roost.records import additions, fragments, grounds

    script, environment = prepared.plan.script, prepared.environment
    if not _plain(prepared):
        return None
    known = grounds.of(prepared.plan, prepared.lock, home=home, settings=settings, environ=environ)
    if known is None:
        return None
    before = began - fragments.RESTED
    added = [os.fspath(folder / additions.FILE) for folder in additions.folders(home, script)]
    python = os.fspath(environment.python)
    watched = (*known.files, *grounds.paths(script.inputs), python, *filter(os.path.lexists, added))
    absent = (*grounds.paths(script.absent), *(one for one in added if not os.path.lexists(one)))
    known = known.replace(files=watched, missing=(*known.missing, *absent))
    found = known.facts(environ)  # first: what changes from here on is not as in it
    if home.config.exists() and not fragments.rested(home.config.stat(), before):
        return None  # one of the files that are not there may have been there when we read it
    if not all(fragments.rested(os.stat(one), before) for one in watched):  # noqa: PTH116
        return None
    place = os.fspath(environment.path)
    return {
        "grounds": found,
        "whole": (f"{place}/{FILE}", f"{place}/{DONE}"),
        "vital": grounds.paths(integrity.vital(environment.path, environment.short)),
        "suspect": f"{place}/{integrity.SUSPECT}",
    }


def holds(known: Mapping[str, Any]) -> bool:
    """Tell whether all is as it was, and the environment whole and compiled; raises OSError where some of it is gone."""
    from roost.records.known import vital

    if not sealed.holds(known["grounds"], os.environ, time.time_ns()):
        return False
    manifest, compiled = known["whole"]
    return os.path.exists(compiled) and vital(known, manifest)  # noqa: PTH110


def _plain(prepared: Prepared) -> bool:
    """Tell whether it is a file of Python about which nothing is to be said before it starts."""
    script, plan = prepared.plan.script, prepared.plan
    return (
        script.form == "python"
        and script.program is None
        and script.path is not None
        and not script.path.is_symlink()
        and not (script.search or script.notes or plan.notes or plan.unresolved)
    )
