"""The tier of Docker: what its containers may not, whose they are, and images of the user's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from roost.sandbox import daemon, images, probing, profile, seccomp
from roost.sandbox.docker import Docker

pytestmark = pytest.mark.thorough
HOST = {"DOCKER_HOST": os.environ["DOCKER_HOST"]} if "DOCKER_HOST" in os.environ else {}


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    """A daemon that answers, and no container of ours before or after."""
    monkeypatch.setenv("ROOST_HOME", environ["ROOST_HOME"])
    environ.update(HOST)
    found = probing.standing("docker")
    if not found.works:
        if os.environ.get("ROOST_TEST_COMPLETE"):
            pytest.fail(found.why)
        pytest.skip(found.why)


def client(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def containers(folder: Path) -> list[str]:
    """List the containers that have something of a folder mounted; the daemon removes them a moment after their end."""
    until = time.monotonic() + 10
    while True:
        found = client("ps", "--all", "--quiet", "--filter", f"label={daemon.OWNER}").split()
        ours = [one for one in found if str(folder) in _mounts(one)]
        if not ours or time.monotonic() > until:
            return ours
        time.sleep(0.1)


def _mounts(container: str) -> str:
    try:
        return client("container", "inspect", "--format", "{{json .HostConfig.Mounts}}", container)
    except subprocess.CalledProcessError:  # it has gone meanwhile
        return ""


@pytest.mark.covers("D2")
@pytest.mark.usefixtures("docker")
@pytest.mark.parametrize("status", [0, 3, 125, 127])
def test_a_script_runs_in_a_container_that_goes_with_it(roost, index, script, tmp_path, status):
    index.add("soup", "1.0")
    work = tmp_path / "cell"
    work.mkdir()
    path = script(
        f"import soup, sys\nopen('out.txt', 'w').write('hot')\nprint(soup.__version__, sys.argv[1:])\nsys.exit({status})\n"
    )
    ran = roost("run", "--sandbox", "docker", "--workdir", work, path, "a")
    assert (ran.status, ran.output) == (status, "1.0 ['a']\n"), ran.errors
    assert (work / "out.txt").read_text() == "hot"
    assert containers(tmp_path) == []


def test_system_calls_that_lead_out_are_refused(docker, roost, script):
    path = script(
        "import ctypes, os, socket\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def said(what):\n"
        "    try:\n"
        "        return what() or 'done'\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
        "def call(*numbers):\n"
        "    if libc.syscall(*numbers) < 0:\n"
        "        raise OSError(ctypes.get_errno(), '')\n"
        "open('a', 'w').close()\n"
        "print(said(lambda: call(425, 8, 0)), said(lambda: call(272, 0x10000000)), said(lambda: call(101, 0, 0, 0)),\n"
        "      said(lambda: os.chmod('a', 0o4755)), said(lambda: os.chmod('a', 0o755)), said(lambda: socket.socket(38, 5, 0)),\n"
        "      said(lambda: socket.socket(40, 1, 0)), said(lambda: os.mkfifo('p')), said(lambda: os.open('b', os.O_CREAT, 0o4755)),\n"
        "      os.getuid() != 0, open('/proc/self/status').read().split('CapEff:')[1].split()[0])\n"
    )
    ran = roost("run", "--sandbox", "docker", path)
    found = daemon.daemon()
    assert found is not None
    if not found.filters:
        assert ran.output.split() == [
            "1",
            "1",
            "1",
            "1",
            "done",
            "97",
            "97",
            "done",
            "1",
            str(os.geteuid() == 0 or os.getuid() != 0),
            "0" * 16,
        ], ran.errors
    else:
        assert ran.output.split()[:3] == ["1", "1", "1"], ran.errors


def test_the_filter_for_docker_has_all_that_ours_has():
    rules = json.loads(profile.profile())["syscalls"]
    names = {name for rule in rules for name in rule["names"]}
    assert {*seccomp.REFUSED, *seccomp.UNKNOWN, "clone", "chmod", "openat", "mknod", "ioctl", "socket"} <= names
    families = {rule["args"][0]["value"] for rule in rules if rule["names"] == ["socket"]}
    assert families.isdisjoint(set(seccomp.FAMILIES.values()) - {profile.FIRST_UNNAMED})


def test_the_network_of_a_container_is_looked_at_before_it_counts_as_none(docker):
    assert Docker().leak() is None
    assert Docker().leak("host") == "`--network none` does not hold here"


def test_containers_of_killed_runs_go_and_others_stay(docker):
    other = client("run", "--detach", "--network", "none", *daemon.labels(), "roost/sandbox", "sleep", "60")
    dead = client(
        "run", "--detach", "--network", "none", "--label", f"{daemon.MACHINE}={daemon.machine()}", "--label", f"{daemon.OWNER}=4194303-1",
        "roost/sandbox", "sleep", "60",
    )  # fmt: skip
    elsewhere = client(
        "run", "--detach", "--network", "none", "--label", f"{daemon.MACHINE}=other", "--label", f"{daemon.OWNER}=4194303-1",
        "roost/sandbox", "sleep", "60",
    )  # fmt: skip
    try:
        daemon.sweep()
        there = client("ps", "--all", "--quiet", "--no-trunc").split()
        assert (other in there, dead in there, elsewhere in there) == (True, False, True)
    finally:
        client("rm", "--force", other, elsewhere)


def test_an_image_of_the_users_own_is_taken_and_never_fetched(docker, roost, script):
    made = client("create", "roost/sandbox", "true")
    try:
        client("commit", "--change", 'ENTRYPOINT ["/bin/false"]', "--change", "ENV MARK=own", made, "roost-test/own")
    finally:
        client("rm", made)
    path = script("import os\nprint(os.environ['MARK'])\n")
    try:
        assert roost("run", "--sandbox", "docker", "--image", "roost-test/own", path).output == "own\n"
        assert roost("run", "--sandbox", "docker", path, ROOST_SANDBOX_IMAGE="roost-test/own").output == "own\n"
    finally:
        client("rmi", "roost-test/own")
    refused = roost("run", "--sandbox", "docker", "--image", "roost-test/none", path)
    assert (refused.status, refused.output) == (125, "")
    assert "there is no image `roost-test/none` here" in refused.errors


def test_without_our_image_it_is_tried_in_the_one_that_a_run_names(docker, monkeypatch):
    client("tag", "roost/sandbox", "roost-test/named")
    monkeypatch.setattr("roost.sandbox.docker.IMAGE", "roost-test/unbuilt")
    try:
        assert not probing.standing("docker").works
        assert probing.standing("docker", image="roost-test/named").works
    finally:
        client("rmi", "roost-test/named")


def test_an_image_with_another_c_library_is_refused(docker, roost, script, tmp_path):
    subprocess.run(["tar", "cf", tmp_path / "empty.tar", "--files-from", "/dev/null"], check=True)
    client("import", str(tmp_path / "empty.tar"), "roost-test/empty")
    try:
        for _ in range(2):  # the second time as it was remembered
            refused = roost("run", "--sandbox", "docker", "--image", "roost-test/empty", script("print('ran')\n"))
            assert (refused.status, refused.output) == (64, "")
            assert "cannot run this environment" in refused.errors
    finally:
        client("rmi", "roost-test/empty")


def test_what_an_environments_wheels_ask_of_the_c_library(tmp_path):
    for name, tags in {
        "one": ["py3-none-any"],
        "two": ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux2014_x86_64"],
        "three": ["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_26_x86_64"],
    }.items():
        folder = tmp_path / f"lib/python3.11/site-packages/{name}-1.dist-info"
        folder.mkdir(parents=True)
        (folder / "WHEEL").write_text("Wheel-Version: 1.0\n" + "".join(f"Tag: {tag}\n" for tag in tags))
    assert images.newest_glibc(tmp_path) == 26


@pytest.mark.parametrize("tier", ["docker", "docker:runsc"])
def test_a_daemon_that_is_gone_or_lacks_a_runtime_ends_with_125(roost, script, tmp_path, tier):
    host = {"DOCKER_HOST": f"unix://{tmp_path}/nobody"} if tier == "docker" else HOST
    if tier == "docker:runsc" and (not daemon.daemon() or "runsc" in daemon.daemon().runtimes):
        pytest.skip("there is no daemon, or it has gVisor")
    ran = roost("run", "--sandbox", tier, script("print('ran')\n"), **host)
    assert (ran.status, ran.output) == (125, "")
    assert "nothing was run" in ran.errors


@pytest.fixture
def older(docker, tmp_path: Path) -> str:
    """An image with an older C library than ours and a Python of its own; it stays for the next time."""
    name = "roost-test/bullseye"
    if daemon.asked("image", "inspect", name) is None:
        program = shutil.which("debootstrap", path=f"{os.environ['PATH']}:/usr/sbin")
        if not program or os.geteuid() != 0:
            pytest.skip("only root can build it, with debootstrap")
        words = ["--variant=minbase", "--include=python3-minimal,libpython3-stdlib", "bullseye", str(tmp_path / "root")]
        subprocess.run([program, *words], check=True, capture_output=True, timeout=900)
        subprocess.run(["tar", "-C", tmp_path / "root", "-cf", tmp_path / "root.tar", "."], check=True)
        client("import", str(tmp_path / "root.tar"), name)
    return name


def test_an_image_with_an_older_c_library_runs_it_with_its_own_python(older, roost, index, script):
    index.add("soup", "1.0", tag="py3-none-manylinux_2_36_x86_64", modules={"soup/__init__.py": "made = 'newer'\n"})
    index.add("soup", "1.0", tag="py3-none-manylinux_2_17_x86_64", modules={"soup/__init__.py": "made = 'older'\n"})
    path = script(
        "import subprocess, sys, soup\n"
        "print(sys.version_info[:2], soup.made, flush=True)\n"
        "subprocess.run([sys.executable, '-c', 'import soup; print(soup.made)'])\n"
    )
    for _ in range(2):
        ran = roost("run", "--sandbox", "docker", "--image", older, path)
        assert ran.output == "(3, 9) older\nolder\n", ran.errors
        index.asked, before = [], index.asked
    assert before == []  # the second time nobody was asked
    ran = roost("run", "--sandbox", "docker", "--image", older, "--net", "a.example:443", script(
        "import urllib.request\n"
        "try:\n    urllib.request.urlopen('http://evil.example/')\nexcept OSError as error:\n    print(error.code)\n"
    ))  # fmt: skip
    assert ran.output == "403\n", ran.errors
