"""A run in a process of its own: whatever is killed, the run or the one that waits for it, nobody of it stays behind.

The process that stays beside a program (`guard`) takes over what the program leaves; the one that waits for it takes over
what it leaves when it is killed itself. If the one that waits is gone, the guard sees it, and ends the program.
"""

from __future__ import annotations

import os
import select
from marshal import dumps, loads

from roost.contexts import contextmanager, suppress
from roost.errors import Exit, RoostError
from roost.values import fields

from . import cgroups, watching
from .streams import Stream
from .values import Ended, Job, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator
    from typing import Any

    from .tiers import Tier
else:
    import _signal as signal  # `signal` itself loads enum


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunKilled(RoostError):
    """The process beside a sandboxed program was killed from outside; the program was ended."""

    code = "run-killed"
    exit = Exit.TRY_AGAIN


def wait(
    work: Callable[[int], object],
    *,
    meanwhile: Callable[[], None] = lambda: None,
    asked: tuple[int, Callable[[], None]] | None = None,
) -> Any:
    """Do work in a child and wait for it, while what is sent to us ends it; gives what it returned: plain values.

    Called where this process has one thread and no other children.

    Args:
        work: gets a descriptor that says when nobody waits any more.
        meanwhile: called once the child is on its way.
        asked: a descriptor, and what is called once it can be read from.

    Raises:
        RunKilled: the child was killed.
        RoostError: as the work does.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    watching.adopt()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answer(writing, work)
    os.close(writing)
    with _passing_on(child):
        meanwhile()
        if asked is not None:
            _listen(reading, *asked)
        with os.fdopen(reading, "rb") as said:
            data = said.read()
        os.waitpid(child, 0)
    if not data:
        clean()
    watching.end_all()
    return understood(data)


def _listen(reading: int, pipe: int, listen: Callable[[], None]) -> None:
    """Wait for the child's answer, or for what is asked before it."""
    poll = select.poll()
    for one in (reading, pipe):
        poll.register(one, select.POLLIN)
    if not any(one == reading for one, _ in poll.poll()):
        listen()


def answer(writing: int, work: Callable[[int], object], *, after: Callable[[], None] = lambda: None) -> None:
    """Do work in a forked child, say what came of it, do what is left to do, and end."""
    try:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        try:
            said: Any = work(writing)
        except RoostError as error:
            said = {
                "code": error.code,
                "exit": int(error.exit),
                "what": error.what,
                "why": error.why,
                "hints": error.hints,
            }
        data = memoryview(dumps(said))
        while data:
            data = data[os.write(writing, data) :]
        os.close(writing)  # whoever waits need not wait for our end
    except BrokenPipeError:
        pass
    except Exception:  # noqa: BLE001  # whoever waits gets no answer; the trace is ours to see
        import traceback

        traceback.print_exc()
    finally:
        try:
            after()
        finally:
            os._exit(0)


def understood(data: bytes) -> Any:
    """Read what a child has said.

    Raises:
        RunKilled: it has said nothing.
        RoostError: as its work did.
    """
    try:
        said = loads(data)  # noqa: S302  # of a child of ours
    except (EOFError, ValueError):
        raise RunKilled(
            "the sandbox was killed from outside", why=("what ran in it was ended",), hints=("run it again",)
        ) from None
    if not isinstance(said, dict):
        return said
    known = {one.code: one for one in _errors(RoostError)}
    error = known.get(said["code"], RoostError)(said["what"], why=said["why"], hints=said["hints"])
    error.code, error.exit = said["code"], said["exit"]  # of a class that is not loaded here
    raise error


def clean() -> None:
    """End what a killed run may have left beside its processes."""
    cgroups.sweep()


def run(
    tier: Tier, job: Job, sinks: tuple[Callable[[bytes], None], Callable[[bytes], None]], *, stdin: int, alive: int
) -> Ended:
    """Run a job in a tier, in the process that is the guard.

    Args:
        sinks: get what it says on its two streams, cut to the job's limit.
        alive: a descriptor that says when nobody waits any more.
    """
    output, errors = (Stream(sink, job.limits.output) for sink in sinks)
    return tier.run(job, output, errors, stdin=stdin, alive=alive)


def packed(job: Job) -> dict[str, object]:
    """Give a job as plain values."""
    return {name: getattr(job, name) for name in fields(Job)} | {"limits": job.limits.values()}


def unpacked(data: dict[str, object]) -> Job:
    """Read what `packed` gave."""
    # JSON has lists where there were tuples.
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Job(**(values | {"limits": Limits(*data["limits"])}))  # type: ignore[arg-type, misc]  # as `packed` has them


def ending(ended: Ended) -> tuple[object, ...]:
    """Give an end as plain values; `ended_as` reads it."""
    return ended.values()


def ended_as(said: object) -> Ended:
    """Read what `ending` gave."""
    assert isinstance(said, tuple)
    return Ended(*said)


@contextmanager
def _passing_on(child: int) -> Iterator[None]:
    """Have what is sent to us end the child's program; then we are ended as if we were it."""

    def end(number: int, frame: object) -> None:
        del number, frame
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)

    before = {
        number: signal.signal(number, end) for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _errors(above: type[RoostError]) -> Iterator[type[RoostError]]:
    """Give the classes of errors that are loaded."""
    for one in above.__subclasses__():
        yield one
        yield from _errors(one)
