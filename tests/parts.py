"""Parts of a machine that tests need: where one is missing the test is skipped, in CI it fails."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str) -> str:
    """The path of a program of this machine."""
    return shutil.which(name) or missing(f"`{name}` is not installed")


def root() -> None:
    """This test needs to be root."""
    if os.geteuid() != 0:
        missing("needs root")


def missing(reason: str) -> str:
    if os.environ.get("ROOST_TEST_COMPLETE"):
        pytest.fail(reason)
    pytest.skip(reason)
