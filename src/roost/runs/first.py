"""The first run of a script: somebody waits for its end, and nobody notices.

A crash while importing, `os._exit`, a kill and the kernel's out-of-memory cannot be seen by the process that they end.
So a parent waits until the script has succeeded once in its environment; from then on `roost run` becomes it.

- *Success* is status 0. Then the launcher's record is written, so that the second run is the fast one.
- A script that ends another way three times, unchanged, by a status of its own or by Ctrl-C, SIGTERM or a hangup, ends
  that way: nobody waits any more (a linter exits 1, a server is stopped). A crash is never counted.
- Nobody waits where somebody counts on our process being the script: systemd, which names it in variables (`*_PID`
  with our number, NOTIFY_SOCKET), and a container, in which it is process 1.

Whatever ends with another status, or by a signal, is written down, Ctrl-C excepted (`failures`).

What a script can tell, if it looks for it: `os.getppid()` is roost, and it leads no process group where a shell made
one for it (`os.setsid()` succeeds, `os.setpgrp()` does something). What its shell can tell: not whether there was a core.
"""

from __future__ import annotations

import os
import signal

from roost.records import turns

from .failures import oom_kills, record_failure
from .past import past, remember
from .records import record
from .supervising import supervise
from .values import Ended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .values import Prepared

SELDOM = 64  # one first success in so many clears up
_ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # signals that ask a process to end


def awaited(prepared: Prepared, *, home: Home, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the next run of a script has to be waited for."""
    own = str(os.getpid())
    named = any(name.endswith("_PID") and value == own for name, value in environ.items())
    if own == "1" or named or environ.get("NOTIFY_SOCKET"):
        return False
    return not past(home, prepared).settled


def first_run(
    prepared: Prepared,
    arguments: Sequence[str],
    *,
    home: Home,
    settings: Settings,
    report: Reporter,
    began: int,
    given: str | None,
    plain: bool,
) -> Ended:
    """Run a script to its end, in our place in all but the process; keep what is to be known of it.

    Args:
        arguments, given: as for `launch`.
        began: when we began to read, nanoseconds since the epoch.
        plain: it is `roost run FILE` or `-c TEXT`, without options: it may start from its records the next time.

    Raises:
        CannotStart: the system refuses to start the environment's Python.
    """
    before = oom_kills()
    turns.started()
    outcome = supervise(prepared, arguments, home=home, report=report, given=given, ours=False)
    if outcome.status == 0:
        _known(prepared, given, plain=plain, began=began, home=home, settings=settings)
        turns.ended()
        _clear_up(home, settings)
        return Ended(outcome, None)
    turns.ended()
    if outcome.signal is None or outcome.signal in _ASKED:
        known = past(home, prepared)
        known = known.replace(ends=known.ends + 1)
        remember(home, prepared, known)
        if known.settled and plain:
            record(prepared, given, began=began, home=home, settings=settings)
    if outcome.signal == signal.SIGINT:
        return Ended(outcome, None)
    memory = outcome.signal == signal.SIGKILL and before is not None and (oom_kills() or 0) > before
    file = record_failure(prepared, outcome, arguments=len(arguments), out_of_memory=memory, home=home)
    return Ended(outcome, file, out_of_memory=memory)


def _known(prepared: Prepared, given: str | None, *, plain: bool, began: int, home: Home, settings: Settings) -> None:
    remember(home, prepared, past(home, prepared).replace(succeeded=True))
    if plain:
        record(prepared, given, began=began, home=home, settings=settings)


def _clear_up(home: Home, settings: Settings) -> None:
    from roost.records import keeping

    keeping.collect_behind(home, settings)
    if not os.urandom(1)[0] % SELDOM:
        from roost.records import collecting

        collecting.now_and_then(home)


def sentence(ended: Ended, name: str) -> str | None:
    """Say what ended a script that could not say so itself; None where it could, or where a shell's word is enough."""
    number = ended.outcome.signal
    if number == signal.SIGKILL:
        why = "the kernel ran out of memory" if ended.out_of_memory else "perhaps it ran out of memory"
        what = f"`{name}` was killed (SIGKILL): {why}"
    elif number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL):
        reason = {
            signal.SIGSEGV: "compiled code reached for memory that is not its own",
            signal.SIGBUS: "compiled code reached for memory that is not there, or a file or disk came to its end",
            signal.SIGILL: "compiled code is for another kind of processor",
        }[signal.Signals(number)]
        what = f"`{name}` crashed ({signal.Signals(number).name}): {reason} (`PYTHONFAULTHANDLER=1` says where)"
    else:
        return None
    return f"{what}; recorded in `{ended.file}`" if ended.file else what
