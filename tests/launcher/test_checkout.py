"""./roost: a checkout makes what it needs, once, and mends what was interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from roost.version import __version__
from tests import parts
from tests.launcher import checkouts
from tests.launcher.conftest import UV

ANSWER = f"roost {__version__}\n"
BASE = Path(sys._base_executable)
MAKING = "roost: making .venv"
INSTALLING = "roost: installing what roost needs"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return checkouts.copy(tmp_path / "a checkout")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with one Python, and uv."""
    (tmp_path / "home").mkdir()
    return checkouts.environment(tmp_path / "home", PATH=checkouts.links(tmp_path / "bin", python3=BASE, uv=UV))


def version(checkout: Path, environ: dict[str, str], command: str = "roost", **options) -> str:
    """Call ./roost, which must work; gives what it said on standard error."""
    ran = subprocess.run(
        [checkout / command, "--version"], env=environ, capture_output=True, text=True, check=False, **options
    )
    assert (ran.stdout, ran.returncode) == (ANSWER, 0), ran.stderr
    return ran.stderr


@pytest.mark.network
def test_the_first_call_makes_it_and_the_next_ones_are_silent(checkout, environ, tmp_path):
    first = version(checkout, environ, cwd="/").splitlines()
    assert [line.split(" (")[0].split(" with ")[0] for line in first] == [
        MAKING,
        INSTALLING,
        "roost: installing roost itself, editable",
    ]
    assert version(checkout, environ) == ""
    (tmp_path / "link").symlink_to("a checkout/roost")
    assert version(tmp_path, environ, "link", cwd="/") == ""

    (checkout / "pyproject.toml").touch()
    os.utime(checkout / "requirements.lock", (0, 0))
    assert version(checkout, environ) == ""  # other times, the same content

    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    changed = version(checkout, environ)
    assert INSTALLING in changed
    assert MAKING not in changed

    moved = checkout.rename(tmp_path / "moved")
    assert MAKING in version(moved, environ)
    assert version(moved, environ) == ""


@pytest.mark.network
def test_pip_does_where_there_is_no_uv(checkout, environ, tmp_path):
    """This Python has pip, or else ensurepip has a wheel of it."""
    environ["PATH"] = checkouts.links(tmp_path / "without uv", python3=BASE)
    assert "with pip" in version(checkout, environ)
    (checkout / "pyproject.toml").write_text((checkout / "pyproject.toml").read_text() + "\n")
    assert "with uv" in version(checkout, environ)  # that which pip has brought


@pytest.mark.network
def test_an_environment_that_somebody_else_made_is_taken_over(checkout, environ):
    subprocess.run([BASE, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    (checkout / ".venv/mine").touch()
    assert MAKING not in version(checkout, environ)
    assert (checkout / ".venv/mine").exists()
    (checkout / ".venv/bin/python").unlink()
    assert MAKING in version(checkout, environ)


@pytest.mark.network
def test_an_interrupted_set_up_is_made_again(checkout, environ):
    process = subprocess.Popen(
        [checkout / "roost", "--version"], env=environ, stderr=subprocess.PIPE, text=True, process_group=0
    )
    said = iter(process.stderr.readline, "")
    assert any(line.startswith(INSTALLING) for line in said)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert MAKING in version(checkout, environ)
    assert version(checkout, environ) == ""


@pytest.mark.network
def test_two_at_once_make_it_once(checkout, environ):
    several = [
        subprocess.Popen([checkout / "roost", "--version"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]  # fmt: skip
    ended = [process.communicate(timeout=120) for process in several]
    assert [output for output, _ in ended] == [ANSWER] * 3
    assert sum(MAKING in errors for _, errors in ended) == 1


@pytest.mark.network
def test_a_refresh_that_fails_leaves_what_was_there(checkout, environ, tmp_path):
    version(checkout, environ)
    lock = checkout / "requirements.lock"
    text = lock.read_text()
    lock.write_text(text + "a-name-that-is-not-there==1 --hash=sha256:" + "0" * 64 + "\n")
    nowhere = environ | {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path / "empty")}
    ran = subprocess.run([checkout / "roost", "--version"], env=nowhere, capture_output=True, text=True, check=False)
    assert ran.returncode == 69
    assert "a-name-that-is-not-there" in ran.stderr
    lock.write_text(text)
    assert MAKING not in version(checkout, environ)


@pytest.mark.network
def test_another_python_is_used_when_it_is_named(checkout, environ, tmp_path):
    version(checkout, environ)
    other = next((path for path in pythons() if path.resolve() != BASE.resolve()), None) or Path(
        parts.missing("no second Python")
    )
    assert f"({other.resolve()}" in version(checkout, environ | {"ROOST_PYTHON": str(other)})
    assert version(checkout, environ | {"ROOST_PYTHON": str(other)}) == ""
    assert version(checkout, environ) == ""


def pythons() -> list[Path]:
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = [shutil.which(f"python3.{minor}", path="/usr/bin:/usr/local/bin") for minor in (11, 12, 13)]
    return [*(Path(path) for path in named if path), *sorted(root.glob("versions/3.1[1-9]*/bin/python3"))]


def test_no_python_is_said_in_two_lines(checkout, environ, tmp_path):
    environ["PATH"] = checkouts.links(tmp_path / "nothing")
    ran = subprocess.run([checkout / "roost", "--version"], env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (69, "")
    assert ran.stderr.startswith("error: no working Python 3.11 or newer found")
    assert ran.stderr.count("\n") == 2


def test_a_python_that_cannot_be_used_is_named(checkout, environ, tmp_path):
    ran = subprocess.run(
        [checkout / "roost"], env=environ | {"ROOST_PYTHON": "/no/python"}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 69
    assert ran.stderr == "error: ROOST_PYTHON names `/no/python`, which is no working Python 3.11 or newer\n"
