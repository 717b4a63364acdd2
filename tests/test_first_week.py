"""A newcomer's first week, end to end: ordinary scripts and ordinary mistakes, and what is said about them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

CONTROLS = "\x1b\x07\r\x9b"


def notebook(path: Path, *cells: str) -> Path:
    written = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    return path


def environments(home: Path) -> list[str]:
    """Name what lies where environments are, half-built ones too."""
    folder = home / "data" / "environments"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.covers("C1", "B5")
@pytest.mark.parametrize(
    ("options", "stdin", "command"),
    [
        pytest.param(["my script.py"], "", "roost add 'my script.py' NAME", id="file with a blank"),
        pytest.param(["-"], "import utils\n", "roost run --with NAME -", id="standard input"),
        pytest.param(["-m", "tool"], "", "roost run --with NAME -m tool", id="module"),
        pytest.param(["-c", "import utils"], "", "roost run --with NAME -c '…'", id="text"),
    ],
)
def test_a_hint_is_a_command_for_the_script_as_it_was_named(roost, options, stdin, command):
    for name in ("my script.py", "tool.py"):
        (roost.cwd / name).write_text("import utils\n")
    ran = roost("run", *options, stdin=stdin)
    assert ran.status == 1
    assert "`utils` is a name that authors give to their own files" in ran.errors
    assert f"`{command}`" in ran.errors
    assert "FILE" not in ran.errors


def test_reports_and_documents_name_the_script_too(roost, index, script):
    script("import utils\n")
    checked = roost("check", "--no-build", "--json", "it.py").data
    assert checked["unresolved"][0]["hint"].endswith("`roost add it.py NAME`")
    assert roost("run", "--report", "report.json", "it.py").status == 1
    report = json.loads((roost.cwd / "report.json").read_text())
    assert report["plan"]["unresolved"] == checked["unresolved"]


@pytest.mark.covers("B5")
def test_an_invented_import_is_told_and_fails_where_python_fails(roost, index, script):
    path = script("print('before', flush=True)\nimport entirely_invented_zq\n")
    ran = roost("run", path)
    assert (ran.status, ran.output) == (1, "before\n")
    assert ran.errors.startswith("warning: `entirely_invented_zq` is neither beside the script nor on the index")
    assert "ModuleNotFoundError: No module named 'entirely_invented_zq'" in ran.errors
    assert roost("check", path).status == 0
    assert roost("check", "--strict", path).status == 69


@pytest.mark.covers("C3")
def test_a_script_in_python_2_is_an_answer_of_check_and_an_error_of_run(roost, index, home, script):
    path = script("import urllib2\n\nprint 'hello'\n")
    checked = roost("check", "--json", path)
    assert checked.status == 0, checked.errors
    first = checked.data["unresolved"][0]
    assert (first["name"], first["line"], first["class"]) == ("it.py", 3, "python 2")
    assert first["sentence"] == (
        "the script is written in Python 2, which roost does not run: `print` as a statement at line 3"
    )
    assert "it.py` (any Python" in first["hint"]
    assert "is written in Python 2" in roost("check", path).output
    assert roost("check", "--strict", path).status == 69
    assert roost("run", path).status == 65
    assert environments(home) == []


@pytest.mark.covers("C1")
def test_a_notebook_may_await_outside_of_functions(roost, index):
    path = notebook(
        roost.cwd / "book.ipynb",
        "import asyncio, sys\nvalue = await asyncio.sleep(0, 'slept')",
        "async def letters():\n    yield 'a'\nasync for letter in letters():\n    print(value, letter, __name__)",
        "sys.exit(len([letter async for letter in letters()]) + 6)",
    )
    ran = roost("run", path)
    assert (ran.status, ran.output, ran.errors) == (7, "slept a __main__\n", "")
    assert roost("check", path, "--json").data["unresolved"] == []


def test_an_error_behind_an_await_shows_the_lines_of_the_notebook_only(roost, index):
    path = notebook(roost.cwd / "book.ipynb", "import asyncio\nawait asyncio.sleep(0)\n1 / 0")
    ran = roost("run", path)
    assert ran.status == 1
    assert ran.errors.count("File ") == 1
    assert 'book.py", line 3, in <module>' in ran.errors


@pytest.mark.covers("B5")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("red\x1b[31m two\nlines.py", id="several"),
        *(
            pytest.param(name, marks=pytest.mark.thorough)
            for name in ("red\x1b[31m.py", "two\nlines.py", "bell\x07\ttab.py", "csi\x9b2J\r.py")
        ),
    ],
)
def test_a_name_cannot_steer_the_terminal_or_break_a_line(roost, index, name):
    missing = roost("run", name)
    (roost.cwd / name).write_text("import utils\nprint(__file__)\nif\n")
    broken = roost("run", name)
    (roost.cwd / name).write_text("import utils\n")
    checked = roost("check", "--no-build", name)
    told = roost("run", name).errors.partition("Traceback")[0]
    assert (missing.status, broken.status, checked.status) == (66, 65, 0)
    for said in (missing.errors, broken.errors, checked.output, told):
        assert not set(said) & set(CONTROLS)
        assert "two\nlines" not in said
        assert "\t" not in said
    assert len(missing.errors.splitlines()) == 2


@pytest.mark.covers("C2")
def test_eight_first_runs_of_one_script_at_once_share_one_build(roost, index, home, script):
    index.add("soup", "2.0")
    path = script("import soup\nprint(soup.__version__)\n")
    running = [roost.start("run", path) for _ in range(8)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in running]
    assert ended == [("2.0\n", "", 0)] * 8
    assert len(environments(home)) == 1


@pytest.mark.covers("B5")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_build_that_is_broken_off_leaves_nothing_half_built(roost, index, home, number, status):
    index.add("soup", "2.0")
    path = roost.cwd / "it.py"
    path.write_text("import soup\nprint(soup.__version__)\n")
    asked = index.hold("soup-2.0")
    building = roost.start("run", path)
    assert asked.wait(60)
    os.kill(building.pid, number) if number == signal.SIGKILL else os.killpg(building.pid, number)
    output, errors = building.communicate(timeout=20)
    index.release("soup-2.0")
    assert (building.returncode, output, errors) == (status, "", "")
    assert roost("env", "list", "--json").data["environments"] == []
    ran = roost("run", path)
    assert (ran.status, ran.output, ran.errors) == (0, "2.0\n", "")
    assert len(environments(home)) == 1


@pytest.mark.covers("B5")
@pytest.mark.parametrize("command", ["run", "check", "lock"])
def test_a_working_folder_that_is_gone_is_said(roost, command):
    gone = roost.cwd / "gone"
    gone.mkdir()
    call = 'rmdir "$PWD" && exec "$0" "$@"'
    ran = subprocess.run(
        ["sh", "-c", call, roost.command, command, "../it.py"],
        env=roost.environ, cwd=gone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 66
    assert "error: the working folder is gone\n" in ran.stderr


@pytest.mark.covers("C1")
def test_cron_has_next_to_no_variables(roost, index, script):
    index.add("soup", "2.0")
    path = script("import soup, sys\nprint(soup.__version__, sys.stdin.read())\n")
    kept = {name: roost.environ[name] for name in ("ROOST_HOME", "ROOST_INDEX_URL")}
    ran = subprocess.run(
        [roost.command, "run", path], env=kept, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2.0 \n", "")


@pytest.mark.covers("C1")
def test_a_script_names_roost_in_its_first_line(roost, index, script):
    index.add("soup", "2.0")
    path = script(
        '#!/usr/bin/env -S roost run\n# /// script\n# dependencies = ["soup"]\n# ///\n'
        "import soup, sys\nprint(soup.__version__, sys.argv[1:])\n",
        "tool",
    )
    path.chmod(0o755)
    environ = roost.environ | {"PATH": f"{roost.command.parent}:{roost.environ['PATH']}"}
    ran = subprocess.run([path, "-v", "--", "a b"], env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2.0 ['-v', '--', 'a b']\n", "")


@pytest.mark.thorough
@pytest.mark.covers("C1")
def test_a_week_of_edits(roost, index, script):
    index.add("soup", "1.0")
    index.add("stock", "1.4")
    path = script("import soup\n\nprint(soup.__version__)\n")
    for arguments, status in (
        (["add", path, "soup", "stock==0.0.2"], 0),
        (["run", path], 0),
        (["lock", path], 0),
        (["upgrade", path], 0),
        (["remove", path, "stock"], 0),
        (["remove", path, "stock"], 65),
        (["add", path, "no-such-thing-zq"], 69),
        (["run", "--offline", path], 0),
    ):
        ran = roost(*arguments)
        assert ran.status == status, (arguments, ran.output, ran.errors)
        assert "Traceback" not in ran.errors
    assert "soup" in path.read_text()
    assert "stock" not in path.read_text()
    assert (path.parent / "pylock.it.toml").is_file()
