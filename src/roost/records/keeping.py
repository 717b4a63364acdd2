"""The budget of a home: environments and wheels are collected now and then, by a process that nobody waits for."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from roost.processes import ourselves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from roost.home import Home
    from roost.settings import Settings

MARK = "collected"  # in the state folder; its time is that of the last collection
EVERY = 86400.0  # seconds
NEVER = "999999"  # days
PASSED_ON = ("PATH", "HOME", "ROOST_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def collect_behind(home: Home, settings: Settings, environ: Mapping[str, str] = os.environ) -> bool:
    """Start `roost env gc` within the budget of the settings, once a day at most; tells whether it was started.

    It is no child of ours and gives way to every other process. Never fails, never waits.
    """
    if not (settings.keep_max_size or settings.keep_max_age_days) or not _due(home):
        return False
    words = [*ourselves("from roost.__main__ import main; sys.exit(main())"), "env", "gc", "--quiet"]
    words += ["--older-than", f"{settings.keep_max_age_days:g}" if settings.keep_max_age_days else NEVER]
    if settings.keep_max_size:
        words += ["--max-size", settings.keep_max_size]
    variables = {name: environ[name] for name in PASSED_ON if name in environ}
    null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    with suppress(OSError):
        shell = ["/bin/sh", "-c", 'cd / && nice -n 19 "$@" &', "sh", *words]
        child = os.posix_spawn(shell[0], shell, variables, file_actions=null, setpgroup=0)
        with suppress(ChildProcessError):  # somebody ignores the ends of children
            os.waitpid(child, 0)
        return True
    return False


def _due(home: Home) -> bool:
    """Tell whether the last collection was long ago, and count this one; a new home has nothing to collect."""
    mark = home.state / MARK
    try:
        if abs(time.time() - mark.stat().st_mtime) < EVERY:
            return False
        os.utime(mark)
    except FileNotFoundError:
        with suppress(OSError):
            mark.touch(mode=0o600)
        return False
    except OSError:
        return False  # a home that cannot be written
    return True
