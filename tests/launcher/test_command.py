"""The installed `roost`, from everywhere it can be called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roost.version import __version__

BIN = Path(sys.executable).parent


def version(command: list[str | Path], **options) -> str:
    return subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, **options).stdout


def test_the_command_is_sh_and_answers():
    assert (BIN / "roost").read_bytes().startswith(b"#!/bin/sh\n")
    assert __version__ in version([BIN / "roost"])


def test_the_command_works_through_links(tmp_path):
    (tmp_path / "first").symlink_to(BIN / "roost")
    (tmp_path / "b in").mkdir()
    (tmp_path / "b in" / "second").symlink_to("../first")
    assert __version__ in version([tmp_path / "b in" / "second"])


@pytest.mark.parametrize("path", [".", "", str(BIN)], ids=["relative", "empty", "absolute"])
def test_the_command_is_found_on_a_path(path):
    assert __version__ in version(["/bin/sh", "-c", 'exec roost "$@"', "sh"], cwd=BIN, env={"PATH": path})
