"""The index that the tests make: a real installer can use it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.index import sdist, wheel


@pytest.fixture
def uv(environ, tmp_path):
    def run(*arguments):
        return subprocess.run(
            [Path(sys.executable).parent / "uv", *arguments], env=environ | {"UV_CACHE_DIR": str(tmp_path / "cache"), "PATH": os.environ["PATH"]},
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("form", ["json", "html"])
def test_uv_resolves_from_it(index, uv, tmp_path, form):
    index.forms = (form,)
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    (tmp_path / "in.txt").write_text("soup\n")
    done = uv(
        "pip", "compile", "-q", "--no-header", "--no-annotate", "--default-index", index.url + "simple/", "in.txt"
    )
    assert done.stdout.split() == ["soup==2.0", "stock==1.4"], done.stderr


def test_the_same_wheel_twice_has_the_same_bytes():
    assert wheel("soup", "2.0") == wheel("soup", "2.0")
    assert sdist("soup")[0] == "soup-1.0.tar.gz"


def test_a_part_of_a_file_is_served(index):
    index.add("soup", "2.0")
    data = index.file("soup-2.0-py3-none-any.whl")
    request = urllib.request.Request(index.url + "files/soup-2.0-py3-none-any.whl", headers={"Range": "bytes=-22"})
    with urllib.request.urlopen(request) as answer:
        assert (answer.status, answer.read()) == (206, data[-22:])


def test_a_fault_reaches_the_client(index, uv, tmp_path):
    index.add("soup", "2.0")
    index.fail("/simple/soup", 503)
    (tmp_path / "in.txt").write_text("soup\n")
    done = uv("pip", "compile", "--default-index", index.url + "simple/", "in.txt")
    assert done.returncode != 0
    assert "503" in done.stderr
