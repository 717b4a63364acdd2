"""Parts of this room, made real: a home, settings that lead to the loopback index, a client of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from roost import scripts
from roost.distributions import Options, Plan, plan_for
from roost.distributions.index import Index as Client
from roost.distributions.indexes import Indexes
from roost.home import Home
from roost.reporting import Silent
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


@pytest.fixture
def planned(index: Index, place: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """Plan a script for Python 3.11 with nothing but the loopback index."""
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_", "ROOST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))

    def make(
        source: str,
        *,
        files: dict[str, str] | None = None,
        python: str = "3.11",
        settings: Settings | None = None,
        **options: object,
    ) -> Plan:
        work = tmp_path / "work"
        for name, text in {"it.py": source, **(files or {})}.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text, "utf-8")
        script = scripts.read(work / "it.py")
        settings = settings or Settings(index_url=f"{index.url}simple/", index_timeout=20)
        choice = scripts.Choice(None, python, "chosen by the test")
        return plan_for(script, choice, home=place, settings=settings, options=Options(**options), report=Silent())

    return make
