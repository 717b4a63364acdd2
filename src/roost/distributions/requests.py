"""Requests remembered: the same question tomorrow gives the same lock, without the index."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from roost import home as homes
from roost.digests import sha256
from roost.values import Value

from .indexes.values import Indexes
from .values import Artifact, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.home import Home
    from roost.scripts import Interpreter

SCHEMA = "roost.request/1"
FOREVER = 4e9  # seconds since the epoch: in 2096
DAY = 86400.0  # seconds in which a request that was resolved need not be noted as asked for
LAYOUT = 2  # raised when what is remembered could no longer be used as it is


class Request(Value):
    """Everything that decides what a resolver answers."""

    requirements: tuple[str, ...]  # as the resolver gets them, roots first
    wheels_only: tuple[str, ...]  # canonical names that are never built from source
    roots: tuple[str, ...]  # canonical names, in the order of the requirements
    interpreter: Interpreter
    constraints: tuple[str, ...] = ()
    indexes: Indexes = Indexes()
    timeless: bool = False  # private indexes say nothing of times: the age limit is not for them
    exclude_newer: str | None = None
    stamps: tuple[str, ...] = ()  # of local folders and files that are asked for: what they contain
    hashes: tuple[tuple[str, tuple[str, ...]], ...] = ()  # canonical name, and what its file may have: "sha256:…"

    @property
    def digest(self) -> str:
        """Give the name under which it is remembered; the order of the requirements does not matter."""
        import json

        python = self.interpreter
        facts = [
            LAYOUT, sorted(self.requirements), sorted(self.wheels_only), sorted(self.constraints), self.indexes.described(), self.exclude_newer,
            self.stamps, sorted(self.hashes), python.implementation, python.short, python.abi, python.platform,
        ]  # fmt: skip
        return sha256(json.dumps([*facts, python.prefix] if python.prefix else facts).encode())


class Remembered(Value):
    """A lock that was found for a request before."""

    lock: Lock
    created: float  # seconds since the epoch
    file: tuple[str, int, int, int]  # where it is kept: path, mtime and ctime in nanoseconds, bytes
    held: bool = False  # somebody went back to it: it holds until an update is asked for

    def older_than(self, days: float) -> bool:
        """Tell whether it was resolved longer ago than that, or in the future."""
        return not self.held and not 0 <= time.time() - self.created <= days * 86400

    def until(self, days: float) -> float:
        """Give the moment from which it is asked again, seconds since the epoch."""
        return FOREVER if self.held else self.created + days * 86400


def recall(home: Home, request: Request) -> Remembered | None:
    """Give what is remembered; a file that is cut, damaged or of another schema is not there."""
    found = read(home.requests / f"{request.digest}.json", request)
    if found and time.time_ns() - found.file[1] > DAY * 1e9:
        mark = asked(home, request.digest)
        with suppress(OSError):  # a home that may only be read forgets nothing either
            mark.parent.mkdir(mode=0o700, exist_ok=True)
            mark.touch(mode=0o600)
    return found


def asked(home: Home, digest: str) -> Path:
    """Name the file whose time says when a request was last asked for; its lock's own time is a ground of records."""
    return home.requests / "asked" / digest


def read(path: Path, request: Request) -> Remembered | None:
    """Read one file in which a lock of a request is kept, as `recall` does."""
    import json

    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            document = json.loads(file.read())
        if document["schema"] != SCHEMA:
            return None
        artifacts = tuple(Artifact(*fields) for fields in document["artifacts"])
        lock = Lock(
            request.interpreter, artifacts, str(document["text"]), request.roots, ("remembered",),
            judged=tuple(map(str, document.get("judged", ()))), by_word=tuple(map(str, document.get("by_word", ()))),
            request=request.digest,
        )  # fmt: skip
        stored = (os.fspath(path), facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size)
        return Remembered(lock, float(document["created"]), stored, held=bool(document.get("held")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(home: Home, request: Request, lock: Lock) -> None:
    """Keep a lock for the next time.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    import json

    fields = [[a.name, a.version, a.filename, a.url, a.sha256, a.size, a.commit] for a in lock.artifacts]
    document = {
        "schema": SCHEMA,
        "created": time.time(),
        "requirements": request.requirements,
        "python": request.interpreter.full,
        "steps": lock.steps,
        "artifacts": fields,
        "text": lock.text,
        "judged": lock.judged,
        "by_word": lock.by_word,
    }
    path = home.requests / f"{request.digest}.json"
    if path.exists():
        from .history import keep

        keep(path, fields)
    homes.write(path, json.dumps(document))
