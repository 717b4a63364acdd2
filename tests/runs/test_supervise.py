"""Whoever waits for a script is not noticed: signals go on, ends come back, nothing outlives its time."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from roost import runs
from roost.distributions import Lock, Plan
from roost.environments import Environment
from roost.home import locate
from roost.reporting import Silent
from roost.scripts import Choice, Interpreter, Script
from tests.runs.conftest import Ways

pytestmark = pytest.mark.covers("C1")


@pytest.fixture
def run(made, script, home):
    """Run a source under `supervise`; gives the outcome."""

    def call(source: str, *arguments: str, **more) -> runs.Outcome:
        path = script(source)
        python = Interpreter(Path(sys.executable), "cpython", sys.version_info[:3], "", "linux")
        plan = Plan(Script(path, path.name, "python", None, b""), Choice(python, "3", "for the test"), (), (), ())
        environment = Environment(made, "0" * 64, made / "bin" / "python", "3.11.7", (), 0.0)
        prepared = runs.Prepared(plan, Lock(python, (), "", ()), environment)
        return runs.supervise(prepared, arguments, home=locate({"ROOST_HOME": str(home)}), report=Silent(), **more)

    return call


@pytest.fixture
def waiting(made: Path, environ: dict[str, str], tmp_path: Path, script):
    """Start a source under a parent that waits; gives the parent once the script has said `ready PID`, and that PID."""
    started: list[subprocess.Popen] = []

    def start(source: str) -> tuple[subprocess.Popen, int]:
        ways = Ways(made, "supervise", environ, tmp_path)
        line = "import os, signal, sys, time\nprint('ready', os.getpid(), flush=True)\n"
        argv = ways.through(str(script(line + source)))
        process = subprocess.Popen(
            argv,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        started.append(process)
        word, number = process.stdout.readline().split()
        assert word == "ready"
        return process, int(number)

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)  # a bound on how often is asked, not on what is waited for


@pytest.mark.parametrize(
    "name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGRTMIN"]
)
def test_a_signal_sent_to_the_parent_reaches_the_script_once(waiting, name):
    process, _ = waiting(f"""
caught = []
signal.signal(signal.{name}, lambda number, frame: caught.append(number))
print("armed", flush=True)
while not caught: time.sleep(0.01)
time.sleep(0.1)
print(len(caught)); sys.exit(5)
""")
    assert process.stdout.readline() == "armed\n"
    process.send_signal(getattr(signal, name))
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (5, "1\n", "")


COUNTING = """
caught = []
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGCONT, signal.SIGWINCH):
    signal.signal(number, lambda number, frame: caught.append(number))
print("armed", flush=True)
while not caught: time.sleep(0.01)
time.sleep(0.2)  # for a second one, which must not come
print(len(caught)); sys.exit(5)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGCONT", "SIGWINCH"])
def test_a_signal_sent_to_the_whole_group_reaches_the_script_once(waiting, name):
    process, _ = waiting(COUNTING)
    assert process.stdout.readline() == "armed\n"
    os.killpg(process.pid, getattr(signal, name))
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (5, "1\n", "")


def test_an_alarm_set_before_us_rings_in_the_script(waiting, made, environ, tmp_path, script):
    path = script("import signal, time\nsignal.signal(signal.SIGALRM, lambda *_: exit(4))\ntime.sleep(60)\n")
    argv = Ways(made, "supervise", environ, tmp_path).through(str(path))
    done = subprocess.run(argv, env=environ, preexec_fn=lambda: signal.alarm(2), timeout=60, check=False)
    assert done.returncode == 4


def test_a_signal_goes_on_though_the_whole_group_was_stopped_and_only_the_parent_continued(waiting):
    process, _ = waiting(
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(6)); print('armed', flush=True); time.sleep(60)"
    )
    assert process.stdout.readline() == "armed\n"
    os.killpg(process.pid, signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    os.kill(process.pid, signal.SIGCONT)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 6


def test_a_script_that_a_signal_ends_ends_its_parent_with_the_same(waiting):
    process, _ = waiting("time.sleep(60)")
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_a_stopped_script_stops_its_parent_in_the_same_way_and_both_go_on(waiting, number):
    process, script = waiting("sys.stdout.flush(); sys.stdin.read(); print('done')")
    os.kill(script, number)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert os.WSTOPSIG(status) == number
    os.killpg(process.pid, signal.SIGCONT)
    output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "done\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the system has nothing of the kind")
def test_a_killed_parent_takes_the_script_along(waiting):
    process, script = waiting("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    process.kill()
    until(lambda: gone(script))


def test_output_is_captured_however_much_it_is(run):
    outcome = run("import sys\nfor n in range(50000): print(n); print(n, file=sys.stderr)", capture=True)
    assert (outcome.status, outcome.signal, outcome.timed_out) == (0, None, False)
    assert outcome.output.splitlines() == outcome.errors.splitlines() == [str(n) for n in range(50000)]


def test_what_is_no_text_is_captured_too(run):
    assert run(r"import sys; sys.stdout.buffer.write(b'a\xff\r\nb')", capture=True).output == "a\ufffd\r\nb"


@pytest.mark.parametrize("capture", [True, False])
def test_standard_input_can_be_given(run, capture, tmp_path):
    source = "import sys, hashlib; open('told', 'w').write(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"
    run(source, capture=capture, stdin="x" * 1_000_000, cwd=tmp_path)
    assert (tmp_path / "told").read_text() == hashlib.sha256(b"x" * 1_000_000).hexdigest()


def test_a_captured_script_reads_nothing_of_ours(run):
    assert run("print(repr(input()))\n", capture=True).errors.endswith("EOFError: EOF when reading a line\n")


def test_variables_and_working_folder_can_be_given(run, tmp_path):
    outcome = run(
        "import os; print(os.getcwd(), os.environ['A'], os.environ.get('HOME'))",
        capture=True,
        cwd=tmp_path,
        env={"A": "b"},
    )
    assert outcome.output == f"{tmp_path} b None\n"


def test_a_signal_and_its_status_are_told(run):
    outcome = run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", capture=True)
    assert (outcome.status, outcome.signal) == (128 + 9, 9)


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_script_that_is_out_of_time_ends_with_all_it_started(run, tmp_path, stubborn):
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    outcome = run(
        ignore + "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\ntime.sleep(600)",
        capture=True, timeout=1.5,
    )  # fmt: skip
    assert outcome.timed_out
    assert outcome.signal == (signal.SIGKILL if stubborn else signal.SIGTERM)
    until(lambda: gone(int(outcome.output)))


def test_time_runs_out_without_capture_and_beside_other_threads(run):
    assert run("import time; time.sleep(600)", timeout=0.5).timed_out
    told: list[runs.Outcome] = []
    thread = threading.Thread(target=lambda: told.append(run("import time; time.sleep(600)", timeout=0.5)))
    thread.start()
    thread.join(60)
    assert (told[0].timed_out, told[0].signal) == (True, signal.SIGTERM)


def test_a_process_left_behind_does_not_keep_the_outcome(run):
    outcome = run("import subprocess; print(subprocess.Popen(['sleep', '20']).pid)", capture=True)
    os.kill(int(outcome.output), signal.SIGKILL)
    assert (outcome.status, outcome.timed_out) == (0, False)


def test_a_python_that_cannot_be_started_is_named(run, made):
    python = made / "bin" / "python"
    aside = python.with_name("aside")
    python.rename(aside)
    try:
        with pytest.raises(runs.CannotStart) as caught:
            run("print(1)", capture=True)
    finally:
        aside.rename(python)
    assert caught.value.why == ("No such file or directory",)
    assert caught.value.hints == (f"have the environment made again: `roost env rm {made.name}`",)


def test_arguments_larger_than_the_system_allows_are_named(run):
    with pytest.raises(runs.CannotStart, match="larger than the system allows"):
        run("", "x" * (1 << 22), capture=True)


def test_a_supervised_run_is_noted_and_holds_its_environment(run, made, home):
    probe = f"""
import fcntl, os
assert os.path.exists({str(made / ".used")!r})
with open({str(home / "state/locks" / f"use-{made.name}")!r}) as file:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("held")
"""
    assert run(probe, capture=True).output == "held\n"
    assert run(probe, capture=True).output == "held\n"


def test_a_script_finds_no_child_and_no_open_descriptor_of_roosts_at_any_start(roost, script):
    path = script("""
import os
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print(sorted(int(one) for one in os.listdir("/proc/self/fd"))[:3], "no child")
""")
    for _ in range(3):
        assert roost("run", path).output == "[0, 1, 2] no child\n"
