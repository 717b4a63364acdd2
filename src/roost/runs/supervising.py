"""Waiting for a script: for reports and for the Python API; signals and terminal as if nobody waited."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from .launching import launch
from .starting import GRACE, alone, fork, let_go, spawn
from .values import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import NoReturn

    from roost.home import Home
    from roost.reporting import Reporter

    from .values import Launch, Prepared


def supervise(
    prepared: Prepared,
    arguments: Sequence[str],
    *,
    home: Home,
    report: Reporter,
    capture: bool = False,
    timeout: float | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | bytes | None = None,
    given: str | None = None,
    flags: Sequence[str] = (),
    ours: bool = True,
) -> Outcome:
    """Run a script to its end.

    Not captured, it shares our terminal, process group and streams, and what is sent to us is sent on to it. Captured, it
    has a process group of its own, which ends with the time-out, and reads the null device.

    Args:
        arguments, given, flags: as for `launch`.
        capture: collect what it writes instead of letting it through.
        timeout: seconds; then it is asked to end, and killed when it does not.
        cwd: its working folder; none: ours.
        env: its variables, before the environment's own are set; none: ours.
        stdin: its standard input.
        ours: this process has something to do afterwards; else it lets go of all that the script inherits but standard
            error, and what is sent to it afterwards does not matter, for its end is the script's (`leave`).

    Raises:
        CannotStart: the system refuses to start the environment's Python.
    """
    from roost import environments

    start = launch(prepared, arguments, home=home, given=given, flags=flags, environ=env)
    for note in start.notes:
        report.note(note)
    data = stdin.encode() if isinstance(stdin, str) else stdin
    output: str | None = None
    errors: str | None = None
    environments.started(home, prepared.environment)
    with environments.using(home, prepared.environment):
        begin = time.monotonic()
        if capture:
            from .capturing import captured

            status, output, errors, late = captured(start, data or b"", cwd, timeout)
        else:
            status, late = _shared(start, data, cwd, timeout, ours=ours)
        seconds = time.monotonic() - begin
    return Outcome(
        status=status if status >= 0 else 128 - status,
        signal=-status if status < 0 else None,
        seconds=seconds,
        plan=prepared.plan,
        environment=prepared.environment,
        output=output,
        errors=errors,
        timed_out=late,
        variables=start.notes,
    )


def leave(outcome: Outcome) -> NoReturn:
    """End this process the way the script ended, so that whoever started us sees a signal where there was one."""
    import signal

    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    if outcome.signal is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))  # one core is enough
        with suppress(OSError, ValueError):  # SIGKILL has no disposition to reset
            signal.signal(outcome.signal, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {outcome.signal})
        os.kill(os.getpid(), outcome.signal)
    os._exit(outcome.status)


def _shared(
    start: Launch, data: bytes | None, cwd: Path | None, timeout: float | None, *, ours: bool
) -> tuple[int, bool]:
    if alone():
        from .forwarding import Forwarding

        with Forwarding(ours=ours) as forwarding:
            process = fork(start, data, cwd, forwarding.restore)
            if not ours:
                let_go()
            return forwarding.wait(process, timeout)
    import subprocess

    started = spawn(start, data, cwd)
    try:
        return started.wait(timeout), False
    except subprocess.TimeoutExpired:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            return started.wait(GRACE), True
        started.kill()
        return started.wait(), True
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()
