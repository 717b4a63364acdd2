"""What a script in a sandbox finds missing: a process outside answers for it, within bounds, by the same trust as before the start.

It is a child of the roost that runs the sandbox and ends with it, however that ends. What it adds is built as every
environment is; the script sees it as links to the same files in a folder that it can only read.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from roost.errors import RoostError
from roost.records import additions
from roost.reporting import Silent
from roost.sandbox import broker
from roost.sandbox.streams import harmless
from roost.values import Value

from . import answering, hooking
from .starting import bound_to_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType
    from typing import NoReturn

    from roost.distributions import Options
    from roost.home import Home
    from roost.sandbox.broker import Question
    from roost.settings import Settings

    from .values import Prepared

PATIENCE = 120  # seconds for one question
MOST = 1 << 30  # bytes of files that may come to those of the start
NOTES = "notes"  # what our user is told in the end, a line each
LONGEST = 1000  # characters of a note


class Way(Value):
    """How a script in a sandbox asks, and what became of that."""

    variable: str | None  # the value of `ROOST_RUN`
    readable: tuple[str, ...] = ()  # folders
    pipes: tuple[str, ...] = ()  # in them, to be written to
    notes: Callable[[], tuple[str, ...]] = tuple  # what was added and refused so far


@contextmanager
def opened(prepared: Prepared, *, home: Home, settings: Settings, options: Options) -> Iterator[Way]:
    """Answer what a script asks while it runs, until the end of this context.

    Where nothing can be written, nothing is added.
    """
    if prepared.run is None or "off" in prepared.run.split("|")[4].split(","):
        yield Way(prepared.run and hooking.inside(prepared.run, pipe="", place=""))
        return
    from roost.environments import store

    with ExitStack() as stack:
        try:
            store.sweep(home)
            folder, _ = stack.enter_context(store.slot(home, "broker"))
            pipe = broker.prepare(folder)
        except (RoostError, OSError) as error:
            note = f"nothing can be added while it runs: {error}"
            yield Way(hooking.inside(prepared.run, pipe="", place=""), notes=lambda: (note,))
            return
        ours = _Answering(prepared, folder, home=home, settings=settings, options=options)
        stack.callback(_end, _fork(lambda: ours.serve(pipe)))
        os.close(pipe)  # the broker's is the only one: who asks must see it end
        inside = broker.seen(folder)
        ask, place = os.fspath(inside / broker.PIPE), os.fspath(inside / broker.ADDITIONS)
        variable = hooking.inside(prepared.run, pipe=ask, place=place)
        yield Way(variable, (os.fspath(inside),), (ask,), lambda: _notes(folder))


class _Answering:
    """Answers for one run: between what is asked inside and what answers outside of a sandbox as well."""

    def __init__(self, prepared: Prepared, folder: Path, *, home: Home, settings: Settings, options: Options) -> None:
        self.script, self.folder = prepared.plan.script, folder
        self.home, self.settings, self.options = home, settings, options
        self.first = self.head = prepared.environment.path
        self.outside = {os.fspath(self.first): self.first}  # folder as it is seen inside → the environment
        self.bounds: answering.Bounds | None = None  # until something is asked

    def serve(self, pipe: int) -> None:
        """Answer until a limit is reached."""
        broker.Broker(self.folder, self.answer, self.note).serve(pipe)

    def answer(self, question: Question) -> Mapping[str, object]:
        """Answer one question; why it is refused is for our user, and nothing of it for who asks."""
        asked = ", ".join(f"`{name}`" for name in question.requirements or (question.full,))
        if question.elsewhere:
            return self.refuse(
                "what a `pip install` asks for", "in a sandbox names are looked for, and no addresses or indexes"
            )
        began = self.outside.get(question.environment)
        if began is None:
            return self.refuse(asked, "the script names an environment that is not its own")
        try:
            with _patience(PATIENCE):
                found = self.asked(question, began)
                if "environment" in found or "again" in found:
                    return self.given(found)
        except _Late:
            return self.refuse(asked, f"finding it took longer than {PATIENCE} seconds")
        except Exception as error:  # noqa: BLE001  # of whatever one question meets, the next knows nothing
            return self.refuse(asked, f"{type(error).__name__}: {error}")
        return self.refuse(asked, str(found.get("why") or "the script copes without"))

    def asked(self, question: Question, began: Path) -> Mapping[str, object]:
        """Ask as the hook does where there is no sandbox; of who we are and what runs, nothing comes from inside."""
        from roost import environments

        if self.bounds is None:
            held = environments.manifest_of(self.home, self.first.name)
            self.bounds = answering.Bounds(
                MOST, frozenset(one.filename for one in held.artifacts) if held else frozenset()
            )
        known = {"", *(os.fspath(one.file) for one in self.script.imports if one.file)}
        request = {
            "ask": question.ask, "name": question.name, "full": question.full, "engine": question.engine,
            "places": [list(place) for place in question.places if place[0] in known],
            "modules": None if question.modules is None else list(question.modules),
            "requirements": list(question.requirements), "environment": os.fspath(began),
        }  # fmt: skip
        return answering.answered(
            request, self.script, self.first.name, additions.folders(self.home, self.script), home=self.home,
            settings=self.settings, options=self.options, report=Silent(), bounds=self.bounds,
        )  # fmt: skip

    def given(self, found: Mapping[str, object]) -> Mapping[str, object]:
        """Have the environment of an answer seen inside, and say so."""
        kind = "again" if "again" in found else "environment"
        place = self.appear(Path(str(found[kind])))
        additions.lead((broker.seen(self.folder) / broker.ADDITIONS,), self.head, place)
        self.head = place
        said = found.get("said") or found.get("because")
        if said:
            self.note(str(said))
        return {kind: os.fspath(place), "because": found.get("because")}

    def appear(self, environment: Path) -> Path:
        """Have an environment seen inside: whole, from one moment to the next."""
        if environment == self.first:
            return environment
        place = broker.seen(self.folder) / broker.ENVIRONMENTS / environment.name
        if not place.exists():
            aside = self.folder / "environment"
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(environment, aside, symlinks=True, copy_function=_link)
            aside.rename(place)
            self.outside[os.fspath(place)] = environment
        return place

    def refuse(self, asked: str, why: str) -> Mapping[str, object]:
        """Say why to our user."""
        self.note(f"{asked} was not added: {why}")
        return broker.REFUSED

    def note(self, text: str) -> None:
        """Write a line for our user."""
        line = harmless(text.replace("\nhint: ", "; ").replace("\n", " "))[:LONGEST]
        with (self.folder / NOTES).open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{line}\n")


class _Late(BaseException):
    """A question took too long; nothing on its way catches it."""


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer, wherever it is.

    Raises:
        _Late: it did.
    """

    def late(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _Late

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


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


def _link(source: str, target: str) -> None:
    """Give a file another name; where that cannot be, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _notes(folder: Path) -> tuple[str, ...]:
    try:
        return tuple((folder / NOTES).read_text("utf-8").splitlines())
    except OSError:  # nothing was asked
        return ()
