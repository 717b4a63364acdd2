"""What is written down of sandboxed runs, and what comes out of them by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from roost.sandbox import cgroups

pytestmark = pytest.mark.thorough


def test_a_run_leaves_a_record_with_its_policy_and_no_escapes(roost, script):
    path = script("import sys\nprint('\\x1b]52;c;aGk=\\x07title\\u202e')\nprint('red', file=sys.stderr)\nsys.exit(3)\n")
    ran = roost("run", "-v", "--sandbox", "landlock", "--timeout", "20", path, "secret")
    assert ran.status == 3
    assert "sandbox: origin=file tier=landlock net=none timeout=20" in ran.errors
    shown = roost("runs", "show", "--last")
    assert shown.status == 0
    assert "status 3 after" in shown.output
    assert "\\x1b]52;c;aGk=\\x07title\\u202e" in shown.output
    assert not any(ord(letter) < 32 and letter != "\n" for letter in shown.output)
    assert "secret" not in roost("runs", "show", "--last", "--json").output
    assert roost("runs", "log", "--last", "--errors").output == "red\n"
    [one] = roost("runs", "list", "--json").data["runs"]
    assert (one["sandbox"]["tier"], one["arguments"], one["outcome"]["reason"]) == ("landlock", 1, "ended")


def test_a_limit_is_an_outcome_of_the_record(roost, script):
    assert roost("run", "--untrusted", "--timeout", "1", script("import time\ntime.sleep(60)\n")).status == 75
    [one] = roost("runs", "list", "--json").data["runs"]
    assert one["outcome"]["reason"] == "timeout"
    assert "origin=untrusted" in one["sandbox"]["policy"]
    assert "timeout after 1." in roost("runs", "list").output


def test_a_run_that_is_killed_from_outside_was_cut_off_and_leaves_no_folder(roost, script, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = script("import time\nprint('on', flush=True)\ntime.sleep(60)\n")
    process = roost.start("run", "--untrusted", path, TMPDIR=str(temporary))
    assert process.stdout.readline() == "on\n"
    assert "is running" in roost("runs", "list").output
    [id_] = [one["id"] for one in roost("runs", "list", "--json").data["runs"]]
    assert roost("runs", "rm", id_).status != 0
    guards = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    killed = {str(process.pid), *guards}
    for one in map(int, [process.pid, *guards]):
        os.kill(one, signal.SIGKILL)
    process.wait()
    assert "was cut off" in roost("runs", "list").output
    assert roost("run", "--untrusted", script("print(1)\n", "other.py"), TMPDIR=str(temporary)).output == "1\n"
    assert list(temporary.iterdir()) == []
    assert not [folder for folder in cgroups.left() if folder.rpartition("/")[2].split("-")[1] in killed]
    assert roost("runs", "rm", id_[-12:]).status == 0
    assert roost("runs", "rm", "--all").status == 0
    assert "no run has left a record" in roost("runs", "list").output


def test_what_is_asked_for_comes_out_and_nothing_else(roost, script, tmp_path):
    path = script(
        "import os\nopen('chart.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(9))\nos.mkdir('data')\n"
        "open('data/a.csv', 'w').write('1')\nopen('other.txt', 'w').write('no')\nos.symlink('/etc/passwd', 'data/b.csv')\n"
    )
    out = tmp_path / "mine"
    out.mkdir()
    (out / "chart.png").write_text("older")
    ran = roost("run", "--untrusted", "--out", "chart.png", "--out", "data", "--out", "gone.txt", path, cwd=out)
    assert ran.status == 0, ran.errors
    assert sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()) == [
        "chart.png",
        "data/a.csv",
    ]
    assert (out / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert "left `data/b.csv` where it is: it is a link" in ran.errors
    assert "it has made no `gone.txt`" in ran.errors
    [one] = roost("runs", "list", "--json").data["runs"]
    assert {file["name"]: file["kind"] for file in one["outputs"]} == {
        "chart.png": "image/png",
        "data/a.csv": "text/plain",
    }


def test_an_output_does_not_go_through_a_link_of_ours(roost, script, tmp_path):
    out, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "data").symlink_to(elsewhere)
    path = script("import os\nos.mkdir('data')\nopen('data/a.csv', 'w').write('1')\n")
    ran = roost("run", "--untrusted", "--out", "data", path, cwd=out)
    assert ran.status == 73
    assert "a link or a folder stands in its place" in ran.errors
    assert list(elsewhere.iterdir()) == []
    assert sorted(file.name for file in out.iterdir()) == ["data"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.txt", "a/../../b"])
def test_outputs_are_named_below_the_work_folder(roost, script, name):
    ran = roost("run", "--untrusted", "--out", name, script("print('ran')\n"))
    assert (ran.status, ran.output) == (64, "")


def test_input_goes_in_by_pipe(roost, script):
    path = script("import sys\nprint(sys.stdin.read().upper())\n")
    assert roost("run", "--untrusted", path, stdin="beans").output == "BEANS\n"
    assert roost("run", "--untrusted", "-", stdin="import sys\nprint(sys.stdin.read() == '')\n").output == "True\n"


def test_a_limit_without_a_sandbox_is_kept_too(roost, script, tmp_path):
    begin = time.monotonic()
    ran = roost("run", "--timeout", "1", script("import os, time\nprint(os.getcwd(), flush=True)\ntime.sleep(60)\n"))
    assert (ran.status, ran.output) == (75, f"{roost.cwd}\n")
    assert time.monotonic() - begin < 30
    assert roost("run", "--timeout", "all", script("print(1)\n")).output == "1\n"


def test_the_variable_and_the_settings_decide_where_no_option_does(roost, script, home):
    secret = Path(roost.environ["HOME"]) / "secret.txt"
    secret.write_text("CANARY")
    path = script(f"import os\nprint(os.path.exists({str(secret)!r}))\n")
    for _ in range(3):  # the fast path too
        assert roost("run", path).output == "True\n"
    assert roost("run", path, ROOST_SANDBOX="bubblewrap").output == "False\n"
    assert roost("run", path, ROOST_SANDBOX="thick").status == 64
    assert (
        roost("run", path, ROOST_SANDBOX_POLICIES="file=tier=landlock").output == "True\n"
    )  # it may see that it is there
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "roost.toml").write_text('[sandbox.policies]\nfile = "tier=bubblewrap timeout=30"\n')
    assert roost("run", path).output == "False\n"
    assert roost("run", "--sandbox", "none", path).output == "True\n"
