"""What a script in a sandbox finds missing: a process outside that answers for it (`adding`), a child of the roost that runs the sandbox.

It ends with that one, however it ends, and so does the folder that is between them.
"""

from __future__ import annotations

import os
from marshal import dumps, load

from roost.contexts import ExitStack, contextmanager, suppress
from roost.environments import slots
from roost.errors import RoostError
from roost.records.sealed import facts
from roost.sandbox import exchange
from roost.values import Value, fields

from . import hooking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from roost.distributions import Options
    from roost.home import Home
    from roost.settings import Settings

    from .values import Prepared

PIPE, QUESTION = 10, 11  # descriptors of a process that is started to answer
NOTES = "notes"  # what our user is told in the end, a line each
CHANGED = "nothing is added while it runs: the script, or what was read beside it, has changed since"


class Way(Value):
    """How a script in a sandbox asks, and what became of that."""

    variable: str | None  # the value of `ROOST_RUN`
    readable: tuple[str, ...] = ()  # folders
    pipes: tuple[str, ...] = ()  # in them, to be written to
    notes: Callable[[], tuple[str, ...]] = tuple  # what was added and refused so far
    asked: tuple[int, Callable[[], None]] | None = None  # can be read from once something is asked; starts who answers


class Question(Value):
    """What somebody who is started later needs to answer for a run; plain values, so that it can be kept."""

    script: str
    digest: str  # of its text
    inputs: tuple[tuple[str, int, int, int], ...]  # every file that was read for it, as it was
    environment: str
    options: dict[str, Any]


def question(prepared: Prepared, options: Options) -> Question | None:
    """Say what is to be known of a run to answer for it; None: nothing can be asked, or not by who is started later.

    Args:
        options: what may be installed.
    """
    script = prepared.plan.script
    if script.path is None or not _may_ask(prepared.run):
        return None
    with suppress(OSError):
        inputs = tuple(facts(os.fspath(one)) for one in script.inputs)
        given = {name: getattr(options, name) for name in fields(type(options))}
        return Question(os.fspath(script.path), script.digest, inputs, os.fspath(prepared.environment.path), given)
    return None


def _may_ask(run: str | None) -> bool:
    return run is not None and "off" not in run.split("|")[4].split(",")


def closed(run: str | None) -> Way:
    """Give the way of a script that may ask, and is not answered.

    Args:
        run: the value of `ROOST_RUN` outside of a sandbox.
    """
    return Way(run and hooking.inside(run, pipe="", place=""))


@contextmanager
def opened(prepared: Prepared, *, home: Home, settings: Settings, options: Options) -> Iterator[Way]:
    """Answer what a script asks while it runs, until the end of this context: by a fork of us, for a script in no file.

    Where nothing can be written, nothing is added.
    """
    if prepared.run is None or not _may_ask(prepared.run):
        yield closed(prepared.run)
        return
    import select
    from pathlib import Path

    def serve() -> None:
        select.select([pipe], [], [])  # most scripts never ask, and nothing is loaded for them
        from .adding import Answering

        script, environment = prepared.plan.script, prepared.environment.path
        Answering(script, environment, Path(folder), home=home, settings=settings, options=options).serve(pipe)

    with ExitStack() as stack:
        try:
            folder = stack.enter_context(slots.taken(os.fspath(home.environments), os.fspath(home.locks), "broker"))
            stack.callback(exchange.remove, folder)
            pipe = exchange.prepare(folder)
            stack.callback(_end, _fork(serve))
        except (RoostError, OSError) as error:
            yield _unheard(prepared.run, error)
            return
        os.close(pipe)  # the broker's is the only one: who asks must see it end
        yield _through(prepared.run, folder)


@contextmanager
def waiting(run: str | None, asked: Question | None, *, environments: str, locks: str) -> Iterator[Way]:
    """Open a way on which nobody listens yet: who answers is started, not forked, and only once something is asked.

    Args:
        run: the value of `ROOST_RUN` outside of a sandbox.
        asked: None: nothing can be.
        environments, locks: the folders of the home.
    """
    if run is None or asked is None:
        yield closed(run)
        return
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(slots.taken(environments, locks, "broker"))
            stack.callback(exchange.remove, folder)
            pipe = exchange.prepare(folder)
        except (RoostError, OSError) as error:
            yield _unheard(run, error)
            return
        ours = stack.enter_context(ExitStack())
        ours.callback(os.close, pipe)

        def listen() -> None:
            stack.callback(_end, _start((folder, *asked.values()), pipe))
            ours.close()  # the broker's is the only one: who asks must see it end

        yield _through(run, folder).replace(asked=(pipe, listen))


def _unheard(run: str, error: Exception) -> Way:
    """Give the way of a script that may ask, where nothing can be made for it."""
    note = f"nothing can be added while it runs: {error}"
    return closed(run).replace(notes=lambda: (note,))


def _through(run: str, folder: str) -> Way:
    """Give the way through a folder of `exchange`."""
    inside = exchange.seen(folder)
    ask = f"{inside}/{exchange.PIPE}"
    variable = hooking.inside(run, pipe=ask, place=f"{inside}/{exchange.ADDITIONS}")
    return Way(variable, (inside,), (ask,), lambda: _notes(folder))


def _start(asked: tuple[Any, ...], pipe: int) -> int:
    """Start a process that answers; gives a descriptor for it."""
    from roost import processes

    memory = os.memfd_create("roost-broker", os.MFD_CLOEXEC)
    try:
        os.write(memory, dumps(asked))
        words = processes.ourselves("from roost.runs.brokering import main; main(int(sys.argv[1]))")
        null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
        given = [(os.POSIX_SPAWN_DUP2, pipe, PIPE), (os.POSIX_SPAWN_DUP2, memory, QUESTION)]
        words.append(str(os.getpid()))
        process = os.posix_spawn(words[0], words, dict(os.environ), file_actions=[*null, *given])
    finally:
        os.close(memory)
    return os.pidfd_open(process)


def main(parent: int) -> None:
    """Answer what is asked, until the process that started us ends us or is gone.

    The script may have been able to write its own file. It is read once more, and answered only where every file that was
    read is, after that, the one of before the start: nobody can put the time of an inode back.
    """
    from pathlib import Path

    from roost import home as homes
    from roost import scripts, settings
    from roost.distributions import Options
    from roost.scripts import pythons

    from .adding import Answering
    from .starting import bound_to_us

    bound_to_us(parent)()
    os.umask(0o022)
    with os.fdopen(QUESTION, "rb") as file:
        file.seek(0)
        folder, *asked = load(file)  # noqa: S302  # of who has started us
    wanted = Question(*asked)
    home = homes.locate()
    script = scripts.read(Path(wanted.script), interpreters=lambda: pythons.installed(home, os.environ))
    answering = Answering(
        script, Path(wanted.environment), Path(folder), home=home, settings=settings.load(home.settings_file),
        options=Options(**wanted.options),
    )  # fmt: skip
    if script.digest != wanted.digest or tuple(facts(os.fspath(one)) for one in script.inputs) != wanted.inputs:
        answering.note(CHANGED)
        return
    answering.serve(PIPE)


def _fork(serve: Callable[[], None]) -> int:
    """Start the process that answers; gives a descriptor for it."""
    import signal

    from .starting import bound_to_us

    bind = bound_to_us()
    process = os.fork()
    if process:
        return os.pidfd_open(process)
    try:
        bind()
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):  # it ends when the sandbox ends
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.umask(0o022)
        serve()
    finally:
        os._exit(0)


def _end(process: int) -> None:
    """End the process that answers, which the end of the sandbox may have done already, and give its descriptor up."""
    import signal

    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitid(os.P_PIDFD, process, os.WEXITED)
    os.close(process)


def _notes(folder: str) -> tuple[str, ...]:
    try:
        with open(f"{folder}/{NOTES}", encoding="utf-8") as file:  # noqa: PTH123
            return tuple(file.read().splitlines())
    except OSError:  # nothing was asked
        return ()
