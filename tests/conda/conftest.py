"""A channel with a Python, a program and a module over it; each test gets a copy that it may add to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conda.channels import PLACE, Channel


@pytest.fixture(scope="session")
def plain_channel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    channel = Channel(tmp_path_factory.mktemp("channels") / "plain")
    channel.add_python()
    channel.add(
        "grinder",
        "6.1",
        {
            "bin/grind": f"#!/bin/sh\necho ground in {PLACE}\n",
            "share/grinder/data.txt": "beans",
            "etc/conda/activate.d/grinder.sh": 'export GRINDER_DATA="$CONDA_PREFIX/share/grinder"\n',
            "etc/conda/env_vars.d/grinder.json": '{"GRINDER_MODE": "fine"}',
        },
    )
    channel.add_module(
        "coffee", "2.0", "import os\nDATA = os.environ['GRINDER_DATA'] + '/data.txt'\n", depends=["grinder"]
    )
    channel.publish()
    return channel.folder


@pytest.fixture
def channel(plain_channel: Path, tmp_path: Path) -> Channel:
    folder = tmp_path / "channel"
    shutil.copytree(plain_channel, folder)
    found = object.__new__(Channel)
    found.folder = folder
    return found


@pytest.fixture
def brewing(channel: Channel, script):
    """Write a script that declares packages of the channel."""

    def write(*packages: str, needs: tuple[str, ...] = (), body: str = "", name: str = "it.py") -> Path:
        block = [
            "# /// script",
            f"# dependencies = {list(needs)}",
            "# [tool.roost]",
            f"# conda = {list(packages)}",
            f"# conda-channels = ['{channel.folder}']",
            "# ///",
        ]
        return script("\n".join([*block, body]) + "\n", name)

    return write
