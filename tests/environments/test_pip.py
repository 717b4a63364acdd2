"""`pip` inside an environment: it tells the truth and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from roost.inside.pip import answers
from tests.environments.conftest import look, run

pytestmark = pytest.mark.thorough

PYENV = Path.home() / ".pyenv" / "versions"


def pip(environment, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [environment.python, "-m", "pip", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )


@pytest.fixture
def kitchen(index, room):
    index.add("Soup.Kitchen", "2.1", modules={"soup.py": ""}, requires=("stock>=1",), extras={"hot": ("pepper",)})
    index.add("stock", "1.4.post1")
    return room.build("soup-kitchen")


def test_it_tells_what_is_there(kitchen):
    assert pip(kitchen, "--version").stdout.startswith("pip ")
    assert pip(kitchen, "freeze").stdout.splitlines() == ["Soup.Kitchen==2.1", "stock==1.4.post1"]
    assert json.loads(pip(kitchen, "list", "--format=json").stdout)[1] == {"name": "stock", "version": "1.4.post1"}
    assert pip(kitchen, "list").stdout.splitlines()[0].split() == ["Package", "Version"]
    shown = pip(kitchen, "show", "soup_kitchen")
    assert "Version: 2.1" in shown.stdout
    assert "Requires: stock" in shown.stdout
    assert pip(kitchen, "show", "nothing").returncode == 1
    assert pip(kitchen, "check").returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["stock"],
        ["stock>=1,<2"],
        ["soup.kitchen==2.*"],
        ["-q", "-U", "stock~=1.3"],
        ["nothing; sys_platform == 'win32'"],
    ],
)
def test_what_is_there_need_not_be_installed(kitchen, words):
    answer = pip(kitchen, "install", *words)
    assert answer.returncode == 0, answer.stderr
    assert ("already satisfied" in answer.stdout) == ("-q" not in words)


@pytest.mark.parametrize(
    "words",
    [
        ["salt"],
        ["stock>=2"],
        ["soup-kitchen[hot]"],
        ["git+https://h.example/x"],
        ["-e", "."],
        ["--target", "x", "stock"],
    ],
)
def test_what_is_not_there_is_refused_with_the_way_to_get_it(kitchen, words):
    answer = pip(kitchen, "install", *words)
    assert answer.returncode == 1
    assert "shared" in answer.stderr
    if not words[0].startswith("-"):
        assert "roost add" in answer.stderr
        assert words[0] in answer.stderr


def test_requirement_files_are_read(kitchen, tmp_path):
    file = tmp_path / "needs.txt"
    file.write_text("# a comment\nstock>=1  # of bones\nsalt\n")
    answer = pip(kitchen, "install", "-r", str(file))
    assert answer.returncode == 1
    assert "not in it: salt\n" in answer.stderr


def test_it_is_there_as_a_module_and_as_a_command(kitchen):
    assert run(kitchen, "import pip; raise SystemExit(pip.main(['install', 'stock']))").returncode == 0
    command = subprocess.run([kitchen.path / "bin" / "pip", "freeze"], capture_output=True, text=True, check=True)
    assert "stock==1.4.post1" in command.stdout
    source = (
        "import subprocess, sys; subprocess.check_call([sys.executable, '-m', 'pip', 'install', '--quiet', 'stock'])"
    )
    assert run(kitchen, source).returncode == 0


def test_nothing_is_removed(kitchen):
    assert pip(kitchen, "uninstall", "-y", "stock").returncode == 1
    assert run(kitchen, "import stock").returncode == 0


def test_a_real_pip_that_was_asked_for_wins(index, room):
    index.add("pip", "99.0", modules={"pip/__init__.py": "", "pip/__main__.py": "print('the real one')\n"})
    assert pip(room.build("pip")).stdout == "the real one\n"


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
def test_every_python_can_have_it(index, room, version):
    pythons = sorted(PYENV.glob(f"{version}.*"))
    if not pythons:
        pytest.skip(f"no Python {version} here")
    index.add("stock")
    room.python = look(pythons[-1] / "bin" / "python")
    environment = room.build("stock")
    assert environment.version.startswith(version)
    assert pip(environment, "install", "stock>=1", "stock; python_version >= '3.8'").returncode == 0
    assert pip(environment, "install", "salt").returncode == 1


@pytest.mark.parametrize(
    ("version", "specifiers", "holds"),
    [
        ("1.0", "", True), ("1.0", "==1", True), ("1.0.post1", ">1.0", True), ("1.0rc1", "<1.0", True), ("1.0.dev1", "<1.0a1", True),
        ("2.1.3", "~=2.1", True), ("3.0", "~=2.1", False), ("2.1.3", "==2.1.*", True), ("2.1.3", "!=2.1.*", False),
        ("1!1.0", ">2", True), ("1.0+local", "==1.0", True), ("1.10", ">1.9", True), ("1.0", ">=1,<1.0", False), ("1.0", "wrong", False),
    ],
)  # fmt: skip
def test_versions_are_compared_as_everywhere(version, specifiers, holds):
    assert answers.satisfied(version, specifiers) is holds


@pytest.mark.parametrize(
    "marker",
    [
        "python_version >= '3.8'",
        "(os_name == 'posix' or extra == 'x') and 'li' in sys_platform",
        "python_version not in '2.7, 3.2'",
    ],
)
def test_markers_hold_here(marker):
    if sys.platform == "linux":
        assert answers.applies(marker, "")


def test_markers_that_do_not_hold():
    assert not answers.applies("sys_platform == 'win32'", "")
    assert not answers.applies("extra == 'hot'", "")
    assert answers.applies("extra == 'hot'", "hot")
