"""Sixty of the rounds of `benchmarks/faults`: killed, damaged, starved of disk, wanted by many; the run after it is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.faults.__main__ import play
from benchmarks.faults.world import fill

from tests import index as indexes
from tests import parts


@pytest.fixture(scope="module")
def served() -> Iterator[indexes.Index]:
    index, server = indexes.serve()
    fill(index)
    yield index
    server.shutdown()
    server.server_close()


@pytest.mark.covers("A5")
@pytest.mark.machine
@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_the_second_run_is_right(served, tmp_path, seed):
    parts.root()
    parts.program("strace")
    done = play(seed, "roost", tmp_path, served)
    assert not done.failed, done
