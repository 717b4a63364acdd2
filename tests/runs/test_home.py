"""A home that is moved, restored, out of time, without locks, full or of somebody else: said in a sentence, or put right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roost import home as homes
from tests import parts

SCRIPT = "import soup\nprint(soup.__version__)\n"
DAY = 86400


@pytest.fixture
def soup(index, roost, script):
    """A script that ran three times, and its index."""
    index.add("soup", "1.0", requires=("stock",))
    index.add("stock", "2.0")
    path = script(SCRIPT)
    for _ in range(3):
        assert roost("run", path).output == "1.0\n"
    return path


def built(home: Path) -> int:
    """Give the inode of the environment: another one was built anew."""
    (folder,) = homes.locate({"ROOST_HOME": str(home)}).environments.glob("soup-*")
    return folder.stat().st_ino


@pytest.mark.thorough
def test_a_home_that_was_moved_goes_on_without_the_index(soup, roost):
    old = Path(roost.environ["ROOST_HOME"])
    before = built(old)
    new = old.with_name("another place")
    old.rename(new)
    for _ in range(3):
        done = roost("run", "--offline", soup, ROOST_HOME=str(new))
        assert (done.status, done.output, done.errors) == (0, "1.0\n", "")
    assert built(new) == before
    assert not old.exists()


@pytest.mark.parametrize("days", [-400, 400])
@pytest.mark.thorough
def test_times_that_cannot_be_are_no_hindrance(soup, roost, days):
    """The clock was set back, or forward, since everything was written."""
    home = Path(roost.environ["ROOST_HOME"])
    before = built(home)
    moment = time.time() + days * DAY
    for path in [*home.rglob("*")]:
        if not path.is_symlink():
            os.utime(path, (moment, moment))
    for _ in range(3):
        done = roost("run", soup)
        assert (done.status, done.output, done.errors) == (0, "1.0\n", "")
    assert built(home) == before


def test_a_file_system_without_locks_is_said_and_nothing_hangs(index, roost, script):
    index.add("soup", "1.0")
    strace = parts.program("strace")
    words = [
        strace,
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "inject=flock:error=ENOLCK",
        roost.command,
        "run",
        script(SCRIPT),
    ]
    done = subprocess.run(
        words, env=roost.environ, cwd=roost.cwd, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 73
    assert "knows no locks" in done.stderr
    assert "ROOST_HOME=/path/on/a/local/disk" in done.stderr


@pytest.mark.machine
@pytest.mark.parametrize("room", ["size=400k", "nr_inodes=60"])
@pytest.mark.thorough
def test_a_full_disk_is_said_and_the_next_run_with_room_is_right(index, roost, script, room):
    parts.root()
    index.add(
        "soup",
        "1.0",
        modules={"soup.py": '__version__ = "1.0"\n', **{f"soups/{n}.py": "x = 1\n" * 500 for n in range(200)}},
    )
    home = Path(roost.environ["ROOST_HOME"])
    home.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", room, "none", home], check=True)
    try:
        done = roost("run", script(SCRIPT))
        assert done.status in {69, 73}, done.errors
        assert "No space left on device" in done.errors
        assert "Traceback" not in done.errors
        subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=20000", "none", home], check=True)
        done = roost("run", script(SCRIPT))
        assert (done.status, done.output) == (0, "1.0\n"), done.errors
        names = [path.name for path in homes.locate(roost.environ).environments.iterdir()]
        assert len(names) == 1, names
    finally:
        subprocess.run(["umount", "-l", home], check=True)


@pytest.mark.machine
@pytest.mark.thorough
def test_a_home_of_somebody_else_is_said(roost, script, tmp_path):
    parts.root()
    home = tmp_path / "theirs"
    home.mkdir(mode=0o755)
    os.chown(home, 65534, 65534)
    words = [
        parts.program("setpriv"),
        "--bounding-set=-dac_override,-dac_read_search",
        roost.command,
        "run",
        script("print('right')\n"),
    ]

    def run() -> subprocess.CompletedProcess:
        environ = roost.environ | {"ROOST_HOME": str(home)}
        return subprocess.run(words, env=environ, cwd="/", capture_output=True, text=True, timeout=60, check=False)

    done = run()
    assert done.returncode == 73
    assert f"cannot make the folder `{home}" in done.stderr
    assert "Permission denied" in done.stderr
    home.chmod(0o777)
    assert run().stdout == "right\n"


@pytest.mark.thorough
def test_an_environment_whose_python_was_removed_or_upgraded_is_built_again_or_kept(index, roost, script, tmp_path):
    """A Python of one's own: copied, so that it can be taken away."""
    index.add("soup", "1.0")
    base = tmp_path / "python"
    base.mkdir()
    real = Path(sys.base_prefix)
    if not (real / "bin").is_dir() or real == Path("/usr"):
        pytest.skip("this Python cannot be copied")
    shutil.copytree(
        real,
        base,
        symlinks=True,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("test", "site-packages", "__pycache__"),
    )
    python = base / "bin" / f"python3.{sys.version_info[1]}"
    path = script(SCRIPT)
    for _ in range(2):
        done = roost("run", "--python", python, path)
        assert (done.status, done.output) == (0, "1.0\n"), done.errors
    os.utime(python)  # the same version, put there anew
    done = roost("run", "--python", python, path)
    assert (done.output, done.errors) == ("1.0\n", "")
    shutil.rmtree(base)
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1.0\n"), done.errors
