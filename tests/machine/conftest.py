"""Machines of one test, or shared by the tests of a module."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import parts
from tests.launcher import checkouts
from tests.machine.debian import Machine, unpack

New = Callable[..., Machine]


@pytest.fixture
def new_machine() -> Iterator[New]:
    """Make a fresh machine with the checkout in /home/user/roost."""
    with machines() as new:
        yield new


@contextmanager
def machines() -> Iterator[New]:
    parts.root()
    parts.program("debootstrap")
    parts.program("unshare")
    folder = Path(tempfile.mkdtemp(prefix="roost-machine-"))  # not pytest's, which keeps the last three

    def new(kind: str, binds: dict[Path, str] | None = None) -> Machine:
        machine = Machine(unpack(kind, folder / "root"), binds or {})
        (machine.root / "home/user").mkdir()
        checkouts.copy(machine.root / "home/user/roost")
        return machine

    try:
        yield new
    finally:
        shutil.rmtree(folder, ignore_errors=True)
