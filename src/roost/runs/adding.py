"""What a script in a sandbox finds missing, answered: within bounds, by the same trust as before its start.

What is added is built as every environment is; the script sees it as links to the same files in a folder that it can only read.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

from roost import environments
from roost.records import additions
from roost.reporting import Silent
from roost.sandbox import broker, exchange
from roost.sandbox.streams import harmless

from . import answering
from .asked import Bounds
from .brokering import NOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType
    from typing import NoReturn

    from roost.distributions import Options
    from roost.home import Home
    from roost.sandbox.broker import Question
    from roost.scripts import Script
    from roost.settings import Settings

PATIENCE = 120  # seconds for one question
MOST = 1 << 30  # bytes of files that may come to those of the start
LONGEST = 1000  # characters of a note


class Answering:
    """Answers for one run: between what is asked inside and what answers outside of a sandbox as well."""

    def __init__(
        self, script: Script, environment: Path, folder: Path, *, home: Home, settings: Settings, options: Options
    ) -> None:
        """Start with the environment of the start."""
        self.script, self.folder = script, folder
        self.inside = Path(exchange.seen(os.fspath(folder)))
        self.home, self.settings, self.options = home, settings, options
        self.first = self.head = environment
        self.outside = {os.fspath(self.first): self.first}  # folder as it is seen inside → the environment
        self.bounds: Bounds | None = None  # until something is asked

    def serve(self, pipe: int) -> None:
        """Answer until a limit is reached."""
        exchange.furnish(os.fspath(self.folder))
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
        if self.bounds is None:
            held = environments.manifest_of(self.home, self.first.name, whole=False)
            self.bounds = Bounds(MOST, frozenset(one.filename for one in held.artifacts) if held else frozenset())
        known = {"", *(os.fspath(one.file) for one in self.script.imports if one.file)}
        request = {
            "ask": question.ask, "name": question.name, "full": question.full, "engine": question.engine,
            "places": [list(place) for place in question.places if place[0] in known],
            "modules": None if question.modules is None else list(question.modules),
            "requirements": list(question.requirements), "environment": os.fspath(began),
        }  # fmt: skip
        return answering.answered(
            request, self.script, self.first.name, additions.folders(self.home, self.script, self.options.allow), home=self.home,
            settings=self.settings, options=self.options, report=Silent(), bounds=self.bounds,
        )  # fmt: skip

    def given(self, found: Mapping[str, object]) -> Mapping[str, object]:
        """Have the environment of an answer seen inside, and say so."""
        kind = "again" if "again" in found else "environment"
        place = self.appear(Path(str(found[kind])))
        additions.lead((self.inside / exchange.ADDITIONS,), self.head, place)
        self.head = place
        said = found.get("said") or found.get("because")
        if said:
            self.note(str(said))
        return {kind: os.fspath(place), "because": found.get("because")}

    def appear(self, environment: Path) -> Path:
        """Have an environment seen inside: whole, from one moment to the next."""
        if environment == self.first:
            return environment
        place = self.inside / exchange.ENVIRONMENTS / environment.name
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


def _link(source: str, target: str) -> None:
    """Give a file another name; where that cannot be, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
