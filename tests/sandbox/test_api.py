"""`roost.run(…, sandbox=…)`: from threads, with what goes in and comes out, and nobody left when something is killed."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import roost
from roost.errors import RoostError
from roost.runs import warded
from roost.runs.brokering import Way
from roost.sandbox import apart, folders, tiers
from roost.sandbox.policy import BadWish
from roost.sandbox.tiers import NoSandbox
from roost.sandbox.values import Job, Limits
from tests.sandbox.test_running import alive

pytestmark = pytest.mark.thorough
TIERS = ("limits", "landlock", "bubblewrap")


@pytest.fixture(autouse=True)
def _here(environ, monkeypatch):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("tier", TIERS)
def test_a_run_gives_its_outcome(script, tmp_path, tier):
    data = tmp_path / "in.txt"
    data.write_text("beans")
    path = script(
        "import os, sys\nopen('out.txt', 'w').write(open('in.txt').read().upper())\n"
        "print(sys.stdin.read(), os.environ.get('NAMED'))\nprint('bad', file=sys.stderr)\nsys.exit(4)\n"
    )
    ran = roost.run(path, sandbox=tier, stdin="hello", env={"NAMED": "yes"}, given=[data], wanted=["out.txt"])
    assert (ran.status, ran.output, ran.errors, ran.reason) == (4, "hello yes\n", "bad\n", "ended")
    [out] = ran.outputs
    assert out.read_text() == "BEANS"
    assert out.parent == ran.record / "outputs"
    assert f"tier={tier}" in ran.policy


def test_many_threads_run_at_once(script):
    path = script("import sys, time\ntime.sleep(0.2)\nprint(sys.argv[1])\n")
    found = {}

    def one(number: int) -> None:
        found[number] = roost.run(path, [str(number)], untrusted=True).output

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"{number}\n" for number in range(8)}


def test_a_limit_is_the_reason(script):
    ran = roost.run(script("import time\ntime.sleep(60)\n"), untrusted=True, timeout=0.5)
    assert (ran.reason, ran.timed_out) == ("timeout", True)
    ran = roost.run(script("b = bytearray(1 << 30)\n"), untrusted=True, limits={"memory": 128 << 20})
    assert ran.status != 0


@pytest.mark.parametrize("memory", [64 << 20, 512 << 20])
def test_the_tier_of_limits_takes_every_step_however_it_starts(script, tmp_path, memory):
    path = script(
        "import os, resource\n"
        "old = os.umask(0)\n"
        "kinds = ('CORE', 'NOFILE', 'DATA', 'FSIZE', 'CPU')\n"
        "print([resource.getrlimit(getattr(resource, f'RLIMIT_{kind}')) for kind in kinds])\n"
        "print(oct(old), os.getcwd(), os.getsid(0) == os.getpid(), open('/proc/self/oom_score_adj').read().strip())\n"
        "print([name for name in os.listdir('/proc/self/fd') if int(name) > 2 and os.path.exists(f'/proc/self/fd/{name}')])\n"
    )
    taken = os.open(path, os.O_RDONLY)
    os.set_inheritable(taken, True)
    asked = {"memory": memory, "file_size": 1 << 20}
    warded.warden().close()  # the next one has the descriptor
    try:
        ran = roost.run(path, sandbox="limits", timeout=9, limits=asked, cwd=tmp_path)
    finally:
        os.close(taken)
        warded.warden().close()
    assert ran.status == 0, ran.errors
    limits, rest, descriptors = ran.output.splitlines()
    seconds = 9 * (os.cpu_count() or 1) + 5
    assert limits == str([(0, 0), (1024, 1024), (memory, memory), (1 << 20, 1 << 20), (seconds, seconds)])
    assert rest == f"0o77 {tmp_path} True 500"
    assert descriptors == "[]"


def test_what_is_no_program_is_said(tmp_path):
    job = Job(
        (str(tmp_path / "none"),),
        {},
        str(tmp_path),
        str(tmp_path / "home"),
        network=("all",),
        limits=Limits(memory=1 << 30),
    )
    with pytest.raises(RoostError, match="cannot be set up") as raised:
        warded._ran(tiers.tier("limits"), job, b"", Way(None), leaving=None, started=lambda: None)
    assert "No such file or directory" in raised.value.why[0]


def test_what_cannot_be_kept_is_raised(script, monkeypatch, tmp_path):
    path = script("print('ran')\n")
    with pytest.raises(roost.RoostError, match="cannot keep a program from the network"):
        roost.run(path, sandbox="limits", net="none")
    with pytest.raises(BadWish):
        roost.run(path, sandbox="thick")
    with pytest.raises(BadWish):
        roost.run(path, limits={"cpu": 2})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSandbox):
        roost.run(path, sandbox="bubblewrap")


@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_guard_leaves_nobody_and_the_next_run_is_well(script, tier):
    mark = f"killed-{os.getpid()}-{tier}"  # in the command lines of the script and of what it starts
    body = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}], start_new_session=True)\n"
        "time.sleep(60)\n"
    )
    path = script(body, f"{mark}.py")
    raised = []

    def one() -> None:
        try:
            roost.run(path, sandbox=tier)
        except roost.RoostError as error:
            raised.append(error)

    thread = threading.Thread(target=one)
    thread.start()
    until = time.monotonic() + 20
    while len(alive(mark)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    [guard] = [one for one in _children(warded.warden()._process) if _children(one)]
    os.kill(guard, signal.SIGKILL)
    thread.join(20)
    assert [error.code for error in raised] == ["run-killed"]
    until = time.monotonic() + 10
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert alive(mark) == []
    assert roost.run(script("print(1)\n", "other.py"), sandbox=tier).output == "1\n"


@pytest.mark.parametrize("tier", TIERS)
def test_what_it_finds_missing_is_added(index, script, tier):
    index.add("soup", "1.0")
    path = script(
        "def hidden(name):\n    return __import__(''.join(reversed(name)))\nprint(hidden('puos').__version__)\n"
    )
    found = []
    threads = [threading.Thread(target=lambda: found.append(roost.run(path, sandbox=tier))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.status, one.output) for one in found] == [(0, "1.0\n")] * 3, [one.errors for one in found]
    assert any("added soup 1.0" in note for one in found for note in one.notes)


def test_a_killed_warden_is_started_again(script):
    path = script("print(1)\n")
    assert roost.run(path, untrusted=True).output == "1\n"
    os.kill(warded.warden()._process, signal.SIGKILL)
    time.sleep(0.1)
    assert roost.run(path, untrusted=True).output == "1\n"


def test_a_program_that_is_killed_takes_its_runs_along(script, tmp_path):
    mark = f"orphan-{os.getpid()}"
    path = script(
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}], start_new_session=True)\ntime.sleep(60)\n"
    )
    program = f"import roost\nroost.run({str(path)!r}, sandbox='landlock')\n"
    process = subprocess.Popen([sys.executable, "-c", program])
    until = time.monotonic() + 20
    while not alive(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert alive(mark)
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert alive(mark) == []


def _children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def held() -> list[str]:
    return [path.name for path in Path("/proc/self/fd").iterdir()]


def test_what_cannot_be_started_leaves_no_descriptor(tmp_path):
    """The limit of descriptors is reached by each of the files that a start needs, one after the other."""
    job = Job(("/bin/true",), {}, str(tmp_path), str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = held()
    first = os.open("/dev/null", os.O_RDONLY)
    os.close(first)
    for more in range(5):  # two pipes, and the fifth is what goes in
        resource.setrlimit(resource.RLIMIT_NOFILE, (first + more, hard))
        try:
            with pytest.raises(OSError, match="Too many open files"):
                warded._ran(tiers.tier("none"), job, b"", None, leaving=None, started=lambda: None)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert held() == before


def test_an_error_of_a_class_that_is_not_loaded_keeps_its_code_and_status():
    said = {"code": "never-loaded", "exit": 64, "what": "no", "why": ("because",), "hints": ()}
    with pytest.raises(RoostError) as caught:
        apart.understood(apart.dumps(said))
    assert (caught.value.code, caught.value.exit, caught.value.why) == ("never-loaded", 64, ("because",))


def test_a_folder_goes_whatever_its_modes_are(tmp_path):
    shut = tmp_path / "work/shut"
    (shut / "more").mkdir(parents=True)
    (shut / "more/file").write_text("x")
    (tmp_path / "kept").mkdir(mode=0o500)
    (tmp_path / "work/link").symlink_to(tmp_path / "kept")
    for place in (shut / "more", shut, tmp_path / "work"):
        place.chmod(0)
    if os.geteuid() == 0:  # whom no mode stops
        for place in (tmp_path, tmp_path / "work", shut, shut / "more", shut / "more/file"):
            os.chown(place, 65534, 65534)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.chdir(tmp_path)
            os.setgid(65534)
            os.setuid(65534)
        folders.remove("work")
        os._exit(0)
    os.waitpid(child, 0)
    assert not (tmp_path / "work").exists()
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o500
