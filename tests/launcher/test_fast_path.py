"""The second run: what the launcher starts by itself, and every way in which its record can be wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roost import home as homes
from roost.records import fragments
from roost.runs import records
from tests import parts
from tests.lasting import Lasting, lasting

LAUNCHER = Path(__file__).parent.parent.parent / "src/roost/launcher/roost"
SHELLS = {
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "busybox": ["busybox", "sh"],
    "zsh": ["zsh", "--emulate", "sh"],
    "mksh": ["ksh"],
}
SOURCE = "import one, soup, sys\nsys.path.append('lib')\nprint(soup.__version__, one.VALUE, sys.argv[1:])\n"


@pytest.fixture(params=SHELLS)
def shell(request):
    words = SHELLS[request.param]
    parts.program(words[0])
    return words


class Warm:
    """A script that ran; from now on only the launcher is asked, which has no Python of ours to fall back on."""

    def __init__(self, roost, path: Path, folder: Path):
        self.roost, self.path, self.work = roost, path, path.parent
        self.home = homes.locate(roost.environ)
        self.launcher = folder / "roost"

    def begin(self) -> None:
        self.launcher.parent.mkdir()
        shutil.copy(LAUNCHER, self.launcher)
        self.launcher.with_name("roost-python").write_text("#!/bin/false\n")
        for source, needed in (("one.py", "two"), ("two.py", "three"), ("three.py", None)):
            (self.work / source).write_text(f"from {needed} import VALUE\n" if needed else "VALUE = 3\n")
        time.sleep(0.1)  # the files have to rest before anybody begins to read
        assert self.roost("run", self.path).status == 0

    @property
    def environment(self) -> Path:
        return next(path for path in self.home.environments.iterdir() if path.name.startswith("soup-"))

    def run(self, shell, *arguments, file="it.py", **environ):
        return subprocess.run(
            [*shell, self.launcher, "run", file, *arguments], cwd=self.work, env=self.roost.environ | environ,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def hits(self, shell, **more):
        done = self.run(shell, **more)
        assert (done.returncode == 0) == bool(done.stdout)
        assert done.returncode in (0, 1), done.stderr  # 1: that of the program in our Python's place
        return done.returncode == 0


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Iterator[Lasting]:
    with lasting(tmp_path_factory.mktemp("ran") / "it") as found:
        found.index.add("soup", "1.0")
        (found.work / "it.py").write_text(SOURCE)
        with found.command() as roost:
            Warm(roost, found.work / "it.py", found.folder / "launcher").begin()
        found.keep()
        yield found


@pytest.fixture
def warm(ran: Lasting) -> Iterator[Warm]:
    ran.bring_back()
    with ran.command() as roost:
        yield Warm(roost, ran.work / "it.py", ran.folder / "launcher")


@pytest.fixture
def sh(warm):
    """Check that the record is right before a test makes it wrong."""
    assert warm.hits(["sh"])
    return ["sh"]


@pytest.mark.covers("C3")
def test_a_script_that_ran_starts_without_a_python_of_ours(warm, shell):
    done = warm.run(shell, "-h", "--", "--version", "a b", "--")
    assert (done.stdout, done.stderr) == ("1.0 3 ['-h', '--', '--version', 'a b', '--']\n", "")
    assert warm.run(shell, "--", "--", "x").stdout == "1.0 3 ['--', 'x']\n"
    assert warm.hits(shell, file=str(warm.path))
    assert warm.hits(shell, file="./it.py")


def test_variables_are_those_of_an_activated_environment(warm, sh):
    warm.path.write_text(
        f"{SOURCE}import os\nprint(os.environ['PATH'], os.environ['VIRTUAL_ENV'], os.environ.get('CONDA_PREFIX'))\n"
    )
    time.sleep(0.1)
    slow = warm.roost("run", warm.path).output
    assert warm.run(sh, CONDA_PREFIX="/conda", VIRTUAL_ENV="/other").stdout == slow


def test_an_edit_is_seen_to_the_nanosecond(warm, shell):
    assert warm.hits(shell)
    facts = warm.path.stat()
    second = 1_000_000_000 if shell[0] == "busybox" else 1  # which compares whole seconds
    for step in (second, -second):
        os.utime(warm.path, ns=(facts.st_atime_ns, facts.st_mtime_ns + step))
        assert not warm.hits(shell)
    os.utime(warm.path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert warm.hits(shell)


def change_local(warm):
    (warm.work / "three.py").write_text("VALUE = 4\n")


def old_time(warm):
    warm.path.write_text("print('older')\n")
    os.utime(warm.path, (1, 1))


def turn_link(warm):
    other = warm.work / "other.py"
    other.write_text("print('other')\n")
    warm.path.unlink()
    warm.path.symlink_to(other)


def shadow(warm):
    (warm.work / "soup.py").write_text("__version__ = 'own'\n")


def shadow_link(warm):
    (warm.work / "soup").symlink_to("nowhere")


def require(warm):
    (warm.work / "requirements.txt").write_text("soup==0.0.1\n")


def settings(warm):
    homes.write(warm.home.settings_file, "offline = true\n")


def lose_environment(warm):
    shutil.rmtree(warm.environment)


def lose_interpreter(warm):
    (warm.environment / "bin/python").unlink()


def lose_manifest(warm):
    (warm.environment / "roost.json").write_text("")


def other_interpreter(warm):
    python = warm.environment / "bin/python"
    python.unlink()
    shutil.copy("/bin/sh", python)


def lose_stamps(warm):
    shutil.rmtree(warm.home.launcher / "stamps")


def cut_record(warm):
    record = next(warm.home.launcher.rglob(".record"))
    record.write_text(record.read_text()[:-60])


def expire(warm):
    last = max((warm.home.launcher / "stamps").iterdir(), key=lambda path: int(path.name))
    assert int(last.name) > time.time_ns()
    os.utime(last, (1, 1))


def source_folder(warm):
    (warm.work / "src/soup").mkdir(parents=True)


def searched_folder(warm):
    (warm.work / "lib/soup").mkdir(parents=True)


def uv_configuration(warm):
    homes.write(Path(warm.roost.environ["HOME"], ".config/uv/uv.toml"), "")


def pip_configuration(warm):
    homes.write(Path(warm.roost.environ["HOME"], ".config/pip/pip.conf"), "")


def another_lock(warm):
    [request] = warm.home.requests.iterdir()
    os.utime(request)


CHANGES = [
    source_folder, searched_folder, uv_configuration, pip_configuration, another_lock, change_local, old_time, turn_link, shadow, shadow_link, require, settings, lose_environment, lose_interpreter,
    lose_manifest, other_interpreter, lose_stamps, cut_record, expire,
]  # fmt: skip


@pytest.mark.covers("C3")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_seen(change, warm, sh):
    change(warm)
    assert not warm.hits(sh)


@pytest.mark.parametrize(
    "name",
    [
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "ROOST_PYTHON",
        "ROOST_OFFLINE",
        "ROOST_INDEX_URL",
        "ROOST_MEND",
        "PYTHONPATH",
        "PYTHONHOME",
        "UV_INDEX_URL",
        "ROOST_INDEX_DEFAULT_USERNAME",
        "ROOST_INDEX_DEFAULT_PASSWORD",
        "UV_INDEX_DEFAULT_USERNAME",
        "UV_INDEX_DEFAULT_PASSWORD",
    ],
)
def test_a_variable_that_matters_is_seen(name, warm, sh):
    assert not warm.hits(sh, **{name: "changed"})


def test_a_file_of_the_active_environment_that_names_an_index_is_seen(warm, sh, tmp_path):
    assert warm.hits(sh, VIRTUAL_ENV=str(tmp_path))
    (tmp_path / "pip.conf").write_text("")
    assert not warm.hits(sh, VIRTUAL_ENV=str(tmp_path))


def test_another_environments_distributions_are_taken_from_pythonpath_each_time(warm, sh):
    other = {"PYTHONPATH": "/elsewhere/site-packages"}
    said = [warm.roost("run", warm.path, **other).errors for _ in range(2)]
    assert "/elsewhere/site-packages" in said[0]
    assert said[0] == said[1]
    assert not warm.hits(sh, **other)


def test_options_another_place_and_another_name_go_the_whole_way(warm, sh):
    assert not warm.hits(sh, file="-v")
    (warm.work / "more").mkdir()
    assert not warm.hits(sh, file="more/../it.py")
    warm.path.rename(warm.work / "moved.py")
    assert not warm.hits(sh, file="moved.py")
    assert not warm.hits(sh)


def test_a_file_that_did_not_rest_has_no_record(index, roost, script, tmp_path):
    index.add("soup")
    path = script("import soup\n")
    os.utime(path, ns=(time.time_ns() + 10**12,) * 2)
    for _ in range(2):
        assert roost("run", path).status == 0
    assert not list(homes.locate(roost.environ).launcher.rglob(".record"))


def test_where_the_shell_sees_only_seconds_files_rest_longer(tmp_path, monkeypatch):
    shell = tmp_path / "sh"
    shell.write_text('#!/bin/sh\nexec busybox sh "$@"\n')
    shell.chmod(0o755)
    parts.program("busybox")
    monkeypatch.setattr(fragments, "SHELL", str(shell))
    home = homes.Home(*(tmp_path / name for name in "abcd"))
    assert not records._sharp(home)
    monkeypatch.undo()
    assert records._sharp(home)


def test_where_something_is_to_be_said_there_is_no_record(index, roost, script):
    path = script("try:\n    import utils\nfinally:\n    raise SystemExit(0)\n")
    time.sleep(0.1)
    said = [roost("run", path).errors for _ in range(3)]
    assert said[0]
    assert said[0] == said[1] == said[2]


def test_names_with_quotes_and_blanks_have_records_and_newlines_have_none(warm, sh):
    for name, hit in (('it\'s $HOME `x` "y" ü.py', True), ("a\nb.py", False)):
        warm.path.rename(path := warm.work / name)
        warm.path = path
        time.sleep(0.1)
        assert warm.roost("run", path).status == 0
        assert warm.hits(sh, file=name) == hit


def written(environment: Path) -> list[str]:
    return [path.name for path in environment.rglob("*.pyc") if "soup" in str(path.relative_to(environment))]


def test_the_second_run_finds_the_bytecode_that_the_first_has_written(warm, sh):
    assert written(warm.environment)
    assert not (warm.environment / ".compiled").exists()


def test_where_runs_write_no_bytecode_the_launcher_begins_when_all_is_compiled(index, roost, script, tmp_path):
    index.add("soup", "1.0")
    roost.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    warm = Warm(roost, script(SOURCE), tmp_path / "launcher")
    warm.begin()
    assert not warm.hits(["sh"])
    assert roost("run", warm.path).status == 0
    deadline = time.monotonic() + 60
    while not (warm.environment / ".compiled").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert written(warm.environment)
    assert warm.hits(["sh"])


def test_a_script_that_failed_has_no_record(index, roost, script):
    path = script("import sys; sys.exit(len(sys.argv) - 1)\n")
    time.sleep(0.1)
    launcher = homes.locate(roost.environ).launcher
    assert roost("run", path, "x").status == 1
    assert not list(launcher.rglob(".record"))
    assert roost("run", path).status == 0
    assert list(launcher.rglob(".record"))


EDITS = {
    "the script": ("it.py", "print('edited')\n"),
    "a module": ("one.py", "VALUE = 'edited'\n"),
    "a requirement": ("requirements.txt", "soup==2.0\n"),
}


@pytest.mark.covers("C3")
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_while_the_first_run_lasts_is_seen_by_the_second(index, roost, script, edit):
    index.add("soup", "1.0")
    index.add("soup", "2.0")
    script("VALUE = 3\n", "one.py")
    script("soup==1.0\n", "requirements.txt")
    source = "import one, soup, sys; print(soup.__version__, one.VALUE, flush=True); sys.argv[1:] and input()\n"
    path = script(source)
    time.sleep(0.1)
    process = subprocess.Popen(
        [roost.command, "run", path, "wait"],
        env=roost.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "1.0 3\n"
    name, text = EDITS[edit]
    beside = path.with_name("beside")
    beside.write_text(text)
    facts = path.with_name(name).stat()
    os.utime(beside, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # as editors that keep times, and `cp -p`, leave it
    beside.replace(path.with_name(name))
    process.communicate("\n")
    assert process.returncode == 0
    said = roost("run", path).output
    assert said in ("edited\n", "1.0 edited\n", "2.0 3\n")


def test_an_edit_during_the_build_is_seen_by_the_second_run(index, roost, script):
    index.add("soup", "1.0")
    path = script("import soup\nprint('first')\n")
    time.sleep(0.1)
    asked = index.hold("soup-1.0")
    process = roost.start("run", path)
    assert asked.wait(60)
    path.write_text("import soup\nprint('second')\n")
    index.release("soup-1.0")
    assert process.communicate(timeout=60)[0] == "second\n"
    path.write_text("import soup\nprint('third')\n")
    assert roost("run", path).output == "third\n"


def test_settings_that_were_there_while_it_was_read_are_not_taken_for_absent(index, roost, script):
    index.add("soup", "1.0")
    home = homes.locate(roost.environ)
    homes.write(home.settings_file, "[lock]\nmax_age_days = 9\n")
    path = script(f"import os\nos.unlink({str(home.settings_file)!r})\n")
    time.sleep(0.1)
    assert roost("run", path).status == 0
    assert not list(home.launcher.rglob(".record"))


def test_a_lock_that_was_asked_again_while_the_script_ran_is_not_pinned(index, roost, script):
    index.add("soup", "1.0")
    path = script("import soup, sys\nprint(soup.__version__, flush=True)\nsys.argv[1:] and input()\n")
    time.sleep(0.1)
    process = subprocess.Popen(
        [roost.command, "run", path, "wait"],
        env=roost.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "1.0\n"
    index.add("soup", "2.0")
    assert roost("run", "--upgrade", path).output == "2.0\n"
    process.communicate("\n")
    assert roost("run", path).output == "2.0\n"
