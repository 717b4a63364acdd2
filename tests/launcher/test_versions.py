"""Two roosts, one newer than the other, share a home without disturbing each other."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roost.version import __version__
from tests.conftest import Roost
from tests.launcher import checkouts
from tests.launcher.conftest import UV

NEWER = "99.0"
CHANGES = {
    "version.py": (r'__version__ = ".*"', f'__version__ = "{NEWER}"'),
    "environments/key.py": (r"LAYOUT = \d+", "LAYOUT = 1000"),
    "environments/manifest.py": (r'"roost\.environment/\d+"', '"roost.environment/1000"'),
    "distributions/requests.py": (r"LAYOUT = \d+", "LAYOUT = 1000"),
}


@pytest.fixture
def newer(roost: Roost, tmp_path: Path) -> Iterator[Roost]:
    """A second install, of another version that lays environments out in another way."""
    checkout = checkouts.copy(tmp_path / "newer")
    for name, (old, new) in CHANGES.items():
        path = checkout / "src/roost" / name
        text, count = re.subn(old, new, path.read_text("utf-8"), count=1)
        assert count == 1, name
        path.write_text(text, "utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    venv = tmp_path / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    install = [UV, "pip", "install", "--quiet", "--no-deps", "--no-index", "--python", venv]
    subprocess.run([*install, next(tmp_path.glob("*.whl"))], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(venv)}))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = Roost(venv / "bin/roost", roost.environ, roost.cwd)
    yield command
    command.end()


def environments(command: Roost) -> list[str]:
    return [one["name"] for one in command("env", "list", "--json").data["environments"]]


@pytest.mark.covers("C2")
@pytest.mark.thorough
def test_two_versions_build_at_once_in_one_home_and_leave_each_other_alone(
    roost: Roost, newer: Roost, index, script: Callable[..., Path]
):
    index.add("soup", "2.0")
    path = script("import soup\nprint(soup.__version__)\n")
    same = script(
        "import soup\nprint(soup.__version__)  # as a text of its own: what is known serves both\n", "same.py"
    )
    assert [one("--version").output for one in (roost, newer)] == [f"roost {__version__}\n", f"roost {NEWER}\n"]
    asked = index.hold("soup-2.0")
    running = [roost.start("run", path), newer.start("run", same)]
    assert asked.wait(60)
    index.release("soup-2.0")
    ended = [process.communicate(timeout=60) for process in running]
    assert [output for output, _ in ended] == ["2.0\n"] * 2, ended
    (old,), (new,) = environments(roost), environments(newer)
    assert old != new
    for one, at in ((roost, path), (newer, same), (roost, path)):
        ran = one("run", "--offline", at)
        assert (ran.status, ran.output, ran.errors) == (0, "2.0\n", "")
    assert roost("env", "gc", "--older-than", "0").status == 0
    assert environments(newer) == [new]
    assert newer("env", "gc", "--older-than", "0").status == 0
    assert environments(roost) == [old]
