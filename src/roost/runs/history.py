"""Runs that left a record: listed, shown, removed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from roost.errors import CannotCreate, Exit, RoostError, UsageError
from roost.values import Value

from .noting import BEGUN, FILE, SCHEMA, started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from roost.home import Home


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


def _read(folder: Path) -> Run | None:
    for name in (FILE, BEGUN, FILE):  # it may end meanwhile
        try:
            document = json.loads((folder / name).read_bytes())
            return Run(folder, document) if document["schema"] == SCHEMA else None
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError):
            return None
    return None
