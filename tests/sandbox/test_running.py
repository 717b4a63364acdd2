"""`roost run --sandbox`: the same script in every tier, what none of them lets out, and how a limit ends it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from roost.sandbox import probing

TIERS = ("limits", "landlock", "bubblewrap")
STRONG = TIERS[1:]
pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _works(request: pytest.FixtureRequest) -> None:
    tier = request.node.callspec.params.get("tier") if hasattr(request.node, "callspec") else None
    if tier and not (found := probing.standing(tier)).works:
        if os.environ.get("ROOST_TEST_COMPLETE"):
            pytest.fail(found.why)
        pytest.skip(found.why)


def alive(mark: str) -> list[int]:
    """Find the processes that have a mark in their command line."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            try:
                if mark.encode() in (place / "cmdline").read_bytes():
                    found.append(int(place.name))
            except OSError:
                continue
    return found


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", ["none", *TIERS])
def test_a_script_with_needs_runs_and_leaves_what_it_wrote(roost, index, script, tmp_path, tier):
    index.add("soup", "1.0")
    work = tmp_path / "cell"
    work.mkdir()
    path = script(
        "import soup, sys\nopen('out.txt', 'w').write('hot')\nprint(soup.__version__, sys.argv[1:])\nsys.exit(3)\n"
    )
    ran = roost("run", "--sandbox", tier, "--workdir", work, path, "a", "--b")
    assert (ran.status, ran.output) == (3, "1.0 ['a', '--b']\n"), ran.errors
    assert (work / "out.txt").read_text() == "hot"
    out = tmp_path / "results"
    assert roost("outputs", work, out).status == 0
    assert [file.name for file in out.iterdir()] == ["out.txt"]


@pytest.mark.parametrize("tier", STRONG)
def test_files_variables_and_processes_of_the_machine_are_out_of_reach(roost, script, tmp_path, tier):
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    path = script(
        "import os, sys\n"
        "def tried(what):\n"
        "    try:\n"
        "        return what()\n"
        "    except OSError as error:\n"
        "        return type(error).__name__\n"
        f"print(tried(lambda: open({str(secret)!r}).read()))\n"
        f"print(tried(lambda: open({str(tmp_path / 'new')!r}, 'w')))\n"
        f"print(tried(lambda: os.kill({os.getpid()}, 0)))\n"
        f"print(tried(lambda: open('/proc/{os.getpid()}/environ').read()))\n"
        "print(os.environ.get('API_KEY'), os.environ.get('NAMED'))\n"
        "print(tried(lambda: open(sys.prefix + '/evil.pth', 'w')))\n"
    )
    ran = roost("run", "--sandbox", tier, "--env", "NAMED", path, API_KEY="CANARY", NAMED="yes")
    lines = ran.output.splitlines()
    assert ran.status == 0, ran.errors
    assert "CANARY" not in ran.output
    assert lines[4] == "None yes"
    assert all(line.endswith("Error") for line in (lines[0], *lines[2:4], lines[5])), lines
    assert not (tmp_path / "new").exists()  # a folder of that name may exist inside, and is not this one


@pytest.mark.parametrize("tier", STRONG)
def test_there_is_no_network_unless_it_is_allowed(roost, index, script, tier):
    port = index.url.rstrip("/").rpartition(":")[2]
    path = script(
        "import socket\n"
        "try:\n"
        f"    socket.create_connection(('127.0.0.1', {port}), 5).close()\n"
        "    print('open')\n"
        "except OSError as error:\n"
        "    print('closed')\n"
    )
    assert roost("run", "--sandbox", tier, path).output == "closed\n"
    assert roost("run", "--sandbox", tier, "--net", "all", path).output == "open\n"


def test_what_a_tier_cannot_keep_is_refused_and_nothing_runs(roost, script):
    path = script("print('ran')\n")
    refused = roost("run", "--sandbox", "limits", "--net", "none", path)
    assert (refused.status, refused.output) == (64, "")
    assert "cannot keep a program from the network" in refused.errors
    assert roost("run", "--sandbox", "landlock", "--net", "example.org:443", path).output == ""


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("body", "options", "said"),
    [
        ("import time\ntime.sleep(60)\n", ["--timeout", "1"], "ran longer than 1 seconds"),
        ("kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))\n", ["--memory", "128M"], ""),
        (
            "import os\nfor n in range(400):\n    open(f'f{n}', 'wb').write(os.urandom(1 << 20))\n    __import__('time').sleep(0.01)\n",
            ["--disk", "32M"],
            "wrote more than",
        ),
        ("open('big', 'wb').write(bytes(64 << 20))\n", ["--file-size", "1M"], ""),
    ],
)
def test_a_limit_ends_it(roost, script, tier, body, options, said):  # noqa: PLR0917  # a table's columns
    begin = time.monotonic()
    ran = roost("run", "--sandbox", tier, *options, script(body))
    assert ran.status != 0
    assert said in ran.errors
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize("tier", TIERS)
def test_nobody_of_it_stays_behind(roost, script, tier):
    mark = f"left-{os.getpid()}-{tier}"
    path = script(
        "import os, subprocess, sys\n"
        "for _ in range(3):\n"
        f"    subprocess.Popen([sys.executable, '-c', 'import os, time; os.setsid(); time.sleep(60)', {mark!r}], start_new_session=True)\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}])\n"
        "    os._exit(0)\n"
        "print('done')\n"
    )
    assert roost("run", "--sandbox", tier, path).output == "done\n"
    assert alive(mark) == []


@pytest.mark.parametrize("tier", TIERS)
def test_a_flood_of_output_is_cut(roost, script, tier):
    ran = roost(
        "run",
        "--sandbox",
        tier,
        "--output",
        "1M",
        script("for _ in range(64):\n    print('x' * (1 << 20))\nprint('end')\n"),
    )
    assert ran.status == 0
    assert len(ran.output) < 1_200_000
    assert ran.output.endswith("end\n")
    assert "bytes of output were left out" in ran.errors


def test_inputs_are_copied_into_a_folder_that_goes_with_it(roost, script, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("1,2\n")
    path = script(
        "import os\nprint(open('data.csv').read().strip(), os.getcwd())\nopen('data.csv', 'w').write('changed')\n"
    )
    ran = roost("run", "--sandbox", "limits", "--in", data, path)
    said, folder = ran.output.split()
    assert said == "1,2"
    assert not Path(folder).exists()
    assert data.read_text() == "1,2\n"


@pytest.mark.parametrize("missing", ["bubblewrap", "docker"])
def test_a_tier_that_is_missing_ends_with_125_and_nothing_runs(roost, script, tmp_path, missing):
    path = script(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    ran = roost("run", "--sandbox", missing, path, PATH=str(tmp_path))
    assert ran.status == 125
    assert "nothing was run" in ran.errors
    assert "hint:" in ran.errors
    assert not (tmp_path / "ran").exists()


def test_what_works_here_is_shown(roost):
    data = roost("sandbox", "--json").data
    assert [one["tier"] for one in data["tiers"]] == [
        "none",
        "limits",
        "landlock",
        "bubblewrap",
        "docker",
        "docker:runsc",
    ]
    assert all(one["works"] or one["why"] for one in data["tiers"])
    assert "auto" in roost("sandbox").output
