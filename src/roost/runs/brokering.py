"""What a script in a sandbox finds missing: a process outside that answers for it (`adding`), a child of the roost that runs the sandbox.

It ends with that one, however it ends, and so does the folder that is between them.
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from roost import processes
from roost.errors import RoostError
from roost.values import Value, fields

from . import hooking
from .starting import bound_to_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roost.distributions import Options
    from roost.home import Home
    from roost.settings import Settings

    from .values import Prepared

PIPE, QUESTION = 10, 11  # descriptors of a process that is started to answer
NOTES = "notes"  # what our user is told in the end, a line each


class Way(Value):
    """How a script in a sandbox asks, and what became of that."""

    variable: str | None  # the value of `ROOST_RUN`
    readable: tuple[str, ...] = ()  # folders
    pipes: tuple[str, ...] = ()  # in them, to be written to
    notes: Callable[[], tuple[str, ...]] = tuple  # what was added and refused so far


def closed(prepared: Prepared) -> Way:
    """Give the way of a script that may ask, and is not answered."""
    return Way(prepared.run and hooking.inside(prepared.run, pipe="", place=""))


@contextmanager
def opened(prepared: Prepared, *, home: Home, settings: Settings, options: Options) -> Iterator[Way]:
    """Answer what a script asks while it runs, until the end of this context.

    Where nothing can be written, nothing is added.
    """
    if prepared.run is None or "off" in prepared.run.split("|")[4].split(","):
        yield closed(prepared)
        return
    import select

    from roost.environments import store
    from roost.sandbox import exchange

    def serve() -> None:
        select.select([pipe], [], [])  # most scripts never ask, and nothing is loaded for them
        from .adding import Answering

        script, environment = prepared.plan.script, prepared.environment.path
        Answering(script, environment, folder, home=home, settings=settings, options=options).serve(pipe)

    with ExitStack() as stack:
        try:
            store.sweep(home)
            folder, _ = stack.enter_context(store.slot(home, "broker"))
            pipe = exchange.prepare(folder)
            stack.callback(_end, _fork(serve))
        except (RoostError, OSError) as error:
            note = f"nothing can be added while it runs: {error}"
            yield closed(prepared).replace(notes=lambda: (note,))
            return
        os.close(pipe)  # the broker's is the only one: who asks must see it end
        inside = exchange.seen(folder)
        ask, place = os.fspath(inside / exchange.PIPE), os.fspath(inside / exchange.ADDITIONS)
        variable = hooking.inside(prepared.run, pipe=ask, place=place)
        yield Way(variable, (os.fspath(inside),), (ask,), lambda: _notes(folder))


class Waiting(Value):
    """A way on which nobody listens yet."""

    way: Way
    pipe: int  # can be read from as soon as something is asked
    listen: Callable[[], None]  # starts who answers


@contextmanager
def waiting(prepared: Prepared, *, home: Home, options: Options) -> Iterator[Waiting | None]:
    """Open a way for a program that has threads: who answers is started, not forked, and only once something is asked.

    None: nothing can be asked.
    """
    from roost.environments import store
    from roost.sandbox import exchange

    script = prepared.plan.script
    if prepared.run is None or script.path is None or "off" in prepared.run.split("|")[4].split(","):
        yield None
        return
    with ExitStack() as stack:
        try:
            store.sweep(home)
            folder, _ = stack.enter_context(store.slot(home, "broker"))
            pipe = exchange.prepare(folder)
        except (RoostError, OSError):
            yield None
            return
        stack.callback(os.close, pipe)
        inside = exchange.seen(folder)
        ask, place = os.fspath(inside / exchange.PIPE), os.fspath(inside / exchange.ADDITIONS)
        asked = {
            "script": os.fspath(script.path), "environment": os.fspath(prepared.environment.path), "folder": os.fspath(folder),
            "options": {name: getattr(options, name) for name in fields(type(options))},
        }  # fmt: skip

        def listen() -> None:
            stack.callback(_end, _start(asked, pipe))

        variable = hooking.inside(prepared.run, pipe=ask, place=place)
        yield Waiting(Way(variable, (os.fspath(inside),), (ask,), lambda: _notes(folder)), pipe, listen)


def _start(asked: object, pipe: int) -> int:
    """Start a process that answers; gives a descriptor for it."""
    import json

    memory = os.memfd_create("roost-broker", os.MFD_CLOEXEC)
    try:
        os.write(memory, json.dumps(asked).encode())
        words = processes.ourselves("from roost.runs.brokering import main; main(int(sys.argv[1]))")
        null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
        given = [(os.POSIX_SPAWN_DUP2, pipe, PIPE), (os.POSIX_SPAWN_DUP2, memory, QUESTION)]
        words.append(str(os.getpid()))
        process = os.posix_spawn(words[0], words, dict(os.environ), file_actions=[*null, *given])
    finally:
        os.close(memory)
    return os.pidfd_open(process)


def main(parent: int) -> None:
    """Answer what is asked, until the process that started us ends us or is gone."""
    import json

    from roost import home as homes
    from roost import scripts, settings
    from roost.distributions import Options
    from roost.scripts import pythons

    from .adding import Answering

    bound_to_us(parent)()
    os.umask(0o022)
    with os.fdopen(QUESTION, "rb") as file:
        file.seek(0)
        asked = json.load(file)
    home = homes.locate()
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in asked["options"].items()}
    script = scripts.read(Path(asked["script"]), interpreters=lambda: pythons.installed(home, os.environ))
    Answering(
        script, Path(asked["environment"]), Path(asked["folder"]), home=home, settings=settings.load(home.settings_file),
        options=Options(**options),  # type: ignore[arg-type]  # as `waiting` has written them
    ).serve(PIPE)  # fmt: skip


def _fork(serve: Callable[[], None]) -> int:
    """Start the process that answers; gives a descriptor for it."""
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
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitid(os.P_PIDFD, process, os.WEXITED)
    os.close(process)


def _notes(folder: Path) -> tuple[str, ...]:
    try:
        return tuple((folder / NOTES).read_text("utf-8").splitlines())
    except OSError:  # nothing was asked
        return ()
