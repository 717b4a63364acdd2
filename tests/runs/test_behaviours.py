"""What a script sees and does under roost is what it sees and does under its environment's own Python."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.covers("C1")

ROOM, COMMANDS = ["execute", "supervise"], ["run", "report"]
SEEN = """
import json, os, signal, sys
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "argv": sys.argv, "orig_argv": getattr(sys, "orig_argv", None), "path": sys.path, "file": globals().get("__file__"), "name": __name__,
    "package": __package__, "spec": __spec__ is None, "doc": __doc__, "names": sorted(globals()), "cwd": os.getcwd(),
    "executable": sys.executable, "prefix": sys.prefix, "flags": str(sys.flags), "xoptions": str(sys._xoptions), "warn": sys.warnoptions,
    "ignored": status["SigIgn"], "blocked": status["SigBlk"], "caught": status["SigCgt"], "umask": status["Umask"],
    "descriptors": sorted(os.listdir("/proc/self/fd")),
    "streams": [(stream.encoding, stream.errors, stream.line_buffering, stream.isatty()) for stream in (sys.stdin, sys.stdout, sys.stderr)],
    "environ": {name: value for name, value in os.environ.items() if name not in ("_", "ROOST_RUN", "PATH")},
    "PATH": [part for part in os.environ["PATH"].split(":") if "/additions/" not in part],  # for what pip installs meanwhile
}, sort_keys=True))
"""


def seen(ended) -> dict:
    assert ended.errors == b""
    return json.loads(ended.output)


def test_everything_a_script_can_look_at_is_the_same(same, script):
    told = seen(same(str(script(SEEN)), "a"))
    assert told["argv"][1:] == ["a"]


ARGUMENTS = ["-h", "--version", "--", "-c", "a b", "'", '"', "", "x\ny", "é", "--python", "$HOME", "*", "\\", "\udcff"]


def test_arguments_arrive_as_they_stand(same, script):
    told = seen(same(str(script(SEEN)), *ARGUMENTS))
    assert told["argv"][1:] == ARGUMENTS


@pytest.mark.parametrize("name", [
    "with blank.py", "'single'.py", 'a"b.py', "new\nline.py", "größe-日本.py", "$HOME.py", "semi;colon.py", "back\\slash.py", "noend", "deep/er.py",
    "\udcff.py", "it.pyw",
])  # fmt: skip
def test_any_name_can_be_run(same, script, name):
    path = script(SEEN, "placeholder.py")
    target = path.parent / name
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    assert seen(same(name))["argv"] == [name]
    assert seen(same(f"./{name}", "x"))["argv"] == [f"./{name}", "x"]


def test_a_name_with_a_leading_hyphen_can_be_run(same, script):
    script(SEEN, "-v.py")
    assert seen(same("-v.py", "x", plain=("--", "-v.py", "x")))["argv"] == ["-v.py", "x"]
    assert seen(same("./-v.py"))["argv"] == ["./-v.py"]


def test_a_script_reached_by_a_link_imports_from_its_real_folder(same, script):
    path = script("import beside, sys; print(beside.__file__, sys.path[0], __file__)", "real/it.py")
    script("", "real/beside.py")
    link = path.parent.parent / "link.py"
    link.symlink_to(path)
    assert same("link.py").status == 0


def test_the_working_folder_is_the_users(same, script, tmp_path):
    path = script("import os; print(os.getcwd()); open('made', 'w')", "below/it.py")
    other = tmp_path / "elsewhere"
    other.mkdir()
    same(f"../work/below/{path.name}", cwd=other)
    assert (other / "made").exists()


@pytest.mark.parametrize("text", [b"", b"one\ntwo\n", bytes(range(256)) * 1000], ids=["empty", "lines", "bytes"])
def test_standard_input_is_the_scripts(same, script, text):
    path = script(
        "import sys, hashlib; data = sys.stdin.buffer.read(); print(len(data), hashlib.sha256(data).hexdigest())"
    )
    assert same(str(path), input=text).output.startswith(str(len(text)).encode())


def test_standard_input_is_read_from_where_it_stands(ways, script, tmp_path):
    (tmp_path / "text").write_bytes(b"first\nsecond\nthird\n")
    path = script("import sys; print(sys.stdin.readline())")
    line = 'read -r first <&0; "$@"; echo $first; head -n 1'
    told = []
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        with (tmp_path / "text").open("rb") as text:
            told.append(ways.run(["bash", "-c", line, "bash", *argv], environ, stdin=text))
    assert told[0] == told[1]
    assert told[0].output.startswith(b"second")


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closed_streams_stay_closed(same, script, closed):
    path = script("""
        import os, sys
        with open("told", "w") as told:
            print([stream is None for stream in (sys.stdin, sys.stdout, sys.stderr)], sorted(os.listdir("/proc/self/fd")), file=told)
        print(open("told").read())
    """.replace("\n        ", "\n"))  # fmt: skip
    same(str(path), preexec_fn=lambda: os.close(closed))


@pytest.mark.parametrize("status", ["0", "1", "2", "42", "255", "256", "-1", "None", "'a sentence'", "True", "3.5"])
def test_exit_statuses_are_the_scripts(same, script, status):
    same(str(script(f"import sys; sys.exit({status})")))


@pytest.mark.parametrize(
    "name", ["SIGTERM", "SIGKILL", "SIGABRT", "SIGSEGV", "SIGINT", "SIGHUP", "SIGPIPE", "SIGUSR1", "SIGQUIT"]
)
def test_death_by_a_signal_is_seen_as_one(ways, script, name):
    path = script(
        f"import os, signal; signal.signal(signal.{name}, signal.SIG_DFL) if '{name}' != 'SIGKILL' else 0; os.kill(os.getpid(), signal.{name})"
    )
    plain, through = ways.both(str(path), preexec_fn=no_core)
    assert through.status == plain.status == -getattr(signal, name)
    assert through.output == plain.output
    said = ways.how == "run" and name in ("SIGKILL", "SIGSEGV")  # nobody else would
    assert through.errors.startswith(plain.errors)
    assert bool(through.errors[len(plain.errors) :]) == said


def no_core() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def test_os_exit_flushes_nothing(same, script):
    ended = same(str(script("import os, sys; sys.stdout.write('lost'); os.write(1, b'kept'); os._exit(7)")))
    assert (ended.status, ended.output) == (7, b"kept")


def test_exit_handlers_threads_and_finalizers_run(same, script):
    path = script("""
import atexit, threading
atexit.register(print, "first registered"); atexit.register(print, "last registered")
class Thing:
    def __del__(self): print("thing gone")
thing = Thing()
ready = threading.Event()
def work():
    ready.wait(); print("thread done")
threading.Thread(target=work).start()
print("main done"); ready.set()
""")
    assert same(str(path)).output.splitlines() == [
        b"main done",
        b"thread done",
        b"last registered",
        b"first registered",
        b"thing gone",
    ]


@pytest.mark.parametrize("source", [
    "def f(n):\n    return 1 / n\n\ntry:\n    f(0)\nexcept ZeroDivisionError as e:\n    raise ValueError('größe') from e\n",
    "import beside\nbeside.fail()\n", "raise KeyboardInterrupt\n", "raise SystemExit('sentence')\n", "def f(): f()\nf()\n", "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])\n", "x = '\\ud800'; print(x)\n",
    "import threading\nt = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()\n", "import warnings; warnings.warn('old')\n",
])  # fmt: skip
def test_tracebacks_are_the_same_to_the_letter(same, script, source):
    script("def fail():\n    raise RuntimeError('from beside')\n", "beside.py")
    script(source)
    assert b"stub.py" not in same("it.py").errors


@pytest.mark.parametrize("ways", ROOM, indirect=True)
@pytest.mark.parametrize("source", ["print('a'\n", "import not_there_at_all\n"])
def test_tracebacks_that_the_command_foresees_are_the_same_from_the_room(same, script, source):
    script(source)
    assert same("it.py").status == 1


@pytest.mark.parametrize("ways", COMMANDS, indirect=True)
def test_a_traceback_follows_what_the_command_foresaw(ways, script):
    script("import not_there_at_all\n")
    plain, through = ways.both("it.py")
    assert (through.status, through.output) == (plain.status, plain.output)
    assert through.errors.endswith(plain.errors)


@pytest.mark.parametrize(
    "method", ["fork", *(pytest.param(one, marks=pytest.mark.thorough) for one in ("spawn", "forkserver"))]
)
def test_processes_can_be_started_in_every_way(same, script, method):
    path = script(f"""
import multiprocessing, sys, warnings
def work(n): return n * n, sys.prefix, __name__
if __name__ == "__main__":
    multiprocessing.set_start_method("{method}")
    with multiprocessing.Pool(2) as pool:
        print(sorted(pool.map(work, range(4))))
""")
    assert same(str(path)).status == 0


def test_children_are_the_environments(same, script, ways):
    path = script("""
import subprocess, sys, shutil, os
for argv in ([sys.executable], ["python"], ["python3"]):
    print(subprocess.run([*argv, "-c", "import sys; print(sys.prefix, sys.path)"], capture_output=True, text=True).stdout)
print(shutil.which("python"), os.environ["VIRTUAL_ENV"])
os.system("trap; kill -s 0 $$; grep SigIgn /proc/self/status")
print(subprocess.run("grep -e SigIgn -e SigBlk /proc/self/status", shell=True, capture_output=True).stdout)
""")
    assert same(str(path)).output.count(str(ways.environment).encode()) >= 5


def test_descriptors_handed_over_are_there_and_no_others(ways, script):
    path = script("import os, sys; os.write(int(sys.argv[1]), b'hello'); print(sorted(os.listdir('/proc/self/fd')))")
    told = []
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        reading, writing = os.pipe()
        ended = ways.run([*argv, str(writing)], environ, pass_fds=(writing,))
        os.close(writing)
        told.append((ended, os.read(reading, 100)))
        os.close(reading)
    assert told[0] == told[1]
    assert told[0][1] == b"hello"


def test_the_reader_of_a_pipe_may_leave(ways, script):
    path = script("for n in range(100000): print(n)")
    told = []
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        line = 'set -o pipefail; "$@" | head -n 1; echo ${PIPESTATUS[0]}'
        told.append(ways.run(["bash", "-c", line, "bash", *argv], environ))
    assert told[0] == told[1]
    assert told[0].output.startswith(b"0\n")


@pytest.mark.parametrize("umask", [0o000, 0o027, 0o077])
def test_the_umask_is_the_users(ways, script, umask):
    path = script("open('made', 'w').close()")
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        ways.run(argv, environ, umask=umask)
        assert stat.S_IMODE((ways.cwd / "made").stat().st_mode) == 0o666 & ~umask
        (ways.cwd / "made").unlink()


@pytest.mark.parametrize("locale", [
    {}, {"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LANG": "", "LC_CTYPE": "C.UTF-8"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "0"},
    {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1:replace"},
], ids=lambda locale: " ".join(f"{name}={value}" for name, value in locale.items()) or "UTF-8")  # fmt: skip
def test_locale_and_encodings_are_the_users(same, script, locale):
    path = script(
        SEEN + "\nimport locale; print(locale.getpreferredencoding(False), sys.getfilesystemencoding(), 'é'.encode())"
    )
    assert same(str(path), "é", environ=locale).status == 0


@pytest.mark.parametrize("variables", [
    {"PYTHONUNBUFFERED": "1"}, {"PYTHONOPTIMIZE": "2"}, {"PYTHONDONTWRITEBYTECODE": "1"}, {"PYTHONWARNINGS": "error"}, {"PYTHONHASHSEED": "7"},
    {"PYTHONSAFEPATH": "1"}, {"PYTHONDEVMODE": "1"}, {"PYTHONPATH": "/somewhere:/else"}, {"PYTHONNOUSERSITE": "1"}, {"PYTHONUSERBASE": "/nowhere"},
], ids=lambda variables: next(iter(variables)))  # fmt: skip
def test_variables_for_python_that_a_user_means_are_obeyed(same, script, variables):
    path = script(SEEN + "print(hash('a') if 'PYTHONHASHSEED' in os.environ else '')")
    assert same(str(path), environ=variables).status == 0


def test_unbuffered_output_is_written_at_once(ways, script):
    path = script("import sys; sys.stdout.write('soon'); sys.stdin.read()")
    for argv, environ in ((ways.plainly(str(path)), ways.activated()), (ways.through(str(path)), ways.environ)):
        process = subprocess.Popen(
            argv, env=environ | {"PYTHONUNBUFFERED": "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert os.read(process.stdout.fileno(), 100) == b"soon"  # while it waits for us
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_what_the_user_ignores_stays_ignored(same, script, number):
    same(str(script(SEEN)), preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))


@pytest.mark.parametrize("ways", ROOM, indirect=True)
def test_children_that_nobody_waits_for_stay_unwaited(same, script):
    """The command cannot: dash, with which it begins, resets this one at its start."""
    same(str(script(SEEN)), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))


def test_what_the_user_blocks_stays_blocked(same, script):
    told = seen(same(str(script(SEEN)), preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})))
    assert int(told["blocked"], 16) == 1 << (signal.SIGUSR2 - 1)


def test_limits_are_the_users(same, script):
    import resource

    path = script("import resource, os; print([resource.getrlimit(n) for n in range(10)], os.nice(0))")
    same(str(path), preexec_fn=lambda: (resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99)), os.nice(3)))


def test_a_folder_runs_as_python_runs_it(same, script):
    script(SEEN, "tool/__main__.py")
    assert seen(same("tool", "x", form="folder"))["argv"] == ["tool", "x"]


def test_a_zipapp_runs_as_python_runs_it(same, script):
    path = script(SEEN)
    with zipfile.ZipFile(path.with_name("tool.pyz"), "w") as archive:
        archive.writestr("__main__.py", SEEN)
    same("tool.pyz", "x", form="zipapp")


def test_a_module_runs_as_python_runs_it(same, script):
    script(SEEN, "tool/__main__.py")
    assert seen(same("tool", "-h", plain=("-m", "tool", "-h"), form="module"))["argv"][1:] == ["-h"]


def test_a_program_given_as_text_runs_as_python_runs_it(same):
    assert seen(same(SEEN, "-h", plain=("-c", SEEN, "-h"), form="command"))["argv"] == ["-c", "-h"]


@pytest.mark.parametrize(
    "rest", ["", "raise ValueError('größe')", "print(repr(sys.stdin.read()))", "# " + "x" * 200_000]
)
def test_a_program_on_standard_input_runs_as_python_runs_it(same, rest):
    same("-", "x", form="stdin", input=(SEEN + rest + "\n").encode())


def test_a_notebook_runs_as_if_it_were_a_file_of_its_folder(ways, script):
    script("VALUE = 3\n", "beside.py")
    program = (
        "import multiprocessing, sys, beside, os\ndef work(n): return n + beside.VALUE\nif __name__ == '__main__':\n"
    )
    program += "    with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(work, [1]))\n"
    program += "    print(sys.argv, __file__, sys.path[0], sorted(globals())[-4:])\n    1 / 0\n"
    script(program, "note book.program")
    cell = {
        "cell_type": "code",
        "source": program.splitlines(keepends=True),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    script(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "note book.ipynb")
    ended = ways.run(ways.through("note book.ipynb", "x", form="notebook"), ways.environ)
    lines = ended.output.decode().splitlines()
    assert lines[0] == "[4]"
    assert lines[1].startswith(str(["note book.ipynb", "x"])[:-1])
    assert f"{ways.cwd}/note book.ipynb {ways.cwd} ['os', 'pool', 'sys', 'work']" in lines[1]
    errors = ended.errors.decode().splitlines()
    assert errors[0] == "Traceback (most recent call last):"
    assert errors[1].endswith('note book.py", line 6, in <module>')
    assert errors[2:] == ["    1 / 0", "    ~~^~~", "ZeroDivisionError: division by zero"]


def test_a_first_line_can_name_roost(ways, script):
    path = script("import sys; print(sys.argv)")
    command = Path(ways.cwd, "command")
    command.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in ways.through()) + ' "$@"\n')
    command.chmod(0o755)
    path.write_text(f"#!/usr/bin/env -S {command}\nimport sys; print(sys.argv)\n")
    path.chmod(0o755)
    assert ways.run(["./it.py", "a b", "-h"], ways.environ).output == b"['./it.py', 'a b', '-h']\n"


@pytest.mark.covers("C2")
def test_the_run_that_builds_and_those_that_find_are_the_same(index, roost, script):
    index.add("soup", "2.0", requires=("stock",))
    index.add("stock", "1.4")
    script("import json, soup, stock\n" + SEEN + "sys.exit(soup.__version__ + stock.__version__)")
    variables = {"PWD": str(roost.cwd), "SHLVL": "1"}
    first = roost("run", "--with", "soup", "--with", "stock", "it.py", "-h", **variables)
    environment = json.loads(first.output)["prefix"]
    activated = (
        roost.environ | variables | {"PATH": f"{environment}/bin:{roost.environ['PATH']}", "VIRTUAL_ENV": environment}
    )
    plain = subprocess.run(
        [f"{environment}/bin/python", "it.py", "-h"],
        env=activated, cwd=roost.cwd, input="", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (first.status, first.output, first.errors.splitlines()[-1]) == (1, plain.stdout, "2.01.4")
    later = roost("run", "--with", "soup", "--with", "stock", "it.py", "-h", **variables)
    assert (later.status, later.output, later.errors) == (1, plain.stdout, plain.stderr)
