"""Staying beside a sandboxed program until its end: time, memory, disk and output are watched, and nobody of it stays behind."""

from __future__ import annotations

import os
import select
import time

from roost.contexts import suppress
from roost.values import Value

from . import confine, watching
from .confine import CannotConfine
from .values import Ended

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

    from .cgroups import Group
    from .confine import Confinement
    from .streams import Stream
    from .values import Limits, Reason
else:
    import _signal as signal  # `signal` itself loads enum


TICK = 0.05  # seconds between looking at what is watched
EVERY = 0.5  # seconds between looking at the disk
GRACE = 1.0  # seconds that a program may take to end when its time is over
PIECE = 1 << 16


class Watched(Value):
    """What the guard itself has to look at: limits that nothing else holds."""

    memory: int | None = None  # bytes
    processes: int | None = None
    disk: int | None = None  # bytes
    folders: tuple[str, ...] = ()  # whose bytes count


def run(
    steps: Confinement,
    limits: Limits,
    watched: Watched,
    output: Stream,
    errors: Stream,
    *,
    stdin: int,
    alive: int | None,
    group: Group | None,
    held: dict[str, str],
    started: Callable[[], None] | None = None,
) -> Ended:
    """Start a program and stay until all of it has ended.

    The process that calls this takes over what the program leaves behind, and must have no other children.

    Args:
        stdin: a descriptor for its standard input.
        alive: the writing end of a pipe: when nobody reads from it any more, the program is ended; None: it is not.
        held: limit → by what it is held, for the record.
        started: called once it runs: from then on this process may have threads.

    Raises:
        CannotConfine: it could not be started as it should be.
    """
    watching.adopt()
    asked = _Asked(alive)
    begin = time.monotonic()
    (said, saying), (told, telling) = os.pipe2(os.O_CLOEXEC), os.pipe2(os.O_CLOEXEC)
    try:
        # Groups that were joined ahead are for this run alone, and so are we; its streams are pipes, which no limit stops.
        child = confine.start(steps, (stdin, saying, telling), ourselves=group is not None and group.joined)
    except CannotConfine:
        for descriptor in (said, told):
            os.close(descriptor)
        if group is not None:
            group.end()
        raise
    finally:
        for descriptor in (saying, telling):
            os.close(descriptor)
    if started is not None:
        started()
    watch = _Watch(child, limits, watched, {said: output, told: errors}, begin, asked)
    reason = watch.until_end()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    watching.end_all()
    watch.finish()
    if group is not None:
        if reason == "ended" and status == -signal.SIGKILL and group.ran_out() == "memory":
            reason = "memory"
        group.end()
    number = -status if status < 0 else None
    cut = output.cut + errors.cut
    notes = (f"{cut} bytes of output were left out",) if cut else ()
    return Ended(
        status if status >= 0 else 128 - status, number, reason, time.monotonic() - begin, tuple(held.items()), notes
    )


class _Asked:
    """Whether somebody wants the program to end: by SIGTERM, or by being there no more."""

    def __init__(self, alive: int | None) -> None:
        self.poll = select.poll()
        if alive is not None:
            self.poll.register(alive, 0)  # errors are told always
        self.sent = False
        signal.signal(signal.SIGTERM, self._send)

    def _send(self, number: int, frame: object) -> None:
        del number, frame
        self.sent = True

    def to_end(self) -> bool:
        return self.sent or bool(self.poll.poll(0))


class _Watch:
    """Beside a program: what it says is passed on, what is limited is looked at."""

    def __init__(  # noqa: PLR0917  # each is one thing that is watched
        self, child: int, limits: Limits, watched: Watched, streams: dict[int, Stream], begin: float, asked: _Asked
    ) -> None:
        self.child, self.limits, self.watched, self.streams, self.begin = child, limits, watched, streams, begin
        self.asked = asked
        self.looked = begin
        self.ends = os.pidfd_open(child)
        self.poll = select.poll()
        for descriptor in streams:
            os.set_blocking(descriptor, False)  # the only way it can be called
            self.poll.register(descriptor, select.POLLIN)
        self.poll.register(self.ends, select.POLLIN)

    def until_end(self) -> Reason:
        """Stay until the program has ended, or has to; gives why."""
        while not self._pass_on():
            reason = self._over()
            if reason:
                _stop(self.child, gently=reason in {"timeout", "stopped"})
                return reason
        return "ended"

    def finish(self) -> None:
        """Pass on what is left to be read, once nobody can say more."""
        for descriptor, stream in self.streams.items():
            _read(descriptor, stream)
            os.close(descriptor)
            stream.finish()
        os.close(self.ends)

    def _pass_on(self) -> bool:
        """Pass on what was said within a moment; tells whether the program has ended."""
        over = False
        for descriptor, _ in self.poll.poll(TICK * 1000):
            if descriptor == self.ends:
                over = True
            elif not _read(descriptor, self.streams[descriptor]):
                self.poll.unregister(descriptor)
        return over

    def _over(self) -> Reason | None:
        """Say which limit is reached; None: none is."""
        if self.asked.to_end():
            return "stopped"
        now = time.monotonic()
        if self.limits.timeout is not None and now - self.begin > self.limits.timeout:
            return "timeout"
        if now - self.looked > EVERY:
            self.looked = now
            most = self.watched.disk
            if most is not None and watching.disk(self.watched.folders, most=most) > most:
                return "disk"
        if self.watched.memory is not None or self.watched.processes is not None:
            return _tree(self.watched)
        return None


def _tree(watched: Watched) -> Reason | None:
    tree = watching.descendants(os.getpid())
    if watched.memory is not None and watching.memory(tree) > watched.memory:
        return "memory"
    if watched.processes is not None and watching.threads(tree) > watched.processes:
        return "processes"
    return None


def _read(descriptor: int, stream: Stream) -> bool:
    """Pass on what there is; tells whether there may be more later."""
    while True:
        try:
            data = os.read(descriptor, PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        stream.feed(data)


def _stop(child: int, *, gently: bool) -> None:
    """Ask a program whose time is over to end, then end everything."""
    if gently:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGTERM)
        until = time.monotonic() + GRACE
        while time.monotonic() < until and _runs(child):
            time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _runs(child: int) -> bool:
    facts = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return facts is None
