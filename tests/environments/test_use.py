"""Starts are noted; from the second one on the bytecode is there; who works with an environment is known."""

from __future__ import annotations

import os
import time

import pytest

from roost import environments, locks
from roost.environments import bytecode as compiling
from roost.environments import store


@pytest.fixture
def soup(index, room):
    index.add("soup", modules={"soup/__init__.py": "", "soup/pot.py": "", "soup/template.py": "{{ no Python }}"})
    return room.build("soup")


def bytecode(environment) -> list[str]:
    return sorted(path.name.partition(".")[0] for path in environment.path.rglob("soup/__pycache__/*.pyc"))


def reached(condition, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_a_start_is_noted(soup):
    assert not environments.mark(soup)
    os.utime(soup.path / ".used", (soup.created + 50, soup.created + 50))
    assert environments.last_used(soup) == soup.created + 50
    assert environments.mark(soup)
    assert environments.last_used(soup) < soup.created + 50


def test_at_the_second_start_everything_is_compiled_by_a_process_that_is_not_ours(soup, room, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environments.started(room.home, soup)
    assert bytecode(soup) == []
    environments.started(room.home, soup)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)
    assert reached((soup.path / ".compiled").exists)
    assert bytecode(soup) == ["__init__", "pot"]
    with locks.exclusive(room.home.locks / f"build-{soup.key[:12]}", timeout=30):
        pass  # it ends with the process


def test_nothing_is_compiled_while_somebody_else_holds_the_key(soup, room):
    environments.started(room.home, soup)
    with locks.exclusive(room.home.locks / f"build-{soup.key[:12]}"):
        environments.started(room.home, soup)
        assert compiling.compile_behind(soup, home=room.home) is False
    assert bytecode(soup) == []


def test_a_start_where_nothing_can_be_written_is_no_failure(soup, room):
    gone = soup.replace(path=soup.path / "nowhere")
    (room.home.locks / f"use-{gone.name}").mkdir()
    for _ in range(2):
        environments.started(room.home, gone)
    with environments.using(room.home, gone) as held:
        assert held is None


def test_a_supervised_environment_is_not_removed(soup, room):
    with environments.using(room.home, soup), pytest.raises(store.EnvironmentInUse):
        environments.remove(room.home, soup)
