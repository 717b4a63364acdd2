"""The Pythons of a machine are found, asked once, and one is chosen with a reason."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest

from roost.errors import ConfigurationError, UsageError
from roost.home import Home, locate
from roost.reporting import Silent
from roost.scripts import PythonRange, interpreters, pythons
from roost.scripts.specifiers import fits
from roost.settings import Settings

pytestmark = pytest.mark.covers("C1")
OWN = pythons.own()
OTHERS = pythons.installed(
    locate({"ROOST_HOME": "/nonexistent/roost"}), os.environ
)  # what this machine has; nothing is remembered


@pytest.fixture
def rooms(tmp_path: Path) -> Home:
    return locate({"ROOST_HOME": str(tmp_path / "home")})


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with roost's own Python and an empty folder on PATH for more; the engine offers nothing."""
    monkeypatch.setattr(interpreters, "SYSTEM", ())
    for name in ("PYENV_ROOT", "XDG_DATA_HOME", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def pretended(
    folder: Path, version: str, *, level: str = "final", flags: str = "", implementation: str = "cpython"
) -> Path:
    """Make a program that says of itself that it is a Python of some version, and counts how often it is asked."""
    lines = [implementation, *version.split("."), level, flags, "64", "Linux", "x86_64", "6.1", "glibc2.36"]
    path = folder / f"python{'.'.join(version.split('.')[:2])}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho >> {path}.asked\nprintf '%s\\n' {' '.join(repr(line) for line in lines)}\n")
    path.chmod(0o755)
    return path


def chosen(
    rooms: Home,
    specifier: str = "",
    wanted: str | None = None,
    *reasons: str,
    setting: str | None = None,
    offline: bool = False,
):
    return pythons.choose(
        PythonRange(specifier, reasons), wanted=wanted, home=rooms, settings=Settings(python=setting), offline=offline
    )


def test_our_own_python_is_the_base_and_no_virtual_environment():
    asked = subprocess.run(
        [OWN.path, "-I", "-S", "-c", "import sys; print(sys.base_prefix, sys.prefix, *sys.version_info[:3])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.split() == [sys.base_prefix, sys.base_prefix, *map(str, sys.version_info[:3])]
    assert OWN.version == sys.version_info[:3]


def test_asking_another_process_gives_what_we_know_of_ourselves():
    assert interpreters.ask(str(OWN.path)) == interpreters.Found(OWN, final=True)


def test_our_own_is_taken_when_nothing_asks_for_another(bare, rooms):
    pretended(bare, "3.99.0")
    choice = chosen(rooms)
    assert (choice.interpreter, choice.reason) == (OWN, f"roost's own Python {OWN.short}")
    assert not (bare / "python3.99.asked").exists()


def test_the_newest_release_that_fits_is_taken_when_our_own_does_not(bare, rooms):
    for version, level in (("3.97.4", "final"), ("3.98.1", "final"), ("3.99.0", "candidate")):
        pretended(bare, version, level=level)
    choice = chosen(rooms, ">=3.97", None, "`requires-python` of `a.py`")
    assert choice.interpreter.full == "3.98.1"
    assert (
        choice.reason
        == "Python 3.98.1, the newest here that fits: the script needs `>=3.97` (`requires-python` of `a.py`)"
    )


def test_free_threaded_debug_and_other_pythons_are_taken_only_when_named(bare, rooms):
    pretended(bare, "3.98.1", flags="t")
    pretended(bare, "3.97.1", flags="d")
    pretended(bare, "3.96.1", implementation="pypy")
    with pytest.raises(pythons.NoPython):
        chosen(rooms, ">=3.96")
    assert chosen(rooms, "", "3.98t").interpreter.abi == "t"
    assert chosen(rooms, "", "pypy@3.96").interpreter.implementation == "pypy"


@pytest.mark.parametrize(("wanted", "full"), [
    ("3.97", "3.97.4"), ("3.97.4", "3.97.4"), ("python3.97", "3.97.4"), ("cpython@3.97", "3.97.4"), (">=3.97,<3.98", "3.97.4"), ("~=3.97.1", "3.97.4"),
    ("3.99", "3.99.0"), (">=3.98", "3.98.1"),
])  # fmt: skip
def test_every_way_to_name_a_python(bare, rooms, wanted, full):
    for version, level in (("3.97.4", "final"), ("3.98.1", "final"), ("3.99.0", "beta")):
        pretended(bare, version, level=level)
    choice = chosen(rooms, "", wanted)
    assert choice.interpreter.full == full
    assert f"`--python {wanted}`" in choice.reason


def test_a_path_a_folder_and_a_virtual_environment_lead_to_the_python_behind_them(bare, rooms, tmp_path):
    path = pretended(tmp_path / "far", "3.98.1")
    assert chosen(rooms, "", str(path)).interpreter.path == path
    (tmp_path / "prefix").mkdir()
    (tmp_path / "prefix" / "bin").symlink_to(bare)
    (bare / "python3").symlink_to(path)
    assert chosen(rooms, "", str(tmp_path / "prefix")).interpreter.path == path
    copied = pretended(tmp_path / "copied" / "bin", "3.98.1")
    (tmp_path / "copied" / "pyvenv.cfg").write_text(f"home = {path.parent}\n")
    assert chosen(rooms, "", str(copied)).interpreter.path == path


def test_a_wish_goes_before_what_the_script_says_and_the_reason_tells_so(bare, rooms):
    pretended(bare, "3.98.1")
    choice = chosen(rooms, "<3.50", "3.98", "`import old` at line 1")
    assert choice.interpreter.full == "3.98.1"
    assert choice.reason.endswith("although the script needs `<3.50` (`import old` at line 1)")


def test_the_setting_is_followed_where_the_script_allows_it(bare, rooms):
    pretended(bare, "3.97.4")
    pretended(bare, "3.98.1")
    assert chosen(rooms, ">=3.8", setting="3.97").interpreter.full == "3.97.4"
    choice = chosen(rooms, ">=3.98", setting="3.97")
    assert choice.interpreter.full == "3.98.1"
    assert "which the setting `python` (3.97) does not fit" in choice.reason
    with pytest.raises(ConfigurationError, match="cannot be understood"):
        chosen(rooms, setting="=>3")


@pytest.mark.parametrize("wanted", ["nonsense", "=>3", "/etc/passwd", "/nowhere/python", "./", "3.12.1.4.5"])
def test_what_is_no_python_is_said_to_be_none(bare, rooms, wanted):
    with pytest.raises(UsageError):
        chosen(rooms, "", wanted)


def test_python_2_is_refused_with_its_reason(rooms):
    with pytest.raises(pythons.PythonTwo) as caught:
        pythons.choose(
            PythonRange(python2='`print "a"` at line 4'), wanted=None, home=rooms, settings=Settings(), offline=False
        )
    assert (int(caught.value.exit), caught.value.why) == (65, ('`print "a"` at line 4',))


def test_pythons_too_old_for_roost_are_not_chosen(bare, rooms):
    pretended(bare, "3.7.16")
    with pytest.raises(pythons.NoPython) as caught:
        chosen(rooms, "<3.8", None, "`import formatter` at line 2")
    assert "`import formatter` at line 2" in caught.value.why
    assert "roost makes environments for Python 3.8 and newer" in caught.value.why


def test_each_python_is_asked_once_until_it_changes(bare, rooms):
    path = pretended(bare, "3.98.1")
    broken = bare / "python3.97"
    broken.write_text(f"#!/bin/sh\necho >> {broken}.asked\nexit 1\n")
    broken.chmod(0o755)
    for _ in range(3):
        assert [found.full for found in pythons.installed(rooms, os.environ)] == ["3.98.1", OWN.full]
    assert Path(f"{path}.asked").read_text() == Path(f"{broken}.asked").read_text() == "\n"
    pretended(bare, "3.98.2")
    os.utime(path, (1, 1))
    assert pythons.installed(rooms, os.environ)[0].full == "3.98.2"


def test_what_is_remembered_may_be_damaged_or_unwritable(bare, rooms):
    pretended(bare, "3.98.1")
    for damage in (b"", b"{", b"[]", b'{"schema": "roost.interpreters/1"}'):
        rooms.facts.mkdir(parents=True, exist_ok=True)
        (rooms.facts / "interpreters.json").write_bytes(damage)
        assert len(pythons.installed(rooms, os.environ)) == 2
    nowhere = locate({"ROOST_HOME": "/proc/nowhere"})
    assert len(pythons.installed(nowhere, os.environ)) == 2


def test_pyenvs_versions_are_found_and_its_shims_are_not(bare, rooms, tmp_path, monkeypatch):
    root = tmp_path / "user" / ".pyenv"
    pretended(root / "versions" / "3.98.1" / "bin", "3.98.1")
    pretended(root / "shims", "3.99.0")
    monkeypatch.setenv("PATH", f"{root}/shims:{bare}")
    assert [found.full for found in pythons.installed(rooms, os.environ)] == ["3.98.1", OWN.full]


def test_virtual_and_conda_environments_on_path_are_left_out(bare, rooms, tmp_path, monkeypatch):
    for name, mark in (("virtual", "pyvenv.cfg"), ("conda", "conda-meta/history")):
        pretended(tmp_path / name / "bin", "3.98.1")
        (tmp_path / name / mark).parent.mkdir(exist_ok=True)
        (tmp_path / name / mark).write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}/virtual/bin:{tmp_path}/conda/bin:{bare}")
    assert pythons.installed(rooms, os.environ) == (OWN,)


@pytest.mark.parametrize(("specifier", "yes", "no"), [
    ("", (3, 1, 0), None), (">=3.9", (3, 9, 0), (3, 8, 18)), ("<3.12", (3, 11, 9), (3, 12, 0)), ("<=3.11", (3, 11, 0), (3, 11, 1)),
    (">3.11", (3, 11, 1), (3, 11, 0)), ("==3.11.*", (3, 11, 9), (3, 12, 0)), ("==3.11", (3, 11, 0), (3, 11, 1)), ("!=3.9.*,>=3.8", (3, 8, 0), (3, 9, 5)),
    ("~=3.8", (3, 12, 0), (3, 7, 9)), (" >= 3.9 , < 4 ", (3, 9, 0), (4, 0, 0)), (">=3.12.0rc1", (3, 12, 0), (3, 11, 9)), (">=3", (3, 0, 0), (2, 7, 18)),
])  # fmt: skip
def test_specifiers(specifier, yes, no):
    assert fits(yes, specifier)
    assert no is None or not fits(no, specifier)


def test_specifiers_are_read_as_the_library_reads_them():
    from packaging.specifiers import SpecifierSet

    for operator in ("<", "<=", ">", ">=", "==", "!="):
        for bound in ("3", "3.9", "3.9.2", "3.10"):
            for version in ((3, 8, 9), (3, 9, 0), (3, 9, 2), (3, 9, 3), (3, 10, 0), (3, 10, 1), (4, 0, 0)):
                library = SpecifierSet(operator + bound).contains(".".join(map(str, version)))
                assert fits(version, operator + bound) == library, (operator, bound, version)


@pytest.fixture
def offered(bare, tmp_path, monkeypatch):
    """Let the engine's own list be one on loopback, which offers a Python of this machine that is not roost's own."""
    other = next(
        (found for found in OTHERS if found.version[:2] > (3, 8) and found.short != OWN.short and not found.abi), None
    )
    if other is None:
        pytest.skip("no second Python on this machine that could be offered")
    folder = tmp_path / "served"
    folder.mkdir()
    with tarfile.open(folder / "python.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.add(other.path, f"python/bin/python{other.short}")
        library = other.path.parent.parent / "lib" / f"python{other.short}"
        for part in [
            *library.glob("*.py"),
            *(library / name for name in ("encodings", "collections", "importlib", "re", "json")),
        ]:
            if part.exists():
                archive.add(
                    part,
                    f"python/lib/python{other.short}/{part.name}",
                    filter=lambda one: None if "__pycache__" in one.name else one,
                )
    key = f"cpython-{other.full}-linux-x86_64-gnu"
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    )
    major, minor, patch = other.version
    row = {"name": "cpython", "arch": {"family": "x86_64", "variant": None}, "os": "linux", "libc": "gnu", "major": major, "minor": minor, "patch": patch,
           "prerelease": "", "url": f"http://127.0.0.1:{server.server_port}/python.tar.gz", "sha256": None, "variant": None, "build": "20260101"}  # fmt: skip
    (folder / "list.json").write_text(json.dumps({key: row}))
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("UV_PYTHON_DOWNLOADS")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", f"http://127.0.0.1:{server.server_port}/list.json")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    yield other, folder
    server.shutdown()
    server.server_close()


linux = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="the list on loopback offers a Linux Python"
)


@linux
def test_a_python_that_is_not_here_is_fetched_where_the_engine_has_one(offered, rooms, tmp_path, monkeypatch):
    other, folder = offered
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))  # the user's uv keeps its own there
    choice = chosen(rooms, f"=={other.short}.*", None, "`requires-python`")
    assert (choice.interpreter, choice.wanted) == (None, other.full)
    assert choice.reason.startswith(
        f"Python {other.full} can be fetched: the script needs `=={other.short}.*` (`requires-python`); none here fits"
    )
    assert not rooms.pythons.exists(), "choosing fetches nothing"

    got = pythons.fetch(choice, home=rooms, offline=False, report=Silent())
    assert got.version == other.version
    assert got.path.is_relative_to(rooms.pythons)
    assert not (tmp_path / "uv").exists()
    subprocess.run(
        [got.path, "-I", "-c", "import json, sys; assert sys.prefix.startswith(sys.argv[1])", rooms.data], check=True
    )

    shutil.rmtree(folder)
    assert chosen(rooms, f"=={other.short}.*").interpreter == got


@linux
def test_a_python_that_is_not_here_is_not_fetched_offline(offered, rooms):
    other, _ = offered
    choice = chosen(rooms, "", other.short, offline=True)
    assert choice.interpreter is None
    assert "would have to be fetched (offline now)" in choice.reason
    with pytest.raises(pythons.NoPython) as caught:
        pythons.fetch(choice, home=rooms, offline=True, report=Silent())
    assert caught.value.hints == ("run it once without `--offline`",)


@linux
def test_a_fetch_that_fails_says_the_engines_words(offered, rooms):
    other, folder = offered
    choice = chosen(rooms, "", other.short)
    (folder / "python.tar.gz").unlink()
    with pytest.raises(pythons.NoPython, match=f"cannot fetch Python {other.full}") as caught:
        pythons.fetch(choice, home=rooms, offline=False, report=Silent())
    assert any("404" in line for line in caught.value.why)


@linux
def test_when_no_python_can_run_it_the_message_says_which_there_are(offered, rooms):
    other, _ = offered
    with pytest.raises(pythons.NoPython) as caught:
        chosen(rooms, ">=3.98", None, "`requires-python` of `a.py`")
    assert f"on this machine: {OWN.full}" in caught.value.why
    assert f"the engine could fetch: {other.full}" in caught.value.why
