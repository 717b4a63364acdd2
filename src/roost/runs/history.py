"""Runs that left a record: written down at their start and their end, listed, shown, removed."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost.errors import CannotCreate, Exit, RoostError, UsageError
from roost.sandbox.streams import harmless
from roost.values import Value

from . import failures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from roost.home import Home
    from roost.sandbox.outputs import Collected
    from roost.sandbox.values import Ended


class NoSuchRun(RoostError):
    """There is no record of a run by this id."""

    code = "no-such-run"
    exit = Exit.NO_INPUT


class Run(Value):
    """One record."""

    folder: Path
    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Give its id (UUIDv7)."""
        return self.folder.name

    @property
    def running(self) -> bool:
        """Tell whether it has not ended yet."""
        process = self.document.get("process")
        if not process or self.document.get("outcome") or self.document.get("error"):
            return False
        return bool(started(int(process[0])) == process[1])

    def stream(self, name: str) -> str:
        """Give what it has said, as far as it was kept, with nothing that a terminal would obey."""
        try:
            return (self.folder / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""


class Record:
    """The record of a run under way; a home that cannot be written has none."""

    def __init__(
        self, about: Mapping[str, object], *, arguments: int, moment: float, runs: Path, policy: str, tier: str
    ) -> None:
        """Write down that it starts.

        Args:
            about: of `failures.about`.
            runs: the folder of records.
            policy: what it may do and take, in one line.
        """
        self.document = failures.begun(about, arguments=arguments, started=moment)
        self.document |= {
            "sandbox": {"tier": tier, "policy": policy, "held": {}, "notes": []},
            "process": [os.getpid(), started(os.getpid())],
        }
        self.folder = runs / str(self.document["id"])
        self._write()
        with suppress(OSError):
            failures.forget(runs)

    def said(self, streams: Sequence[bytes]) -> None:
        """Keep what it said on standard output and standard error, with nothing that a terminal would obey."""
        for name, data in zip(failures.STREAMS, streams, strict=True):
            with suppress(OSError):
                if data:
                    (self.folder / name).write_text(harmless(data.decode("utf-8", "replace")), "utf-8")

    def ended(self, ended: Ended, outputs: Collected | None) -> None:
        """Write down how it ended, and what it left."""
        sandbox: Any = self.document["sandbox"]
        sandbox |= {"held": dict(ended.held), "notes": list(map(harmless, ended.notes))}
        self.document["outcome"] = {
            "status": ended.status,
            "signal": ended.signal,
            "seconds": round(ended.seconds, 3),
            "reason": ended.reason,
        }
        if outputs is not None:
            self.document["outputs"] = [{"name": one.name, "size": one.size, "kind": one.kind} for one in outputs.files]
            self.document["refused"] = [{"name": name, "why": why} for name, why in outputs.refused]
        self._write()

    def failed(self, error: BaseException) -> None:
        """Write down that it was not run, or not to its end."""
        code, what = (
            (error.code, error.what) if isinstance(error, RoostError) else ("interrupted", type(error).__name__)
        )
        self.document["error"] = {"class": code, "message": what}
        self._write()

    def _write(self) -> None:
        with suppress(CannotCreate):
            homes.write(self.folder / failures.FILE, json.dumps(self.document, indent=1) + "\n", sync=False)


def listing(home: Home) -> list[Run]:
    """Give the runs of which there is a record, the newest first; damaged records are not there."""
    try:
        names = sorted(os.listdir(home.runs), reverse=True)  # noqa: PTH208
    except OSError:
        return []
    return [found for found in (_read(home.runs / name) for name in names) if found]


def find(home: Home, word: str | None) -> Run:
    """Give a run by its id or the beginning or end of it; None: the last one.

    Raises:
        NoSuchRun: there is none.
        UsageError: several begin like this.
    """
    every = listing(home)
    if word is None:
        if every:
            return every[0]
        raise NoSuchRun("there is no record of any run", hints=("runs in a sandbox leave one, and runs that fail",))
    found = [one for one in every if one.id.startswith(word) or one.id.endswith(word)]
    if not found:
        raise NoSuchRun(f"there is no run `{word}`", hints=("see what there is: `roost runs list`",))
    if len(found) > 1:
        raise UsageError(f"`{word}` stands for {len(found)} runs", why=tuple(one.id for one in found[:5]))
    return found[0]


def remove(run: Run) -> None:
    """Remove a record with all that was kept of the run.

    Raises:
        CannotCreate: it is still running, or cannot be removed.
    """
    if run.running:
        raise CannotCreate(f"the run `{run.id}` has not ended yet")
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise CannotCreate(f"cannot remove the run `{run.id}`", why=(error.strerror or str(error),)) from error


def started(process: int) -> int | None:
    """Give when a process started, in ticks since the machine did, which tells it from a later one of its number; None: it is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def _read(folder: Path) -> Run | None:
    try:
        document = json.loads((folder / failures.FILE).read_bytes())
        return Run(folder, document) if document["schema"] == failures.SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
