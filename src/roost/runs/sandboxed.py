"""Prepared → its end in a sandbox: which tier, what it may read, what it may take, what is written down of it."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from roost.errors import RoostError
from roost.sandbox import system
from roost.sandbox.values import Job
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from roost.distributions import Options
    from roost.home import Home
    from roost.sandbox.folders import Place
    from roost.sandbox.outputs import Collected
    from roost.sandbox.policy import Policy
    from roost.sandbox.streams import Stream
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Ended
    from roost.settings import Settings

    from .brokering import Way
    from .foreign import Foreign
    from .values import Prepared


class Wish(Value):
    """What is asked of a sandboxed run."""

    policy: Policy
    folder: Path | None = None  # to work in; None: a new and empty one
    given: tuple[Path, ...] = ()  # files that are copied into it
    wanted: tuple[str, ...] = ()  # files below it that are copied into our own folder at the end
    variables: tuple[str, ...] = ()  # names of those that are handed on
    environ: Mapping[str, str] = {}  # more of them, with their values
    image: str = ""  # of Docker; none: the one that is built here
    foreign: Foreign | None = None  # what runs in that image in the place of the environment


class Done(Value):
    """A sandboxed run that ended."""

    ended: Ended
    outputs: Collected | None  # what it left of what was wanted
    missing: tuple[str, ...]  # what was wanted and is not there


def job(
    prepared: Prepared, arguments: Sequence[str], wish: Wish, tier: Tier, place: Place, *, home: Home, way: Way
) -> Job:
    """Put together what is run, and what it may read and use.

    Args:
        way: how it asks for what is missing.
    """
    from . import hooking
    from .programs import words

    environment = prepared.environment
    behind, _ = words(prepared.plan.script, None, home)
    own = {
        "PATH": f"{environment.path}/bin:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(environment.path),
    }
    if os.isatty(1):
        own["PYTHONUNBUFFERED"] = "1"  # on a terminal it would write line by line
    if tier.name == "none":
        environ = {**os.environ, **own, "PATH": f"{environment.path}/bin:{os.environ.get('PATH', '')}"}
    else:
        environ = system.variables(os.environ, wish.variables, own | {"HOME": place.home, "TMPDIR": place.home})
    environ.pop(hooking.NAME, None)  # of the run that we are a part of
    environ |= {**wish.environ, **({hooking.NAME: way.variable} if way.variable else {})}
    script = prepared.plan.script
    files = [script.path, *script.inputs] if script.path else []
    files += [Path(word) for word in behind if word.startswith("/") and os.path.isfile(word)]  # noqa: PTH113
    network = wish.policy.network
    if network is None:
        network = ("all",) if tier.name in {"none", "limits"} else ()
    made = Job(
        argv=(os.fspath(environment.python), *behind, *arguments),
        environ=environ,
        folder=place.work,
        home=place.home,
        fresh=wish.folder is None,
        readable=tuple(
            dict.fromkeys([*map(os.path.realpath, filter(None, files)), *_environment(prepared), *way.readable])
        ),
        pipes=way.pipes,
        network=network,
        limits=wish.policy.limits,
        python=os.fspath(environment.python),
        image=wish.image,
    )
    if wish.foreign is None:
        return made
    from . import foreign

    return foreign.instead(made, wish.foreign, _environment(prepared))


def _environment(prepared: Prepared) -> tuple[str, ...]:
    return *python(prepared), str(prepared.environment.path)


def python(prepared: Prepared) -> tuple[str, ...]:
    """Name the folders that the environment's interpreter consists of, where they are not the system's."""
    real = os.path.realpath(prepared.environment.python)
    above = os.path.dirname(os.path.dirname(real))  # noqa: PTH120
    return () if above in {"/usr", "/"} else (above,)


def run(
    prepared: Prepared,
    arguments: Sequence[str],
    wish: Wish,
    tier: Tier,
    *,
    home: Home,
    settings: Settings,
    options: Options,
) -> Done:
    """Run a script in a tier to its end; what it says goes to our own streams, and a record says what came of it.

    Args:
        options: what may be installed for imports that fail while it runs.

    Raises:
        CannotKeep: the tier cannot hold what is asked.
        CannotConfine: the system refuses.
        CannotCreate: what was wanted cannot be written.
    """
    import time

    from roost import environments
    from roost.environments import bytecode
    from roost.sandbox import apart, folders
    from roost.sandbox.streams import Stream

    from . import brokering
    from .history import KEPT, Record

    bytecode.compile(prepared.environment, home=home)
    policy = wish.policy
    record = Record(
        prepared, arguments=len(arguments), moment=time.time(), home=home, policy=policy.line(tier.name), tier=tier.name
    )
    with ExitStack() as stack:
        place = stack.enter_context(folders.fresh())
        folder = os.path.realpath(wish.folder) if wish.folder is not None else place.work
        inputs = folders.put(wish.given, folder)
        way = stack.enter_context(brokering.opened(prepared, home=home, settings=settings, options=options))
        asked = job(prepared, arguments, wish, tier, place.replace(work=folder), home=home, way=way)
        stdin = stack.enter_context(_stdin(prepared))
        sys.stdout.flush()

        def work(alive: int) -> object:
            said = bytearray(), bytearray()
            kept = [Stream(one.extend, KEPT) for one in said]
            sinks = _writer(1, kept[0]), _writer(2, kept[1])
            ended = apart.run(tier, asked, sinks, stdin=stdin, alive=alive)
            for one in kept:
                one.finish()
            record.said(tuple(map(bytes, said)))
            return apart.ending(ended)

        environments.started(home, prepared.environment)
        try:
            with environments.using(home, prepared.environment):
                ended = apart.ended_as(apart.wait(work))
        except RoostError as error:
            record.failed(error)
            raise
        ended = ended.replace(notes=(*ended.notes, *way.notes()))
        outputs = folders.taken(folder, wish.wanted, inputs) if wish.wanted else None
        record.ended(ended, outputs)
    there = {one.name for one in outputs.files} if outputs else set()
    return Done(ended, outputs, tuple(name for name in wish.wanted if not any(_is_of(one, name) for one in there)))


def _is_of(file: str, name: str) -> bool:
    return file == name or file.startswith(f"{name}/")


@contextmanager
def _stdin(prepared: Prepared) -> Iterator[int]:
    """Give what a script may read: our own input, unless it is a terminal, which it could write to; or the script itself."""
    script = prepared.plan.script
    if script.form != "stdin" and _may_be_read():
        yield 0
        return
    with tempfile.TemporaryFile() as file:  # empty, but for a script that came by standard input
        file.write((script.program or b"") if script.form == "stdin" else b"")
        file.seek(0)
        yield file.fileno()


def _may_be_read() -> bool:
    try:
        os.fstat(0)
    except OSError:
        return False
    return not os.isatty(0)


def _writer(descriptor: int, kept: Stream) -> Callable[[bytes], None]:
    """Give what writes to one of our streams, and keeps some of it."""
    from roost.sandbox.streams import writer

    write = writer(descriptor)

    def both(data: bytes) -> None:
        kept.feed(data)
        write(data)

    return both
