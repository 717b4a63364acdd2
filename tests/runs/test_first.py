"""The first run has a parent that waits: what it sees, what it keeps, and when it is no longer there."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from roost import home as homes
from roost.runs import noting
from tests.runs.test_supervise import gone, until

PARENT = "import os, sys\nprint(os.getppid(), flush=True)\n"


@pytest.fixture
def kept(roost):
    """Give the records of failed runs, the oldest first."""

    def read() -> list[dict]:
        folder = homes.locate(roost.environ).runs
        return [json.loads(path.read_text()) for path in sorted(folder.glob("*/record.json"))]

    return read


def ours(ran) -> bool:
    """Tell whether the process that a script named as its parent is not the caller."""
    return int(ran.output.split()[0]) != os.getpid()


@pytest.mark.covers("C1")
def test_the_second_run_has_no_parent_of_ours(roost, script, kept):
    path = script(PARENT)
    assert [ours(roost("run", path)) for _ in range(3)] == [True, False, False]
    assert not ours(roost("run", "-c", PARENT))  # the text has succeeded, wherever it is
    assert [ours(roost("run", "-c", PARENT + "# a text\n")) for _ in range(2)] == [True, False]
    assert [ours(roost("run", "-", stdin=PARENT + "# piped\n")) for _ in range(2)] == [True, False]
    assert kept() == []


def test_an_edit_and_another_environment_begin_anew(index, roost, script):
    index.add("soup")
    path = script(PARENT)
    assert [ours(roost("run", path)) for _ in range(2)] == [True, False]
    assert [ours(roost("run", "--with", "soup", path)) for _ in range(2)] == [True, False]
    path.write_text(PARENT + "# edited\n")
    assert [ours(roost("run", path)) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("how", ["sys.exit(3)", "os._exit(3)", "1 / 0", "os.kill(os.getpid(), 15)"])
@pytest.mark.thorough
def test_a_script_that_always_ends_another_way_is_waited_for_three_times(roost, script, kept, how):
    path = script(PARENT + how)
    assert [ours(roost("run", path)) for _ in range(4)] == [True, True, True, False]
    assert len(kept()) == 3


@pytest.mark.thorough
def test_a_crash_is_waited_for_each_time(roost, script, kept):
    path = script(PARENT + "os.kill(os.getpid(), 9)")
    assert [ours(roost("run", path)) for _ in range(5)] == [True] * 5
    assert len(kept()) == 5


@pytest.mark.thorough
def test_a_crash_at_import_is_seen_said_and_recorded(index, roost, script, kept):
    index.add("soup", modules={"soup/__init__.py": "import ctypes; ctypes.string_at(0)\n"})
    began = time.time() - 1
    path = script("import soup\n")
    ran = roost("run", path, "--password", "secret")
    assert ran.status == -signal.SIGSEGV
    (line,) = ran.errors.splitlines()
    assert line.startswith("error: `it.py` crashed (SIGSEGV): compiled code ")
    assert line.count("record.json") == 1
    (record,) = kept()
    assert Path(line.rpartition(" `")[2].rstrip("`")).parent.name == record["id"]
    assert uuid.UUID(record["id"]).version == 7
    assert uuid.UUID(record["id"]).variant == uuid.RFC_4122
    assert began * 1000 < uuid.UUID(record["id"]).int >> 80 < time.time() * 1000
    assert record["schema"] == "roost.run/1"
    assert (record["script"], record["arguments"], record["from"]) == (str(path), 2, "script")
    assert record["environment"].startswith("soup-")
    seconds = record["outcome"].pop("seconds")
    assert 0 < seconds < 60
    assert record["outcome"] == {"status": 139, "signal": 11, "death": "signal"}
    assert "secret" not in json.dumps(record)


@pytest.mark.thorough
def test_an_os_exit_is_recorded_and_nothing_is_said(roost, script, kept):
    ran = roost("run", script("import os; os._exit(7)"))
    assert (ran.status, ran.output, ran.errors) == (7, "", "")
    assert [(one["outcome"]["status"], one["outcome"]["death"]) for one in kept()] == [(7, "exit")]


@pytest.mark.thorough
def test_a_kill_from_outside_is_seen_and_recorded(roost, script, kept):
    process = roost.start("run", script("import os, time; print(os.getpid(), flush=True); time.sleep(60)"))
    os.kill(int(process.stdout.readline()), signal.SIGKILL)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert errors.startswith("error: `it.py` was killed (SIGKILL): perhaps it ran out of memory")
    assert [one["outcome"]["death"] for one in kept()] == ["signal"]


@pytest.mark.thorough
def test_a_memory_error_is_an_ordinary_exit(roost, script, kept):
    ran = roost(
        "run", script("import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 28, -1))\nbytes(1 << 30)\n")
    )
    assert ran.status == 1
    assert ran.errors.splitlines()[-1] == "MemoryError"
    assert [one["outcome"]["death"] for one in kept()] == ["exit"]


@pytest.mark.thorough
def test_control_c_is_not_a_failure(roost, script, kept):
    process = roost.start("run", script("import time; print('ready', flush=True); time.sleep(60)"))
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert errors.count("KeyboardInterrupt") == 1
    assert kept() == []


@pytest.mark.thorough
def test_records_are_few_and_those_of_others_stay(tmp_path, roost, script, kept):
    runs = homes.locate(roost.environ).runs
    for number in range(noting.MOST + 5):
        homes.write(runs / noting.identify(1_000_000_000 + number) / "record.json", "{}")
    eldest = min(runs.iterdir())
    (eldest / "outputs").mkdir()
    names = sorted(path.name for path in runs.iterdir())
    roost("run", script("raise SystemExit(1)"))
    left = sorted(path.name for path in runs.iterdir())
    assert left[:-1] == [names[0], *names[6:]]
    assert kept()[-1]["outcome"]["status"] == 1


@pytest.mark.thorough
def test_ids_sort_by_time():
    moments = [1_700_000_000 + step / 500 for step in range(50)]
    assert (ids := [noting.identify(moment) for moment in moments]) == sorted(ids)


@pytest.mark.parametrize("variable", ["LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID", "NOTIFY_SOCKET"])
@pytest.mark.thorough
def test_where_our_process_is_named_the_script_is_it(roost, script, variable):
    path = script(f"import os\nprint(os.getpid() == int(os.environ['{variable}']), os.getppid())")
    line = f'{variable}=$$; export {variable}; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", line, "sh", roost.command, "run", path],
        env=roost.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", str(os.getpid())], done.stderr


@pytest.mark.thorough
def test_a_variable_that_names_another_process_changes_nothing(roost, script):
    assert ours(roost("run", script(PARENT), LISTEN_PID="1"))


@pytest.mark.parametrize("blocked", ["data/runs", "state/past", "cache/launcher"])
@pytest.mark.parametrize("status", [0, 3])
@pytest.mark.thorough
def test_a_home_where_nothing_can_be_kept_still_runs(roost, script, home, blocked, status):
    (home / blocked).parent.mkdir(parents=True)
    (home / blocked).write_text("in the way")
    path = script(f"print('ran'); raise SystemExit({status})")
    for _ in range(2):
        ran = roost("run", path)
        assert (ran.status, ran.output, ran.errors) == (status, "ran\n", "")


@pytest.mark.thorough
def test_two_first_runs_at_once(roost, script, kept):
    path = script(PARENT + "print(sys.stdin.readline(), end='')\n")
    time.sleep(0.1)
    both = [
        subprocess.Popen(
            [roost.command, "run", path], env=roost.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in both:
        assert int(process.stdout.readline()) == process.pid
    for number, process in enumerate(both):
        assert process.communicate(f"{number}\n", timeout=30) == (f"{number}\n", "")
        assert process.returncode == 0
    assert not ours(roost("run", path, stdin="\n"))
    assert kept() == []


@pytest.mark.thorough
def test_a_daemon_that_the_script_leaves_behind_lives_on(roost, script, tmp_path):
    path = script("""
import os, sys
if os.fork() == 0:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3): os.dup2(null, stream)
    open(sys.argv[1], "w").write(str(os.getpid()))
    sys.stdin = None
    import time; time.sleep(600)
while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read(): pass
""")
    assert roost("run", path, tmp_path / "pid").status == 0
    daemon = int((tmp_path / "pid").read_text())
    assert not gone(daemon)
    os.kill(daemon, signal.SIGKILL)


@pytest.fixture
def little_memory():
    """A control group of 120 MB: the file that a process writes its number into to be in it."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    places = {controllers: path for _, controllers, path in (line.split(":", 2) for line in lines)}
    if "memory" in places:
        top, limit = Path("/sys/fs/cgroup/memory" + places["memory"]), "memory.limit_in_bytes"
    else:
        top, limit = Path("/sys/fs/cgroup" + places.get("", "/")), "memory.max"
    group = top / f"roost-test-{os.getpid()}"
    try:
        group.mkdir()
        try:
            (group / limit).write_text("120000000")
        except OSError:
            group.rmdir()
            raise
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield group / "cgroup.procs"
    group.rmdir()


def test_a_script_that_the_kernel_kills_for_memory_is_said_to_be(roost, script, little_memory):
    path = script("kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))\n")
    words = ["sh", "-c", f'echo $$ > {little_memory}; exec "$@"', "sh", roost.command, "run", path]
    done = subprocess.run(
        words, env=roost.environ, cwd=roost.cwd, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert done.stderr.startswith("error: `it.py` was killed (SIGKILL): the kernel ran out of memory; recorded in")


@pytest.mark.thorough
def test_a_killed_parent_takes_the_script_along_and_leaves_no_other_process(roost, script):
    process = roost.start("run", script("import os, time; print(os.getpid(), flush=True); time.sleep(60)"))
    there = int(process.stdout.readline())
    group = members(process.pid)
    assert there in group
    process.kill()
    until(lambda: all(gone(pid) for pid in group))


def members(group: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append(int(path.parent.name))
    return found


@pytest.mark.thorough
def test_a_stream_that_the_script_closes_is_closed(roost, script):
    process = roost.start("run", script("import os, time; os.close(1); time.sleep(600)"))
    assert select.select([process.stdout], [], [], 30)[0]
    assert process.stdout.read() == ""
    assert process.poll() is None


@pytest.mark.thorough
def test_a_descriptor_that_the_script_closes_is_closed(roost, script):
    reading, writing = os.pipe()
    path = script("import os, sys, time; os.close(int(sys.argv[1])); time.sleep(600)")
    process = subprocess.Popen(
        [roost.command, "run", path, str(writing)], env=roost.environ, pass_fds=(writing,), process_group=0
    )
    os.close(writing)
    try:
        assert select.select([reading], [], [], 30)[0]
        assert os.read(reading, 1) == b""
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(reading)


@pytest.mark.thorough
def test_time_spent_is_the_scripts_and_ours(roost, script):
    path = script("import time\nwhile time.process_time() < 0.5: pass\n")
    line = '"$@"; times'
    done = subprocess.run(
        ["bash", "-c", line, "bash", roost.command, "run", path],
        env=roost.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    _, children = done.stdout.splitlines()  # of ours, "0m0.412s 0m0.031s": in programs, in the kernel
    spent = [word.rstrip("s").split("m") for word in children.split()]
    assert sum(int(minutes) * 60 + float(seconds) for minutes, seconds in spent) > 0.4


@pytest.mark.thorough
def test_quiet_leaves_the_line_about_a_crash(roost, script):
    assert roost("run", "-q", script("import os; os.kill(os.getpid(), 11)")).errors.startswith("error: ")
