"""What an index has newer than what is installed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from roost.errors import ProcessFailed
from roost.values import Value

from . import engine, faults
from .indexes import configured
from .indexes.written import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings


class Outdated(Value):
    """A distribution of which the index has a newer version that this Python can have."""

    name: str  # canonical
    version: str
    latest: str


def outdated(python: Path, *, home: Home, settings: Settings, report: Reporter) -> tuple[Outdated, ...]:
    """Ask the engine which distributions of an environment have newer versions on the configured indexes, by name.

    Args:
        python: the environment's.

    Raises:
        RoostError: no index answers, or the environment's Python cannot be asked.
    """
    what = f"cannot ask what is newer than what `{python.parent.parent.name}` has"
    words = ["pip", "list", "--outdated", "--format", "json", "--python", str(python)]
    if settings.index_exclude_newer:
        words += ["--exclude-newer", settings.index_exclude_newer]
    try:
        with written(configured(settings, os.environ)) as asked:
            done = engine.run(
                [*words, *asked.options],
                home=home,
                settings=settings,
                timeout=settings.build_timeout,
                report=report,
                variables=asked.variables,
                cwd=Path("/"),
            )
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why)) from error
    if done.status:
        raise faults.classify(done.errors, what=what)
    rows = json.loads(done.output or "[]")
    return tuple(Outdated(row["name"], row["version"], row["latest_version"]) for row in rows)
