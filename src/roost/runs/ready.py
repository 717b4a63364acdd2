"""Scripts that a program which lives long has prepared: the next run of one takes what it has, as long as that holds."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from roost.reporting import Silent

from . import standing
from .preparing import prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roost.distributions import Options
    from roost.home import Home
    from roost.scripts import Script
    from roost.settings import Settings

    from .values import Prepared

MOST = 256  # scripts
LONGEST = 3600.0  # seconds; then what is noted of its use is noted again
_ready: dict[object, tuple[float, Prepared, Mapping[str, object]]] = {}


def ready(
    path: str | os.PathLike[str], read: Callable[[Path], Script], *, home: Home, settings: Settings, options: Options
) -> Prepared:
    """Prepare a script, or give what was prepared of it before, if all that it hangs on is as it was; says nothing.

    Args:
        read: reads it.

    Raises:
        RoostError: as `prepare`, and as read does.
    """
    file = Path(path)
    key = (os.path.abspath(file), home, settings, options)  # noqa: PTH100  # links stay
    known = _ready.get(key)
    with suppress(OSError):
        if known and time.monotonic() < known[0] and standing.holds(known[2]):
            return known[1]
    began = time.time_ns()
    prepared = prepare(read(file), home=home, settings=settings, options=options, report=Silent(), quiet=True)
    _ready.pop(key, None)
    with suppress(OSError, ValueError):
        facts = standing.facts(prepared, began=began, home=home, settings=settings, environ=os.environ)
        if facts and not options.upgrade:
            while len(_ready) >= MOST:
                _ready.pop(next(iter(_ready)), None)
            _ready[key] = (time.monotonic() + LONGEST, prepared, facts)
    return prepared
