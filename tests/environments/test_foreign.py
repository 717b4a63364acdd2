"""Environments of other makers are recognised by their files, wherever they lie; nothing of them is executed."""

from __future__ import annotations

import json
import os
import sys
import time
import venv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.environments import foreign, searching
from roost.environments.foreign.finding import find_other
from roost.environments.foreign.search import below
from roost.environments.store import NoSuchEnvironment

HERE = ".".join(map(str, sys.version_info[:3]))
SHORT = ".".join(map(str, sys.version_info[:2]))


def make_venv(path: Path) -> Path:
    venv.create(path, with_pip=False, symlinks=True)
    return path


def make_conda(path: Path, version: str = "3.12.4") -> Path:
    """What conda leaves of an environment with one distribution that only it has."""
    short = ".".join(version.split(".")[:2])
    site = path / "lib" / f"python{short}" / "site-packages"
    site.mkdir(parents=True)
    (path / "conda-meta").mkdir()
    (path / "bin").mkdir()
    (path / "bin" / f"python{short}").write_text("#!/bin/sh\necho must not be run\nexit 1\n")
    (path / "bin" / f"python{short}").chmod(0o755)
    (path / "bin" / "python").symlink_to(f"python{short}")
    for name in (f"python-{version}-h1234_0", "ffmpeg-7.0-h55_1"):
        (path / "conda-meta" / f"{name}.json").write_text(json.dumps({"name": name}))
    (path / "conda-meta" / "history").write_text("")
    return path


def everywhere(home: Path, *tops: Path, **more: str) -> list[foreign.Foreign]:
    return list(foreign.everywhere({"HOME": str(home), **more}, home, below_these=tops).found)


@pytest.mark.covers("C8")
def test_virtual_environments_say_what_they_are(tmp_path):
    path = make_venv(tmp_path / "project" / ".venv")
    one = foreign.recognise(path)
    assert (one.kind, one.version, one.broken, one.name) == ("venv", HERE, None, "project/.venv")
    assert time.time() - one.used < 60
    with (path / "pyvenv.cfg").open("a") as file:
        file.write("virtualenv = 20.26.0\n")
    assert (foreign.recognise(path).kind, foreign.recognise(path).maker) == ("virtualenv", "virtualenv 20.26.0")


@pytest.mark.covers("C8")
def test_what_is_broken_is_said(tmp_path):
    path = make_venv(tmp_path / "it")
    python = path / "bin" / "python"
    target = python.readlink()
    python.unlink()
    assert foreign.recognise(path).broken == "it has no `bin/python`"
    python.symlink_to("/nowhere/python3")
    assert foreign.recognise(path).broken == "its Python is gone: `/nowhere/python3`"
    other = tmp_path / "python9.9"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    python.unlink()
    python.symlink_to(other)
    assert foreign.recognise(path).broken == f"it was made for Python {SHORT}, and its Python is 9.9 now"
    other.chmod(0o644)
    if os.geteuid():
        assert foreign.recognise(path).broken == "its Python may not be executed"
    python.unlink()
    python.symlink_to(target)
    settings = path / "pyvenv.cfg"
    whole = settings.read_text()
    settings.write_text("home = /nowhere/bin\nversion = " + HERE + "\n")
    assert foreign.recognise(path).broken == "the Python it was made with is gone: `/nowhere/bin`"
    settings.write_text(whole)
    (path / "lib").rename(path / "library")
    assert foreign.recognise(path).broken == "it has no folder for distributions"


@pytest.mark.covers("C8")
def test_the_usual_places_of_each_tool_are_known(tmp_path):
    data = tmp_path / ".local" / "share"
    places = {
        "pipx": data / "pipx/venvs/black",
        "uv tool": data / "uv/tools/ruff",
        "uv script": tmp_path / ".cache/uv/environments-v2/it-123",
        "poetry": tmp_path / ".cache/pypoetry/virtualenvs/shop-py3.11",
        "hatch": data / "hatch/env/virtual/shop/ab12/shop",
        "venv": tmp_path / "work/.venvs/old",
    }
    for path in places.values():
        make_venv(path)
    make_conda(tmp_path / "miniconda3", "3.12.1")
    make_conda(tmp_path / "miniconda3/envs/science", "3.11.9")
    make_conda(tmp_path / "far/away", "3.10.0")
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda/environments.txt").write_text(f"{tmp_path}/far/away\n/nowhere/env\n")
    pyenv = tmp_path / ".pyenv/versions"
    (pyenv / "3.11.7/bin").mkdir(parents=True)
    (pyenv / "3.11.7/lib/python3.11/site-packages").mkdir(parents=True)
    (pyenv / "3.11.7/bin/python").symlink_to(Path(sys.executable).resolve())
    make_venv(pyenv / "3.11.7/envs/blog")
    (pyenv / "blog").symlink_to(pyenv / "3.11.7/envs/blog")
    found = everywhere(tmp_path, WORKON_HOME=str(tmp_path / "work/.venvs"))
    listed = [(one.kind, one.path.relative_to(tmp_path.resolve()).as_posix(), one.version) for one in found]
    assert listed == [
        ("conda", "far/away", "3.10.0"),
        ("conda", "miniconda3", "3.12.1"),
        ("conda", "miniconda3/envs/science", "3.11.9"),
        ("hatch", ".local/share/hatch/env/virtual/shop/ab12/shop", HERE),
        ("pipx", ".local/share/pipx/venvs/black", HERE),
        ("poetry", ".cache/pypoetry/virtualenvs/shop-py3.11", HERE),
        ("pyenv", ".pyenv/versions/3.11.7", "3.11.7"),
        ("pyenv", ".pyenv/versions/3.11.7/envs/blog", HERE),
        ("uv script", ".cache/uv/environments-v2/it-123", HERE),
        ("uv tool", ".local/share/uv/tools/ruff", HERE),
        ("venv", "work/.venvs/old", HERE),
    ]


@pytest.mark.covers("C8")
def test_folders_are_searched_without_going_in_circles(tmp_path):
    make_venv(tmp_path / "a/b/.venv")
    make_venv(tmp_path / "a/node_modules/x/.venv")
    make_venv(tmp_path / "/".join("abcdefghijk") / "deep")
    (tmp_path / "a/b/round").symlink_to(tmp_path)
    user = tmp_path / "user"
    user.mkdir()
    assert [one.path for one in everywhere(user, tmp_path / "a")] == [(tmp_path / "a/b/.venv").resolve()]
    assert list(below(tmp_path, end=time.monotonic() - 1)) == []
    seen = foreign.everywhere({"HOME": str(user)}, user, below_these=[tmp_path], seconds=0)
    assert seen.cut


def test_looking_is_no_use(tmp_path):
    """The time at which `pyvenv.cfg` was read says when its Python started last; our reading leaves it alone."""
    path = make_venv(tmp_path / "it")
    settings = path / "pyvenv.cfg"
    long_ago = time.time() - 90 * 86400
    for place in (settings, path / "bin", path / f"lib/python{SHORT}/site-packages"):
        os.utime(place, (long_ago, long_ago))
    assert foreign.recognise(path).used == pytest.approx(long_ago, abs=1)
    assert foreign.recognise(path).used == pytest.approx(long_ago, abs=1)


@pytest.mark.covers("C8")
def test_what_is_in_them_is_found_by_distribution_and_by_module(tmp_path):
    path = make_venv(tmp_path / "it")
    site = path / f"lib/python{SHORT}/site-packages"
    info = site / "opencv_python-4.9.0.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("cv2/__init__.py,,\nopencv_python-4.9.0.dist-info/RECORD,,\n")
    (site / "cv2").mkdir()
    (site / "cv2/__init__.py").write_text("")
    one = foreign.environment(foreign.recognise(path))
    assert one.distributions == (("opencv-python", "4.9.0"),)

    def said(text: str) -> list[tuple[str, str]]:
        return [(match.kind, match.text) for match in searching.matches(one, text, called=("it",))]

    assert said("cv2") == [("module", "cv2 (opencv-python)")]
    assert said("OpenCV_Python") == [("distribution", "opencv-python 4.9.0")]
    assert said("it") == [("environment", "it")]
    assert said("cv2.nothing") == []
    conda = foreign.environment(foreign.recognise(make_conda(tmp_path / "science")))
    assert ("ffmpeg", "7.0") in conda.distributions


@pytest.mark.covers("C8")
def test_one_of_any_kind_is_found_by_its_folder_or_name(tmp_path, home_of):
    make_venv(tmp_path / "user/.virtualenvs/blog")
    error = NoSuchEnvironment("there is no environment")

    def found(text: str):
        environ = {"HOME": str(tmp_path / "user")}
        return find_other(text, error, home=home_of, environ=environ, folder=tmp_path)

    for text in ("blog", "user/.virtualenvs/blog", str(tmp_path / "user/.virtualenvs/blog")):
        one, other = found(text)
        assert (one.name, other.kind) == ("blog", "venv")
    with pytest.raises(NoSuchEnvironment, match="there is no environment"):
        found("nowhere")
    make_venv(tmp_path / "user/venvs/blog")
    with pytest.raises(NoSuchEnvironment, match="fits 2 environments"):
        found("blog")


@settings(deadline=None)  # nothing asserts a duration
@given(data=st.binary(max_size=300))
def test_any_pyvenv_cfg_can_be_read(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("it")
    (path / "pyvenv.cfg").write_bytes(data)
    one = foreign.recognise(path)
    assert one is not None
    assert one.broken
