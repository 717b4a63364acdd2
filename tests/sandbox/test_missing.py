"""A tier that does not work ends with 125, for each cause, and nothing runs; in an ordinary container `auto` finds Landlock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import roost as package
from tests import daemons, parts
from tests.sources import packed

pytestmark = pytest.mark.thorough
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
numbers = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
filter = b"".join(struct.pack("=HBBI", *one) for one in (
    (0x20, 0, 0, 4), (0x15, 0, 3, numbers[os.uname().machine]), (0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)))
buffer = ctypes.create_string_buffer(filter, len(filter))
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Program(len(filter) // 8, ctypes.addressof(buffer))), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_kernel_without_landlock(roost, script, tmp_path):
    path = script(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    words = [sys.executable, "-c", WITHOUT_LANDLOCK, roost.command, "run", "--sandbox", "landlock", path]
    ran = subprocess.run(words, env=roost.environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 125
    assert "the kernel has no Landlock" in ran.stderr
    assert "hint:" in ran.stderr
    assert not (tmp_path / "ran").exists()


def test_a_daemon_that_does_not_answer(roost, script, tmp_path):
    path = script(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    ran = roost("run", "--sandbox", "docker", path, DOCKER_HOST=f"unix://{tmp_path}/nobody")
    assert ran.status == 125
    assert "docker" in ran.errors
    assert "hint:" in ran.errors
    assert not (tmp_path / "ran").exists()


def test_without_our_image_docker_is_tried_in_the_one_that_a_run_names(roost, script, tmp_path):
    parts.program("docker")
    path = script("print('ran')\n")
    asked = ("run", "--sandbox", "docker", "--image")
    with daemons.answering(tmp_path / "socket", "27.0.0", images=("team/own",)) as heard:
        ran = roost(*asked, "team/own", path, DOCKER_HOST=f"unix://{tmp_path}/socket")
        other = roost(*asked, "team/none", path, DOCKER_HOST=f"unix://{tmp_path}/socket")
    assert (ran.status, other.status) == (125, 125)
    assert any("/containers/create" in one for one in heard)
    assert "is not built" not in ran.errors
    assert "there is no image `team/none`, and the image `roost/sandbox` is not built" in other.errors


def test_nothing_at_all(roost, script, tmp_path):
    path = script(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    words = [sys.executable, "-c", WITHOUT_LANDLOCK, roost.command, "run", "--untrusted", path]
    environ = roost.environ | {"PATH": str(tmp_path)}
    ran = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 125
    assert all(f"{tier}: " in ran.stderr for tier in ("bubblewrap", "docker", "landlock"))
    assert not (tmp_path / "ran").exists()


def test_where_nothing_works_what_was_declared_is_built_outside_and_it_is_said(index, roost, script, tmp_path):
    index.put("soup", *packed("soup"))
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nprint(soup.VERSION)\n")
    words = [sys.executable, "-c", WITHOUT_LANDLOCK, roost.command, "run", path]
    ran = subprocess.run(
        words, env=roost.environ | {"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "1.0\n"), ran.stderr
    assert "a source distribution is built outside of a sandbox: bubblewrap: " in ran.stderr
    guessed = script("import bread\n", "b.py")
    index.put("bread", *packed("bread", body=f"open({str(tmp_path / 'ran')!r}, 'w').close()"))
    words[-1] = guessed
    ran = subprocess.run(
        words, env=roost.environ | {"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert not (tmp_path / "ran").exists()


def test_in_an_ordinary_container_auto_finds_landlock(roost, script, works, tmp_path):
    works("docker")
    path = script("import os\nprint(os.path.exists('/etc/shadow') and open('/etc/shadow').read())\n")
    source = Path(package.__file__).resolve().parent.parent
    places = dict.fromkeys(map(str, (sys.base_prefix, sys.prefix, source, tmp_path)))
    mounts = [word for place in places for word in ("--volume", f"{place}:{place}")]
    words = [
        "docker",
        "run",
        "--rm",
        "--network",
        "none",
        *mounts,
        "--env",
        f"ROOST_HOME={roost.environ['ROOST_HOME']}",
    ]
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(source)!r}); from roost.__main__ import main; sys.exit(main())",
    ]
    shown = subprocess.run(
        [*words, "roost/sandbox", *command, "sandbox", "--json"], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["auto"] == "landlock", found
    ran = subprocess.run(
        [*words, "roost/sandbox", *command, "run", "--offline", "--untrusted", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert "PermissionError" in ran.stderr
    assert os.getuid() != 0 or "root:" not in ran.stdout
