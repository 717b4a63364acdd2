"""The questions of a sandboxed program: taken from a pipe, checked to the last letter, counted; answers are files for it.

The program can write into the pipe and read the folder, nothing else. Whatever it writes costs us no more than so many short
questions: after the last one, and after the first that no hook of ours would write, nobody reads the pipe any more, and
then even asking fails inside (`inside/_roost_broker.py` is the other half).
"""

from __future__ import annotations

import json
import os
import re

from roost.values import Value

from . import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Literal

PROTOCOL = 1
PIECE = (
    4096  # bytes of a question and its length: a pipe takes them in one piece (PIPE_BUF), so writers are never mixed up
)
QUESTIONS = 100  # that a run may ask
NAMES = 20  # different ones, of imports and distributions, that a run may ask for
PIPE, ANSWERS, ENVIRONMENTS, ADDITIONS = (
    "ask",
    "answers",
    "environments",
    "additions",
)  # in the folder that is seen inside
REFUSED = {"why": "refused"}

_NUMBER = re.compile(r"[0-9]{1,40}")
_WORD = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
_MODULE = re.compile(rf"{_WORD}(\.{_WORD}){{0,9}}")
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?"
_CLAUSE = r"(?:===?|[!<>~]=|[<>]) ?[A-Za-z0-9.*+!_-]{1,40}"
_REQUIREMENT = re.compile(rf"({_NAME}) ?(?:\[ ?{_NAME}(?: ?, ?{_NAME})* ?\])? ?(?:{_CLAUSE}(?: ?, ?{_CLAUSE})*)?")
_KEYS = {
    "import": {"ask", "name", "full", "engine", "places", "protocol", "number", "environment", "modules"},
    "install": {"ask", "requirements", "indexes", "protocol", "number", "environment", "modules"},
}


class Unfit(Exception):  # an error is named for what went wrong
    """What was written is no question that a hook of ours asks."""


class Question(Value):
    """One question, checked: nothing in it but words of known letters, and numbers."""

    number: str  # the answer's name
    ask: Literal["import", "install"]
    environment: str  # in which the process is; compared, never used as a path
    modules: tuple[str, ...] | None  # that it has loaded, top-level; None: perhaps all that are there
    name: str = ""  # of the module that is not there
    full: str = ""  # the whole dotted name that was imported
    engine: str | None = None  # the library that wants it
    places: tuple[tuple[str, int], ...] = ()  # file and line of the import; compared, never used as a path
    requirements: tuple[str, ...] = ()  # names with versions and extras, for "install"
    elsewhere: bool = False  # it asks for more than names: an address, a folder, an index; of which nothing is kept

    @property
    def names(self) -> frozenset[str]:
        """What it asks for: top-level modules, or distributions."""
        if self.ask == "import":
            return frozenset({self.full.partition(".")[0]})
        return frozenset(_named(text) for text in self.requirements)

    @property
    def sense(self) -> Question:
        """The question without what differs each time that the same is asked."""
        return self.replace(number="", modules=None, places=())


def read(document: bytes) -> Question:
    """Read a question.

    Raises:
        Unfit: it is none.
    """
    try:
        asked = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise Unfit from error
    _must(isinstance(asked, dict) and asked.get("ask") in ("import", "install"))
    _must(asked.keys() == _KEYS[asked["ask"]] and type(asked["protocol"]) is int and asked["protocol"] == PROTOCOL)
    modules = asked["modules"]
    common = {
        "number": _text(asked["number"], _NUMBER),
        "ask": asked["ask"],
        "environment": _text(asked["environment"]),
        "modules": None if modules is None else tuple(_text(one, _MODULE) for one in _list(modules)),
    }
    if asked["ask"] == "install":
        wanted = tuple(map(_text, _list(asked["requirements"])))
        plain = not _list(asked["indexes"]) and len(wanted) <= NAMES and all(map(_REQUIREMENT.fullmatch, wanted))
        return Question(**common, requirements=wanted if plain else (), elsewhere=not plain)
    full, name = _text(asked["full"], _MODULE), _text(asked["name"], _MODULE)
    _must(f"{full}.".startswith(f"{name}."))
    engine = None if asked["engine"] is None else _text(asked["engine"], _MODULE)
    places = tuple(_place(one) for one in _list(asked["places"]))
    return Question(**common, name=name, full=full, engine=engine, places=places)


class Broker:
    """One run's.

    Args:
        folder: ours alone, as `exchange.prepare` made it.
        answer: is asked what nobody has asked before; gives a document without secrets.
        tell: gets a sentence about each limit that is reached.
    """

    def __init__(
        self, folder: Path, answer: Callable[[Question], Mapping[str, object]], tell: Callable[[str], None]
    ) -> None:
        """Start with nothing asked."""
        self._folder = folder
        self._answer = answer
        self._tell = tell
        self._full = False  # so many names were asked for
        self._held = b""
        self._names: frozenset[str] = frozenset()
        self._known: dict[Question, Mapping[str, object]] = {}

    def serve(self, pipe: int) -> None:
        """Answer one question after the other, until there were too many or one is none.

        Args:
            pipe: a descriptor for reading and writing, so that it has no end.
        """
        for _ in range(QUESTIONS):
            try:
                length = int.from_bytes(self._take(pipe, 4), "big")
                _must(0 < length <= PIECE - 4)
                question = read(self._take(pipe, length))
            except Unfit:
                self._tell("the script wrote to roost's broker what is no question: it got no answers any more")
                return
            self._put(question.number, self._found(question))
        self._take(pipe, 1)
        self._tell(f"the script asked roost for more than {QUESTIONS} additions: it got no answers any more")

    def _take(self, pipe: int, count: int) -> bytes:
        while len(self._held) < count:
            self._held += os.read(pipe, PIECE)
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def _found(self, question: Question) -> Mapping[str, object]:
        sense = question.sense
        if sense not in self._known:
            names = self._names | question.names
            if len(names) > NAMES:
                if not self._full:
                    self._tell(f"the script asked roost for more than {NAMES} names: only those before were looked for")
                self._full = True
                return REFUSED
            self._names = names
            self._known[sense] = self._answer(question)
        return self._known[sense]

    def _put(self, number: str, answer: Mapping[str, object]) -> None:
        document = json.dumps(answer).encode()
        aside = self._folder / "answer"
        aside.write_bytes(len(document).to_bytes(4, "big") + document)
        aside.rename(f"{exchange.seen(os.fspath(self._folder))}/{exchange.ANSWERS}/{number}")


def _must(condition: bool) -> None:  # noqa: FBT001  # it is what is asked
    if not condition:
        raise Unfit


def _text(value: object, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
        raise Unfit
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Unfit
    return value


def _place(value: object) -> tuple[str, int]:
    file, line = pair if len(pair := _list(value)) == 2 else (None, None)
    if type(line) is not int or not 0 <= line < 1 << 31:
        raise Unfit
    return _text(file), line


def _named(requirement: str) -> str:
    found = re.match(_NAME, requirement)
    assert found is not None  # its pattern begins so
    return re.sub(r"[-_.]+", "-", found[0]).lower()
