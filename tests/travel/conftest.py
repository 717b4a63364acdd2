"""A home, an interpreter and a loopback index, as the environments' tests have them."""

from __future__ import annotations

import pytest

from tests.environments.conftest import Room, home_of, python
from tests.environments.conftest import room as plain_room

__all__ = ["home_of", "plain_room", "python"]


@pytest.fixture
def room(plain_room: Room, index) -> Room:
    """A room that knows its index."""
    plain_room.served = index
    return plain_room
