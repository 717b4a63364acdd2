"""A run in a sandbox, decided: carried out the same way whether it was decided just now or is remembered (`again`).

This is loaded for every such run, and by those that are remembered with little else: paths are text here.
"""

from __future__ import annotations

import os
import sys
import time

from roost.contexts import ExitStack, contextmanager
from roost.environments import use
from roost.errors import RoostError
from roost.sandbox import apart, folders, system, tiers
from roost.sandbox.streams import Stream, writer
from roost.sandbox.values import Job
from roost.values import Value

from . import brokering, hooking
from .noting import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from roost.home import Home
    from roost.sandbox.folders import Place
    from roost.sandbox.outputs import Collected
    from roost.sandbox.values import Ended, Limits, TierName

    from .brokering import Question, Way

KEPT = 256 * 1024  # bytes of each stream that are kept


class Folders(Value):
    """Those of the home that a run needs."""

    runs: str
    environments: str
    locks: str


class Decided(Value):
    """A run in a sandbox, decided but for its arguments and its folder."""

    name: str  # of the script
    tier: TierName
    environment: str  # its folder
    python: str
    words: tuple[str, ...]  # behind the interpreter
    stdin: bytes | None  # the script's text, where it is read from there
    folder: str | None  # to work in; None: a new and empty one
    given: tuple[str, ...]  # files that are copied into it
    wanted: tuple[str, ...]  # files below it that are copied into our own folder at the end
    variables: tuple[str, ...]  # names of those that are handed on
    environ: Mapping[str, str]  # more of them, with their values
    readable: tuple[str, ...]
    network: tuple[str, ...]
    image: str
    filter: str  # of system calls, where Docker's client reads it from a file
    policy: str  # in one line
    about: Mapping[str, object]  # what a record says of every run of the script
    run: str | None  # the value of `ROOST_RUN` outside of a sandbox
    limits: Limits
    question: Question | None  # what is to be known to answer what it asks
    home: Folders

    def job(self, arguments: Sequence[str], place: Place, way: Way) -> Job:
        """Put together what is run, and what it may read and use.

        Args:
            way: how it asks for what is missing.
        """
        own = {"PATH": f"{self.environment}/bin:/usr/local/bin:/usr/bin:/bin", "VIRTUAL_ENV": self.environment}
        if os.isatty(1):
            own["PYTHONUNBUFFERED"] = "1"  # on a terminal it would write line by line
        if self.tier == "none":
            environ = {**os.environ, **own, "PATH": f"{self.environment}/bin:{os.environ.get('PATH', '')}"}
        else:
            environ = system.variables(os.environ, self.variables, own | {"HOME": place.home, "TMPDIR": place.home})
        environ.pop(hooking.NAME, None)  # of the run that we are a part of
        environ |= {**self.environ, **({hooking.NAME: way.variable} if way.variable else {})}
        return Job(
            argv=(self.python, *self.words, *arguments),
            environ=environ,
            folder=place.work,
            home=place.home,
            fresh=self.folder is None,
            readable=tuple(dict.fromkeys([*self.readable, *way.readable])),
            pipes=way.pipes,
            network=self.network,
            limits=self.limits,
            python=self.python,
            image=self.image,
            filter=self.filter,
        )

    def waiting(self) -> AbstractContextManager[Way]:
        """Open the way on which it asks; who answers is started when something is asked."""
        return brokering.waiting(self.run, self.question, environments=self.home.environments, locks=self.home.locks)

    def record(self, arguments: int, moment: float) -> Record:
        """Write down that it starts, seconds since the epoch."""
        return Record(
            self.about, arguments=arguments, moment=moment, runs=self.home.runs, policy=self.policy, tier=self.tier
        )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have the environment marked as started, and as in use."""
        use.touch(self.environment)
        with use.held(self.home.locks, self.environment):
            yield


class Done(Value):
    """A sandboxed run that ended."""

    ended: Ended
    outputs: Collected | None  # what it left of what was wanted
    missing: tuple[str, ...]  # what was wanted and is not there

    @property
    def silent(self) -> bool:
        """Whether there is nothing to be said about it."""
        refused = self.outputs.refused if self.outputs else ()
        return self.ended.reason == "ended" and not (self.ended.notes or refused or self.missing)


def carry_out(
    decided: Decided,
    arguments: Sequence[str],
    opened: AbstractContextManager[Way],
    *,
    instead: Callable[[Job], Job] = lambda job: job,
) -> Done:
    """Run a script in a tier to its end; what it says goes to our own streams, and a record says what came of it.

    Args:
        opened: the way on which it asks for what is missing.
        instead: changes what is run.

    Raises:
        CannotKeep: the tier cannot hold what is asked.
        CannotConfine: the system refuses.
        CannotCreate: what was wanted cannot be written.
    """
    records: list[Record] = []
    moment = time.time()
    with ExitStack() as stack:
        place = stack.enter_context(folders.fresh())
        folder = os.path.realpath(decided.folder) if decided.folder is not None else place.work
        inputs = folders.put(decided.given, folder)
        way = stack.enter_context(opened)
        job = instead(decided.job(arguments, place.replace(work=folder), way))
        stdin = _stdin(decided.stdin)
        if stdin:
            stack.callback(os.close, stdin)
        sys.stdout.flush()

        def work(alive: int) -> tuple[object, ...]:
            if way.asked:
                os.close(way.asked[0])  # who asks must see it end when nobody answers
            said = bytearray(), bytearray()
            kept = [Stream(one.extend, KEPT) for one in said]
            ended = apart.run(
                tiers.tier(decided.tier), job, (_writer(1, kept[0]), _writer(2, kept[1])), stdin=stdin, alive=alive
            )
            for one in kept:
                one.finish()
            return (apart.ending(ended), *map(bytes, said))

        def meanwhile() -> None:
            records.append(decided.record(len(arguments), moment))
            tiers.sweep(decided.tier)

        stack.enter_context(decided.held())
        try:
            came, *said = apart.wait(work, meanwhile=meanwhile, asked=way.asked)
        except RoostError as error:
            for record in records:
                record.failed(error)
            raise
        [record] = records
        record.said(said)
        ended = apart.ended_as(came)
        ended = ended.replace(notes=(*ended.notes, *way.notes()))
        outputs = folders.taken(folder, decided.wanted, inputs) if decided.wanted else None
        record.ended(ended, outputs)
    there = {one.name for one in outputs.files} if outputs else set()
    return Done(ended, outputs, tuple(name for name in decided.wanted if not any(_is_of(one, name) for one in there)))


def folders_of(home: Home) -> Folders:
    """Give those of a home."""
    return Folders(os.fspath(home.runs), os.fspath(home.environments), os.fspath(home.locks))


def _is_of(file: str, name: str) -> bool:
    return file == name or file.startswith(f"{name}/")


def _stdin(text: bytes | None) -> int:
    """Give what a script may read: our own input, unless it is a terminal, which it could write to; or the script itself."""
    if text is None and _may_be_read():
        return 0
    memory = os.memfd_create("roost-stdin", os.MFD_CLOEXEC)  # empty, but for a script that came by standard input
    view = memoryview(text or b"")
    while view:
        view = view[os.write(memory, view) :]
    os.lseek(memory, 0, os.SEEK_SET)
    return memory


def _may_be_read() -> bool:
    try:
        os.fstat(0)
    except OSError:
        return False
    return not os.isatty(0)


def _writer(descriptor: int, kept: Stream) -> Callable[[bytes], None]:
    """Give what writes to one of our streams, and keeps some of it."""
    write = writer(descriptor)

    def both(data: bytes) -> None:
        kept.feed(data)
        write(data)

    return both
