"""A pool: written by one user, run by all, and not used where somebody else could have changed it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from roost import home as homes
from tests import parts

SYSTEM = "/usr/bin/python3"
SCRIPT = "import soup\nprint(soup.__version__)\n"
HIDDEN = "name = ''.join(reversed('daerb'))\nprint(__import__(name).__version__)\n"


@pytest.fixture
def pool(roost) -> Iterator[Path]:
    """A folder that every user can enter, unlike those of tests."""
    if not Path(SYSTEM).exists():
        parts.missing(f"there is no {SYSTEM}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        roost.environ["ROOST_POOL"] = str(folder / "pool")
        yield folder / "pool"


@pytest.fixture
def shared(index, roost, script, pool):
    """A script whose environment is in the pool."""
    index.add("soup", "1.0")
    index.add("bread", "3.0")
    path = script(SCRIPT)
    (pool / "environments").mkdir(parents=True)
    assert roost("run", "--python", SYSTEM, path).output == "1.0\n"
    done = roost("env", "share", "soup")
    assert done.status == 0, done.errors
    return path


@pytest.fixture
def other(roost, tmp_path):
    """Another user's home."""
    return {"ROOST_HOME": str(tmp_path / "others-home")}


def built(environ: dict[str, str]) -> list[str]:
    folder = homes.locate(environ).environments
    return [path.name for path in folder.iterdir()] if folder.exists() else []


@pytest.mark.covers("C7 pools")
@pytest.mark.thorough
def test_what_is_in_the_pool_is_run_from_there_and_not_built(shared, roost, other):
    for _ in range(3):
        done = roost("run", "--python", SYSTEM, shared, **other)
        assert (done.status, done.output, done.errors) == (0, "1.0\n", "")
    assert built(roost.environ | other) == []
    assert roost("env", "show", "soup", **other).status == 0
    refused = roost("env", "rm", "soup", **other)
    assert refused.status == 75
    assert "it is the pool's" in refused.errors


@pytest.mark.thorough
def test_everybody_can_run_it_and_nobody_but_its_owner_can_write_to_it(shared, roost, pool):
    parts.root()
    (place,) = (pool / "environments").iterdir()
    user = [parts.program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", place / "bin/python", "-c"]
    done = subprocess.run([*user, SCRIPT], env={}, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1.0\n"), done.stderr
    write = "import soup\nopen(soup.__file__, 'a')"
    for attempt in (write, write.replace("soup.__file__", "soup.__file__ + 'x'")):
        done = subprocess.run([*user, attempt], env={}, cwd="/", capture_output=True, text=True, check=False)
        assert "PermissionError" in done.stderr


@pytest.mark.thorough
def test_what_a_run_misses_is_built_in_ones_own_home(shared, roost, script, other):
    path = script(SCRIPT + HIDDEN)
    for number in range(3):
        done = roost("run", "--python", SYSTEM, path, **other)
        assert (done.status, done.output) == (0, "1.0\n3.0\n"), done.errors
        assert ("added bread" in done.errors) is (number == 0)
    assert len(built(roost.environ | other)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("what", ["", "environments"])
def test_a_pool_that_others_may_write_to_is_not_used(shared, roost, pool, other, what):
    (pool / what).chmod(0o777)
    done = roost("run", "--python", SYSTEM, shared, **other)
    assert (done.status, done.output) == (0, "1.0\n")
    assert f"warning: the pool `{pool}` is not used: others than its owner may write to `{pool / what}`" in done.errors
    assert len(built(roost.environ | other)) == 1
    refused = roost("env", "share", "soup")
    assert refused.status == 73
    assert "others than its owner may write" in refused.errors


@pytest.mark.thorough
def test_an_environment_in_the_pool_that_others_may_write_to_is_not_used(shared, roost, pool, other):
    (place,) = (pool / "environments").iterdir()
    place.chmod(0o777)
    assert roost("run", "--python", SYSTEM, shared, **other).output == "1.0\n"
    assert len(built(roost.environ | other)) == 1


@pytest.mark.thorough
def test_a_python_that_others_cannot_reach_is_refused_and_so_is_a_pool_of_others(index, roost, script, pool, tmp_path):
    parts.root()
    index.add("soup", "1.0")
    hidden = tmp_path / "mine"
    hidden.mkdir(mode=0o700)
    subprocess.run([SYSTEM, "-m", "venv", "--copies", "--without-pip", hidden / "python"], check=True)
    assert roost("run", "--python", hidden / "python/bin/python3", script(SCRIPT)).status == 0
    done = roost("env", "share", "soup")
    if "closed to them" not in done.errors:  # roost resolves to the base Python, which is the system's
        assert done.status == 0
    os.chown(pool, 65534, 65534)
    os.chown(pool / "environments", 65534, 65534)
    done = roost("env", "share", "soup")
    assert done.status == 73
    assert "is kept by another user" in done.errors


@pytest.mark.thorough
def test_what_is_taken_out_of_the_pool_is_built_by_whoever_needs_it(shared, roost, pool, other):
    (place,) = (pool / "environments").iterdir()
    assert roost("env", "unshare", place.name).output == f"took {place.name} out of the pool\n"
    assert list((pool / "environments").iterdir()) == []
    assert roost("run", "--python", SYSTEM, shared, **other).output == "1.0\n"
    assert len(built(roost.environ | other)) == 1
    assert roost("env", "unshare", place.name).status == 73


def test_without_a_pool_it_says_how_to_name_one(roost):
    done = roost("env", "unshare", "soup")
    assert done.status == 73
    assert "export ROOST_POOL=/srv/roost" in done.errors
    assert roost("env", "list", ROOST_POOL="pool").status == 78
