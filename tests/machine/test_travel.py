"""An environment packed here, on a machine that has another Python 3.11 and no network."""

from __future__ import annotations

import shutil

import pytest

from tests.machine.conftest import New
from tests.machine.debian import network

pytestmark = pytest.mark.machine

ENVIRON = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/home/user",
}
SCRIPT = """# /// script
# requires-python = "==3.11.*"
# dependencies = ["markupsafe", "httpie"]
# ///
import subprocess, sys
import markupsafe._speedups
print(sys.version_info[:2], markupsafe.escape("<"), markupsafe._speedups.__file__.rpartition(".")[2])
print(subprocess.run(["http", "--version"], capture_output=True, text=True).stdout[:1].isdigit())
"""
WANTED = "(3, 11) &lt; so\nTrue\n"


@pytest.mark.covers("C7 export")
@pytest.mark.slow
def test_a_packed_environment_runs_on_a_machine_without_network(new_machine: New, roost, script):
    roost.environ |= network()
    path = script(SCRIPT)
    ran = roost("run", path, timeout=600)
    assert ran.output == WANTED, ran.errors
    packed = roost("env", "pack", path, "--json").data
    machine = new_machine("python3")
    ready = machine.run("./roost --version", cwd="/home/user/roost", environ=ENVIRON | network())
    assert ready.returncode == 0, ready.stderr
    for name in ("etc/resolv.conf", "etc/hosts"):
        (machine.root / name).write_text("")
    shutil.copy(packed["file"], machine.root / "srv/it.roost.tar.gz")
    shutil.copy(path, machine.root / "srv/it.py")
    roost_there = "unshare --net /home/user/roost/roost"
    unpacked = machine.run(
        f"{roost_there} env unpack /srv/it.roost.tar.gz --sha256 {packed['sha256']}", environ=ENVIRON
    )
    assert unpacked.returncode == 0, unpacked.stderr
    ran = machine.run(f"{roost_there} run /srv/it.py && {roost_there} run /srv/it.py", environ=ENVIRON)
    assert (ran.stdout, ran.stderr) == (WANTED * 2, "")
    listed = machine.run(f"{roost_there} env show /srv/it.py", environ=ENVIRON)
    assert "  3.11.2\n" in listed.stdout
