"""Sandboxes that are kept: start, check, files in, commands, outputs out, stop."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from roost.sandbox import probing
from tests.sandbox.servers import serving
from tests.sandbox.test_running import alive

pytestmark = pytest.mark.thorough
TIERS = ("limits", "landlock", "bubblewrap", "docker")
HOST = {"DOCKER_HOST": os.environ["DOCKER_HOST"]} if "DOCKER_HOST" in os.environ else {}


@pytest.fixture(autouse=True)
def _works(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], roost):
    monkeypatch.setenv("ROOST_HOME", environ["ROOST_HOME"])
    environ.update(HOST)
    tier = request.node.callspec.params.get("tier", "docker") if hasattr(request.node, "callspec") else "docker"
    if not (found := probing.standing(tier)).works:
        if os.environ.get("ROOST_TEST_COMPLETE"):
            pytest.fail(found.why)
        pytest.skip(found.why)
    yield
    roost("sandbox", "stop", "--all")


def start(roost, tier: str, path: Path, *more: object) -> str:
    net = ["--net", "all"] if tier == "limits" else []
    ran = roost("sandbox", "start", "--sandbox", tier, *net, *more, path)
    assert ran.status == 0, ran.errors
    return ran.output.strip()


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", TIERS)
def test_files_go_in_commands_run_and_outputs_come_out(roost, index, script, tmp_path, tier):
    index.add("soup", "1.0")
    data = tmp_path / "data.csv"
    data.write_text("1,2\n")
    path = script(
        "import soup, sys\nprint(soup.__version__, open('data.csv').read().strip())\nopen('made.txt', 'w').write('x')\nsys.exit(3)\n"
    )
    name = start(roost, tier, path, "--name", "charts")
    assert name == "charts"
    assert roost("sandbox", "put", name, data).status == 0
    ran = roost("sandbox", "exec", name)
    assert (ran.status, ran.output) == (3, "1.0 1,2\n"), ran.errors
    ran = roost(
        "sandbox",
        "exec",
        name,
        "python",
        "-c",
        "import sys; print(sys.stdin.read(), sys.argv[1:], open('made.txt').read())",
        "--json",
        stdin="given",
    )
    assert (ran.status, ran.output) == (0, "given ['--json'] x\n"), ran.errors
    shown = roost("sandbox", "list", name, "--json").data["sandboxes"]
    assert [(one["name"], one["tier"], one["runs"]) for one in shown] == [(name, tier, True)]
    out = tmp_path / "out"
    assert roost("sandbox", "outputs", name, out).status == 0
    assert sorted(file.name for file in out.iterdir()) == ["data.csv", "made.txt"]
    assert roost("sandbox", "stop", name).status == 0
    assert roost("sandbox", "list", "--json").data == {"schema": "roost.cells/1", "sandboxes": []}
    assert roost("sandbox", "exec", name).status == 66
    assert list((Path(roost.environ["ROOST_HOME"]) / "state/cells").iterdir()) == []


@pytest.mark.parametrize("tier", TIERS)
def test_a_command_that_runs_too_long_ends_and_the_sandbox_stays(roost, script, tier):
    path = script("import time\nopen('begun', 'w').close()\ntime.sleep(100)\n")
    name = start(roost, tier, path, "--timeout", "2")
    begin = time.monotonic()
    ran = roost("sandbox", "exec", name)
    assert ran.status == 75
    assert "ran longer than 2 seconds" in ran.errors
    assert time.monotonic() - begin < 30
    assert alive(str(path)) == []
    assert roost("sandbox", "exec", name, "ls").output == "begun\n"


def test_what_was_started_in_a_container_runs_on(roost, script):
    name = start(roost, "docker", script("pass\n"))
    begun = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True, stdin=-3, stdout=-3, stderr=-3)"
    assert roost("sandbox", "exec", name, "python", "-c", begun).status == 0
    counted = "import os; print(sum(b'sleep(1000)' in open(f'/proc/{n}/cmdline', 'rb').read() for n in os.listdir('/proc') if n.isdecimal() and n != str(os.getpid())))"
    assert roost("sandbox", "exec", name, "python", "-c", counted).output == "1\n"


@pytest.mark.parametrize("tier", ["bubblewrap", "docker"])
def test_files_that_go_in_follow_no_link_that_was_planted(roost, script, tmp_path, tier):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    name = start(roost, tier, script(f"import os\nos.symlink({str(precious)!r}, 'data.csv')\n"))
    assert roost("sandbox", "exec", name).status == 0
    data = tmp_path / "data.csv"
    data.write_text("new")
    assert roost("sandbox", "put", name, data).status == 0
    assert precious.read_text() == "mine"
    assert roost("sandbox", "exec", name, "python", "-c", "print(open('data.csv').read())").output == "new\n"
    assert roost("sandbox", "put", name, tmp_path).status == 73


def test_a_container_that_was_ended_is_said_and_its_files_can_be_had(roost, script, tmp_path):
    name = start(roost, "docker", script("open('made.txt', 'w').close()\n"))
    assert roost("sandbox", "exec", name).status == 0
    subprocess.run(["docker", "kill", f"roost-cell-{name}"], check=True, capture_output=True)
    ran = roost("sandbox", "exec", name)
    assert ran.status == 69
    assert "does not run any more" in ran.errors
    assert roost("sandbox", "list", name).status == 69
    assert roost("sandbox", "outputs", name, tmp_path / "out").status == 0
    assert (tmp_path / "out/made.txt").exists()


def test_one_that_nobody_uses_goes_and_one_in_use_stays(roost, script):
    idle = start(roost, "docker", script("pass\n"), "--idle", "60")
    used = start(
        roost, "docker", script("import time\nprint('on', flush=True)\ntime.sleep(100)\n", "used.py"), "--idle", "60"
    )
    running = roost.start("sandbox", "exec", used)
    assert running.stdout.readline() == "on\n"
    for name in (idle, used):
        os.utime(Path(roost.environ["ROOST_HOME"]) / f"state/cells/{name}/cell.json", (1, 1))
    assert [one["name"] for one in roost("sandbox", "list", "--json").data["sandboxes"]] == [used]
    there = containers()
    assert f"roost-cell-{idle}" not in there
    assert f"roost-cell-{used}" in there


def test_a_kept_container_whose_folder_is_gone_is_swept_by_the_next_run(roost, script):
    name = start(roost, "docker", script("pass\n"))
    shutil.rmtree(Path(roost.environ["ROOST_HOME"]) / f"state/cells/{name}")
    assert roost("run", "--sandbox", "docker", script("pass\n")).status == 0
    until = time.monotonic() + 20  # somebody else's run may be removing it at the same time
    while f"roost-cell-{name}" in containers() and time.monotonic() < until:
        time.sleep(0.1)
    assert f"roost-cell-{name}" not in containers()


def containers() -> str:
    words = ["docker", "ps", "--all", "--format", "{{.Names}}"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_hosts_are_reached_from_a_kept_container_too(roost, script):
    with serving() as server:
        path = script(
            "import urllib.request\n"
            f"print(urllib.request.urlopen('http://127.0.0.1:{server.port}/').status)\n"
            "try:\n    urllib.request.urlopen('http://evil.example/')\nexcept OSError as error:\n    print(error.code)\n"
        )
        name = start(roost, "docker", path, "--net", f"127.0.0.1:{server.port}")
        for _ in range(2):
            ran = roost("sandbox", "exec", name)
            assert ran.output == "200\n403\n", ran.errors
            assert "evil.example:80 is not in --net" in ran.errors


@pytest.mark.parametrize(
    ("words", "status"), [(["--name", "Charts!"], 64), (["--idle", "soon"], 64), (["--name", "twice"], 73)]
)
def test_wrong_starts_leave_nothing(roost, script, words, status):
    path = script("pass\n")
    start(roost, "bubblewrap", path, "--name", "twice")
    assert roost("sandbox", "start", "--sandbox", "bubblewrap", *words, path).status == status
    assert [one["name"] for one in roost("sandbox", "list", "--json").data["sandboxes"]] == ["twice"]


def test_a_container_that_is_being_started_is_not_swept(roost, script, monkeypatch, tmp_path):
    from roost import home as homes
    from roost.sandbox import daemon, kept
    from roost.sandbox.values import Job

    call = daemon.call
    seen = []

    def slowly(words, environ):
        said = call(words, environ)
        daemon.sweep()  # another run ends in this moment
        seen.append(daemon.state(said.strip()))
        return said

    monkeypatch.setattr(daemon, "call", slowly)
    job = Job(argv=("/bin/true",), environ={"PATH": os.defpath}, folder=str(tmp_path), home=str(tmp_path))
    cell = kept.start(homes.locate(roost.environ), job, "docker", name="slow", idle=60)
    try:
        assert [one["Running"] for one in seen] == [True]
        assert kept.runs(cell)
    finally:
        kept.stop(cell)
