"""A text that ran starts without being read, wherever it is next; and every way in which that could be wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import roost
from roost import home as homes
from roost.digests import sha256
from roost.distributions import remembered
from roost.records import collecting, grounds, known, sealed
from roost.settings import load
from tests.records.conftest import DECLARED, SOURCE

LOOK = """
import json, os, signal, sys
print(json.dumps([
    sys.argv, sys.path[0], __file__ if "__file__" in globals() else None,
    {name: value for name, value in os.environ.items() if name != "ROOST_RUN"}, sys.stdin.read(), sys.flags.isolated,
    [str(signal.getsignal(one)) for one in (signal.SIGPIPE, signal.SIGINT, signal.SIGXFSZ)],
    sorted(os.listdir("/proc/self/fd")), os.getcwd(), os.path.basename(sys.executable), sys.prefix,
], sort_keys=True))
"""


def write(folder: Path, text: str = SOURCE, name: str = "new.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.covers("C3")
def test_a_known_text_starts_unread_at_a_new_path_on_standard_input_and_as_text(learned, place):
    assert learned.ask("run", write(place), "-h", "--", "x").output == "1.0 ['-h', '--', 'x']\n"
    assert learned.ask("run", "new.py", "--", "--version", cwd=place).output == "1.0 ['--version']\n"
    assert learned.ask("run", "-", "--", "a", stdin=SOURCE.encode()).output == "1.0 ['a']\n"
    assert learned.ask("run", "-c", SOURCE, "--", "a b").output == "1.0 ['a b']\n"


@pytest.mark.parametrize("first", ["-", "-c"])
@pytest.mark.thorough
def test_a_text_without_a_file_is_known_in_one(first, memory, place):
    words, stdin = (("-c", SOURCE), "") if first == "-c" else (("-",), SOURCE)
    memory.learn("run", *words, stdin=stdin)
    assert memory.knows("run", write(place))
    assert memory.knows("run", "-c", SOURCE)


def test_another_text_and_options_go_the_whole_way(learned, place):
    path = write(place)
    assert learned.knows("run", path)
    for words in (
        ("-v", path),
        ("--", path),
        ("-m", "soup"),
        ("-c",),
        (f"-c{SOURCE}",),
        (),
        ("",),
        (place / "gone.py",),
    ):
        assert not learned.knows("run", *words)
    write(place, SOURCE + "\n")
    assert not learned.knows("run", path)


@pytest.mark.parametrize("how", ["file", "-", "-c"])
def test_what_a_script_sees_is_what_it_sees_when_it_was_read(how, memory, place):
    more = {"CONDA_PREFIX": "/c", "VIRTUAL_ENV": "/v", "PYTHONPATH": "/p", "LC_ALL": "C", "OTHER": "ü"}
    path = write(place, LOOK)
    words, stdin = {"file": ((path,), "input"), "-": (("-",), LOOK), "-c": (("-c", LOOK), "input")}[how]
    slow = memory.learn("run", *words, "--", "--x", stdin=stdin, **more).output
    for record in memory.home.launcher.rglob(".record"):
        record.unlink()
    fast = memory.ask("run", *words, "--", "--x", stdin=stdin.encode(), **more)
    assert fast.status == 0, fast.errors
    assert without_shell(fast.output) == without_shell(slow)


def without_shell(said: str) -> list:
    """The launcher's sh sets a few variables of its own."""
    import json

    found = json.loads(said)
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):
        found[3].pop(name, None)
    found[3]["PATH"] = re.sub(r"/additions/[pt]-\w+/", "/additions/-/", found[3]["PATH"])  # by path, or by text
    return found


@pytest.mark.thorough
def test_a_text_that_is_not_known_is_still_on_standard_input(learned):
    assert learned.roost("run", "-", stdin="import sys\nprint(sys.argv)\n" + "#" * 200_000).output == "['-']\n"


@pytest.mark.thorough
def test_standard_input_that_is_closed_goes_the_whole_way(learned):
    words = f'exec {sys.executable} -I -c \'from roost.records.known import begin; print(begin(["run", "-"]))\' <&-'
    import subprocess

    done = subprocess.run(["sh", "-c", words], env=learned.roost.environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("None\n", "")


# What stands around a script and says something about it.

AROUND = {
    "requirements": "folder/requirements.txt", "its requirements": "folder/new.requirements.txt",
    "lock": "folder/pylock.toml", "its lock": "folder/pylock.new.toml", "project": "folder/pyproject.toml",
    "project above": "pyproject.toml", "package": "folder/__init__.py", "module": "folder/soup.py",
    "folder": "folder/soup/x", "standard library": "folder/json.py", "compiled": "folder/soup.cpython-311.so",
    "source folder": "folder/src/soup.py", "module of the project": "soup.py|setup.py",
    "source of the project": "src/soup/__init__.py|setup.py",
}  # fmt: skip
BY_ITSELF = ("requirements", "its requirements", "project", "project above")  # do not count for a text that declares


def build(project: Path, files: str) -> None:
    for file in files.split("|"):
        path = project / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


@pytest.mark.covers("C3")
@pytest.mark.parametrize("what", AROUND)
@pytest.mark.thorough
def test_what_stands_around_a_script_is_seen(what, learned, place):
    plain, declared = write(place), write(place, DECLARED, "new.declared.py")
    assert learned.knows("run", plain)
    assert learned.knows("run", declared)
    build(place.parent, AROUND[what])
    assert not learned.knows("run", plain)
    if what == "its lock":
        (place / "pylock.new_declared.toml").write_text("")
    if what != "its requirements":
        assert learned.knows("run", declared) == (what in BY_ITSELF)


@pytest.mark.parametrize("file", ["soup.py", "soup/x", "json.py", "src/soup.py"])
@pytest.mark.thorough
def test_modules_in_the_working_folder_are_seen_for_mere_text(file, learned, place):
    build(place, "requirements.txt|pyproject.toml|pylock.toml|__init__.py")  # these are nothing to it
    assert learned.knows("run", "-c", SOURCE, cwd=place)
    assert learned.knows("run", "-", stdin=SOURCE.encode(), cwd=place)
    build(place, file)
    assert not learned.knows("run", "-c", SOURCE, cwd=place)
    assert not learned.knows("run", "-", stdin=SOURCE.encode(), cwd=place)


@pytest.mark.thorough
def test_a_name_that_shadows_an_import_is_seen(learned, place):
    assert learned.knows("run", write(place, name="stock.py"))
    (place / "stock.py").rename(place / "soup.py")
    assert not learned.knows("run", place / "soup.py")


@pytest.mark.parametrize("name", ["new.ipynb", "new.md", "NEW.MD", ".new.py", "new."])
@pytest.mark.thorough
def test_names_that_mean_another_form_are_seen(name, learned, place):
    assert not learned.knows("run", write(place, name=name))


@pytest.mark.thorough
def test_a_first_line_for_a_shell_needs_a_name_for_python(memory, place):
    text = f"#!/bin/sh\n{SOURCE}"
    memory.learn("run", write(place, text))
    assert memory.knows("run", write(place, text, "other.py"))
    assert not memory.knows("run", write(place, text, "other"))
    assert memory.roost("run", place / "other").status == 65


@pytest.mark.thorough
def test_links_folders_pipes_and_ways_upwards_go_the_whole_way(learned, place):
    path = write(place)
    (place / "link.py").symlink_to(path)
    assert not learned.knows("run", place / "link.py")
    (place / "more").mkdir()
    assert not learned.knows("run", "more/../new.py", cwd=place)
    assert not learned.knows("run", place)
    os.mkfifo(place / "pipe.py")  # opening it would wait for ever
    assert not learned.knows("run", place / "pipe.py")


@pytest.mark.thorough
def test_a_file_too_large_to_look_up_goes_the_whole_way(memory, place):
    text = SOURCE + "#" * known.LARGEST
    memory.learn("run", write(place, text))
    assert not memory.knows("run", write(place, text, "other.py"))


# What has to be as it was.


def settings(memory):
    homes.write(memory.home.settings_file, "offline = true\n")


def trust(memory):
    homes.write(memory.home.trust_file, "[trusted]\n")


def lose_environment(memory):
    shutil.rmtree(memory.environment)


def lose_interpreter(memory):
    (memory.environment / "bin/python").unlink()


def other_interpreter(memory):
    python = memory.environment / "bin/python"
    python.unlink()
    shutil.copy("/bin/sh", python)


def empty_manifest(memory):
    (memory.environment / "roost.json").write_text("")


def lose_mark(memory):
    (memory.environment / ".used").unlink()


def expire(memory):
    record = memory.record(SOURCE)
    assert record["grounds"]["expires"] > time.time_ns()
    memory.keep(SOURCE, record | {"grounds": record["grounds"] | {"expires": 1}})


def another_lock(memory):
    for request in memory.home.requests.iterdir():
        request.write_text(request.read_text() + " ")


def uv_configuration(memory):
    homes.write(Path(memory.roost.environ["HOME"], ".config/uv/uv.toml"), "")


def pip_configuration(memory):
    homes.write(Path(memory.roost.environ["HOME"], ".config/pip/pip.conf"), "")


def cut(memory):
    damage(memory, lambda data: data[:-20])


def garbage(memory):
    damage(memory, lambda data: data[:70] + b"\xff\xfe" + data[72:])


def damage(memory, change):
    for file in memory.home.launcher.glob("texts/*/*"):
        file.write_bytes(change(file.read_bytes()))


CHANGES = [
    settings, trust, lose_environment, lose_interpreter, other_interpreter, empty_manifest, lose_mark, expire,
    another_lock, uv_configuration, pip_configuration, cut, garbage,
]  # fmt: skip


@pytest.mark.covers("C3")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.thorough
def test_a_change_is_seen(change, learned, place):
    path = write(place)
    assert learned.knows("run", path)
    change(learned)
    assert not learned.knows("run", path)


@pytest.mark.covers("B6")
@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", ["ROOST_INDEX_TEAM_1_USERNAME", "ROOST_INDEX_TEAM_1_PASSWORD", "UV_INDEX_TEAM_1_PASSWORD"]
)
def test_credentials_that_appear_are_seen_and_runs_with_them_leave_nothing_behind(name, memory, index, script):
    path, other = script(SOURCE), script(f"{SOURCE}# other\n", "other.py")
    indexes = {"ROOST_INDEX_EXTRA": f"team-1={index.url}simple/"}
    memory.learn("run", path, **indexes)
    assert memory.knows("run", path, **indexes)
    assert not memory.knows("run", path, **indexes, **{name: "s3cret-w0rd"})
    with_login = indexes | {name: "s3cret-w0rd"}
    memory.learn("run", other, **with_login)
    memory.roost("check", other, **with_login)
    for value in ("s3cret-w0rd", "an0ther", ""):
        assert not memory.knows("run", other, **indexes, **{name: value})
        assert not memory.knows("check", other, **indexes, **{name: value})
    whole = b"".join(file.read_bytes() for file in memory.home.cache.rglob("*") if file.is_file())
    assert not any(word in whole for word in (b"s3cret-w0rd", sha256(b"s3cret-w0rd").encode()))


def test_an_index_whose_variables_sh_cannot_name_is_not_remembered(memory, index, script):
    path = script("print('needs nothing')\n")
    memory.learn("run", path)
    assert memory.knows("run", path)
    indexes = {"ROOST_INDEX_EXTRA": f"tëam={index.url}simple/"}
    memory.learn("run", path, **indexes)
    assert not memory.knows("run", path, **indexes)


@pytest.mark.thorough
def test_the_version_of_roost_is_among_what_must_not_change(learned):
    watched = [file for file, *_ in learned.record(SOURCE)["grounds"]["files"]]
    assert str(Path(sealed.__file__).parent.parent / "version.py") in watched


@pytest.mark.parametrize(
    "name",
    [
        "ROOST_PYTHON", "ROOST_OFFLINE", "ROOST_INDEX_URL", "ROOST_MEND", "PYTHONPATH", "PYTHONHOME", "UV_INDEX_URL",
        "PIP_CONFIG_FILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME",
    ],
)  # fmt: skip
@pytest.mark.thorough
def test_a_variable_that_matters_is_seen(name, learned, place):
    path = write(place)
    assert learned.knows("run", path)
    assert not learned.knows("run", path, **{name: "/changed"})


@pytest.mark.thorough
def test_an_index_that_belongs_to_the_active_environment_is_seen(learned, place, tmp_path):
    active = tmp_path / "active"
    active.mkdir()
    path = write(place)
    assert learned.knows("run", path, VIRTUAL_ENV=str(active))
    (active / "pip.conf").write_text("")
    assert not learned.knows("run", path, VIRTUAL_ENV=str(active))


@pytest.mark.thorough
def test_a_home_that_is_no_absolute_path_goes_the_whole_way(learned, place):
    assert not learned.knows("run", write(place), ROOST_HOME="home")


@pytest.mark.parametrize(
    "environ",
    [
        {"ROOST_HOME": "/h"}, {"HOME": "/u"}, {"HOME": "/u", "XDG_CACHE_HOME": "/c"}, {"HOME": "/u", "XDG_CACHE_HOME": "c"},
        {"ROOST_HOME": "", "HOME": "/u"},
    ],
)  # fmt: skip
@pytest.mark.thorough
def test_records_are_looked_for_where_they_are_kept(environ):
    kept = Path(environ.get("ROOST_HOME") or homes._xdg(environ, "XDG_CACHE_HOME", "/u", ".cache"))
    kept = kept / "cache" if environ.get("ROOST_HOME") else kept
    assert sealed.launcher(environ) == f"{kept}/launcher"
    assert sealed.launcher({"ROOST_HOME": "h", "HOME": "/u"}) is None
    assert sealed.launcher({}) is None


@pytest.mark.thorough
def test_an_upgrade_is_taken_by_the_next_plain_run(memory, index, place):
    path = write(place)
    memory.learn("run", path)
    index.add("soup", "2.0")
    assert memory.roost("run", "--upgrade", path).output == "2.0 []\n"
    assert memory.roost("run", path).output == "2.0 []\n"
    assert memory.roost("run", "-c", SOURCE).output == "2.0 []\n"


# What is not remembered.

UNKNOWN = {
    "a local module": ("import one\nprint(one)\n", "one.py"),
    "a folder on sys.path": ("import sys\nsys.path.append('lib')\nimport soup\n", None),
    "an absolute folder on sys.path": ("import sys\nsys.path.append('/usr/share')\nimport soup\n", None),
    "an import nobody answers": ("try:\n    import nothing_has_this\nfinally:\n    raise SystemExit(0)\n", None),
    "requirements beside it": (SOURCE, "requirements.txt"),
    "a project around it": (SOURCE, "pyproject.toml"),
}


@pytest.mark.parametrize("what", UNKNOWN)
@pytest.mark.thorough
def test_a_text_that_did_not_decide_alone_is_not_remembered(what, memory, script):
    source, beside = UNKNOWN[what]
    if beside:
        script(
            "[project]\nname = 'x'\nversion = '1'\ndependencies = ['soup']\n"
            if "." in beside and beside.startswith("py")
            else "",
            beside,
        )
    memory.learn("run", script(source))
    assert not list(memory.home.launcher.glob("texts/*/*"))


@pytest.mark.thorough
def test_a_lock_that_is_not_the_one_remembered_is_not_relied_on(memory, script, monkeypatch):
    path = script(SOURCE)
    memory.learn("run", path)
    for name in os.environ.keys() - memory.roost.environ.keys():
        monkeypatch.delenv(name)
    for name, value in memory.roost.environ.items():
        monkeypatch.setenv(name, value)
    plan, chosen = roost.check(path), load(memory.home.settings_file)
    lock = remembered(plan, home=memory.home, settings=chosen).lock
    where = {"home": memory.home, "settings": chosen, "environ": memory.roost.environ}
    assert grounds.of(plan, lock, **where)
    assert grounds.of(plan, lock.replace(artifacts=()), **where) is None


@pytest.mark.parametrize(("folder", "kept"), [("wheels", False), ("/wheels", True)])
@pytest.mark.thorough
def test_where_wheels_lie_below_the_working_folder_nothing_is_remembered(folder, kept, memory, script):
    memory.learn("run", script("print(1)\n"), ROOST_INDEX_FIND_LINKS=folder)
    assert bool(list(memory.home.launcher.glob("texts/*/*"))) == kept


@pytest.mark.thorough
def test_options_leave_no_record(memory, script):
    memory.learn("run", "--with", "soup", script("print(1)\n"))
    assert not list(memory.home.launcher.glob("texts/*/*"))


# What is left behind.


@pytest.mark.thorough
def test_the_next_start_at_a_new_path_is_the_launchers(learned, place):
    path = write(place)
    os.utime(path, ns=(time.time_ns() + 10**12,) * 2)
    assert learned.knows("run", path)
    record = learned.home.launcher / f"1{path}/.record"
    assert not record.exists()  # it may still change within the time that clocks can tell
    os.utime(path, ns=(5 * 10**17 + 1,) * 2)
    time.sleep(0.1)
    assert learned.knows("run", path)
    first = record.read_text()
    record.unlink()
    assert learned.roost("run", "--", path).status == 0
    again = record.read_text()  # by path, it also looks at what was added to this path
    same = [
        {line for line in one.splitlines() if not {"__init__.py", "ROOST_RUN", "/additions/p-"} & set(re.findall(r"__init__.py|ROOST_RUN|/additions/p-", line))}
        for one in (first, again)
    ]  # fmt: skip
    assert same[0] == same[1]


@pytest.mark.thorough
def test_where_runs_may_write_no_bytecode_a_text_is_known_once_all_is_compiled(memory, script, place):
    path = script(SOURCE)
    memory.learn("run", path, PYTHONDONTWRITEBYTECODE="1")
    new = write(place)
    deadline = time.monotonic() + 60
    while not (memory.environment / ".compiled").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert memory.knows("run", new, PYTHONDONTWRITEBYTECODE="1")
    (memory.environment / ".compiled").unlink()
    assert not memory.knows("run", new, PYTHONDONTWRITEBYTECODE="1")


def test_a_script_that_was_never_read_has_its_environment(learned, place):
    path = write(place, name='quo"te\\ü.py')
    assert learned.knows("run", path)
    assert learned.knows("run", path)
    assert f"{learned.environment.name}\n" in learned.roost("env", "show", path).output
    before = {file: file.read_text().partition('"time"')[0] for file in learned.home.references.iterdir()}
    learned.roost("run", "-q", path)
    assert before == {file: file.read_text().partition('"time"')[0] for file in learned.home.references.iterdir()}


@pytest.mark.thorough
def test_a_start_counts_as_a_use_of_the_environment(learned):
    mark = learned.environment / ".used"
    os.utime(mark, (1, 1))
    assert learned.knows("run", "-c", SOURCE)
    assert mark.stat().st_mtime > 1


@pytest.mark.thorough
def test_mere_text_leaves_nothing_but_its_record(learned, tmp_path):
    def files():
        found = {path for path in tmp_path.rglob("*") if path.is_file()}  # bytecode is written behind our back
        return {path for path in found if path.suffix != ".pyc" and path.name != ".compiled"}

    before = files()
    for _ in range(3):
        assert learned.knows("run", "-c", SOURCE)
        assert learned.knows("run", "-", stdin=SOURCE.encode())
    assert files() == before


def test_what_is_remembered_is_bounded(tmp_path):
    names = [f"aa{number:062}" for number in range(sealed.MOST + 4)]
    for number, name in enumerate(names):
        sealed.keep(str(tmp_path), name, {"number": number})
        os.utime(tmp_path / "aa" / name[2:], (number, number))
    sealed.keep(str(tmp_path), "aa" + "f" * 62, {})
    assert len(list((tmp_path / "aa").iterdir())) == sealed.MOST
    assert sealed.find(str(tmp_path), names[0]) is None
    assert sealed.find(str(tmp_path), names[-1]) == {"number": len(names) - 1, "form": sealed.FORM}


def test_collecting_takes_what_a_killed_process_was_writing(learned):
    home = learned.home
    dead = subprocess.Popen(["true"])
    dead.wait()
    old = time.time() - 60
    names = {
        home.launcher / f"stamps/1000.{dead.pid}.{dead.pid}.tmp": False,
        home.state / f"past/.1e.json.{dead.pid}.140000000000000.tmp": False,
        home.state / f"past/.1f.json.{os.getpid()}.140000000000000.tmp": True,  # it lives
    }
    for path in names:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
        os.utime(path, (old, old))
    young = home.launcher / f"stamps/1001.{dead.pid}.{dead.pid}.tmp"
    young.write_text("perhaps a process in another container")
    collecting.collect(home, older_than=3600)
    assert {path: path.exists() for path in names} == names
    assert young.exists()


@pytest.mark.thorough
def test_collecting_takes_records_of_scripts_that_are_gone_and_texts_nobody_wants(learned, place):
    stay, go = write(place, name="stay.py"), write(place, name="go.py")
    time.sleep(0.1)
    assert learned.knows("run", stay)
    assert learned.knows("run", go)
    go.unlink()
    folder = learned.home.launcher
    old = folder / "stamps" / "5"
    old.touch()
    assert learned.roost("env", "gc").status == 0
    assert (folder / f"1{stay}/.record").exists()
    assert not (folder / f"1{go}").exists()
    assert old.exists()  # it may belong to a record that is just being written
    assert learned.knows("run", "-c", SOURCE)
    for text in folder.glob("texts/*/*"):
        os.utime(text, (1, 1))
    assert learned.roost("env", "gc").status == 0
    assert not list(folder.glob("texts/*/*"))
    assert learned.roost("run", stay).status == 0


@pytest.mark.thorough
def test_what_vanished_scripts_leave_does_not_grow(memory, script, monkeypatch):
    monkeypatch.setattr(collecting, "KEPT", 4)
    for number in range(10):
        path = script(SOURCE + f"# {number}\n", f"{number}.py")
        memory.roost("run", path)
        path.unlink()
        collecting.now_and_then(memory.home)
        assert len(list(memory.home.references.iterdir())) <= 8
    assert len(list(memory.home.launcher.glob("1/**/.record"))) == 0
