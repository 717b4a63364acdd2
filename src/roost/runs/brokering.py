"""What a script in a sandbox finds missing: a process outside that answers for it (`adding`), a child of the roost that runs the sandbox.

It ends with that one, however it ends, and so does the folder that is between them.
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, contextmanager, suppress

from roost.errors import RoostError
from roost.values import Value

from . import hooking
from .starting import bound_to_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from roost.distributions import Options
    from roost.home import Home
    from roost.settings import Settings

    from .values import Prepared

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

        Answering(prepared, folder, home=home, settings=settings, options=options).serve(pipe)

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
