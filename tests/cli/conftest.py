"""What several commands are tried on."""

from __future__ import annotations

import pytest


@pytest.fixture
def dinner(index, roost, script):
    """A script with an environment."""
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\n")
    assert roost("run", path).status == 0
    return path
