"""Tiers that do not work here are left out, and fail where nothing may be missing."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from roost.sandbox import probing


@pytest.fixture(scope="session")
def works() -> Callable[[str], None]:
    """Leave the test out where a tier does not work."""
    found = {}

    def check(tier: str) -> None:
        if tier not in found:
            found[tier] = probing.standing(tier)
        if not found[tier].works:
            if os.environ.get("ROOST_TEST_COMPLETE"):
                pytest.fail(f"{tier}: {found[tier].why}")
            pytest.skip(found[tier].why)

    return check
