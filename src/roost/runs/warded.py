"""A sandboxed run for a program that lives long and may have threads: its output comes back, and its outcome."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from roost.sandbox import folders, tiers
from roost.sandbox.outputs import collect
from roost.sandbox.warden import Warden, ended, gather

from . import sandboxed
from .confined import KEPT
from .noting import Record
from .values import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roost.distributions import Options
    from roost.home import Home
    from roost.sandbox.folders import Place
    from roost.sandbox.outputs import Collected
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Ended, Job

    from .brokering import Way
    from .sandboxed import Wish
    from .values import Prepared

OUTPUTS = "outputs"  # the folder of a run's record in which what was wanted of it lies


@cache
def warden() -> Warden:
    """Give the one that this program has."""
    return Warden()


def run(
    prepared: Prepared,
    arguments: Sequence[str],
    wish: Wish,
    tier: Tier,
    *,
    home: Home,
    options: Options,
    stdin: str | bytes | None = None,
) -> Outcome:
    """Run a script in a tier to its end; may be called by several threads at once.

    Args:
        options: what may be installed for imports that fail while it runs.
        stdin: its standard input; None: nothing.

    Returns:
        Its outcome, with what it said, and where what was wanted of it lies.

    Raises:
        CannotKeep: the tier cannot hold what is asked.
        CannotConfine: the system refuses.
        RunKilled: it was killed from outside.
    """
    from roost.environments import bytecode

    bytecode.compile(prepared.environment, home=home)
    decided = sandboxed.decide(prepared, wish, tier, home=home, options=options)
    with ExitStack() as stack:
        place = stack.enter_context(folders.fresh(handed=not wish.wanted))
        folder = os.path.realpath(wish.folder) if wish.folder is not None else place.work
        inputs = folders.put(decided.given, folder)
        way = stack.enter_context(decided.waiting())
        job = sandboxed.job(decided, prepared, arguments, wish, place=place.replace(work=folder), way=way)
        data = stdin.encode() if isinstance(stdin, str) else stdin or b""
        stack.enter_context(decided.held())
        moment, records = time.time(), list[Record]()

        def started() -> None:
            records.append(decided.record(len(arguments), moment))
            tiers.sweep(tier.name)

        try:
            came, said = _ran(tier, job, data, way, leaving=None if wish.wanted else place, started=started)
        except BaseException as error:
            for record in records:
                record.failed(error)
            raise
        [record] = records
        came = came.replace(notes=(*came.notes, *way.notes()))
        left = Path(record.folder)
        outputs = _outputs(folder, left / OUTPUTS, wish, inputs) if wish.wanted else None
        record.said([stream[-KEPT:] for stream in said])
        record.ended(came, outputs)
    found = outputs.files if outputs else ()
    return Outcome(
        status=came.status,
        signal=came.signal,
        seconds=came.seconds,
        plan=prepared.plan,
        environment=prepared.environment,
        output=said[0].decode("utf-8", "replace"),
        errors=said[1].decode("utf-8", "replace"),
        timed_out=came.reason == "timeout",
        reason=came.reason,
        policy=decided.policy,
        outputs=tuple(left / OUTPUTS / one.name for one in found),
        record=left,
        notes=came.notes,
    )


def _outputs(folder: str, target: Path, wish: Wish, inputs: tuple[str, ...]) -> Collected:
    return collect(Path(folder), target, names=wish.wanted, without=set(inputs) - set(wish.wanted))


def _ran(
    tier: Tier, job: Job, data: bytes, way: Way, *, leaving: Place | None, started: Callable[[], None]
) -> tuple[Ended, list[bytes]]:
    """Start a job, and read what it says until its end; have what it asks answered."""
    with ExitStack() as stack:
        with ExitStack() as given:
            ours, theirs = [], []
            for _ in range(2):
                reading, writing = os.pipe2(os.O_CLOEXEC)
                stack.callback(os.close, reading)
                given.callback(os.close, writing)
                ours.append(reading)
                theirs.append(writing)
            memory = os.memfd_create("roost-stdin", os.MFD_CLOEXEC)
            given.callback(os.close, memory)
            os.write(memory, data)
            os.lseek(memory, 0, os.SEEK_SET)
            answer = warden().start(tier.name, job, (memory, theirs[0], theirs[1]), leaving=leaving)
        stack.callback(os.close, answer)
        started()
        *streams, last = gather((*ours, answer), way.asked)
        return ended(last), streams
