"""Parts of this room, made real: a home, settings that lead to the loopback index, a client of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from roost.distributions.index import Index as Client
from roost.distributions.indexes import Indexes
from roost.home import Home
from roost.settings import Settings
from tests.index import Index


@pytest.fixture
def place(tmp_path: Path) -> Home:
    root = tmp_path / "home"
    return Home(root / "config", root / "data", root / "state", root / "cache")


@pytest.fixture
def client(index: Index, place: Home) -> Callable[..., Client]:
    """Make a client of the loopback index; each one knows only what is kept in the home."""

    def make(
        *, extra: tuple[str, ...] = (), find_links: tuple[str, ...] = (), timeout: float = 20, **options: bool
    ) -> Client:
        configured = Indexes(f"{index.url}simple/", extra, find_links)
        return Client(configured, home=place, settings=Settings(index_timeout=timeout), environ={}, **options)

    return make
