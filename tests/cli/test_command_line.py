from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def roost(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command's Python side as the launcher does."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "roost", *arguments], env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | environ,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def modules(*arguments: str) -> set[str]:
    """Run a command line and return the modules that it loaded."""
    program = (
        "import sys\nfrom roost.__main__ import main\nsys.argv[1:] = sys.argv[2:]\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write('\\n' + ' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, "roost", *arguments], env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


def test_the_version_is_said_without_loading_a_room():
    assert roost("--version").stdout.startswith("roost ")
    assert {name for name in modules("--version") if name.startswith("roost")} == {
        "roost",
        "roost.__main__",
        "roost.version",
    }


def test_help_loads_no_room():
    rooms = {"roost.scripts", "roost.distributions", "roost.environments", "roost.runs"}
    assert not modules("run", "--help") & rooms


@pytest.mark.parametrize("words", [("--help",), ("help",), ("-h",), ()])
def test_the_overview_names_every_command(words):
    done = roost(*words)
    assert done.returncode == 0
    assert "roost env gc" in done.stdout


@pytest.mark.parametrize("words", [("run", "--help"), ("help", "run"), ("run", "-q", "-h"), ("run", "-h", "it.py")])
def test_a_commands_page_is_shown_wherever_it_is_asked_for(words):
    assert "Usage: roost run [OPTIONS] FILE" in roost(*words).stdout


@pytest.mark.parametrize("words", [("env", "--help"), ("help", "env")])
def test_a_groups_page_lists_its_commands(words):
    done = roost(*words).stdout
    assert "roost env tree" in done
    assert "roost check" not in done


def test_an_error_has_the_form_of_the_house():
    done = roost("check")
    assert done.returncode == 64
    assert done.stdout == ""
    assert done.stderr == "error: `roost check` needs FILE\nhint: `roost check [OPTIONS] FILE`\n"


def test_an_error_is_one_document_for_programs():
    done = roost("check", "--json")
    assert json.loads(done.stdout) == {
        "schema": "roost.error/1", "from": "roost", "code": "usage", "exit": 64, "what": "`roost check` needs FILE",
        "why": [], "hints": ["`roost check [OPTIONS] FILE`"],
    }  # fmt: skip
    assert done.stderr == ""


def test_a_scripts_own_json_option_does_not_turn_our_errors_into_documents():
    done = roost("run", "--nonsense", "it.py", "--json")
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")


def test_colour_is_forced_and_forbidden_by_variables():
    assert "\x1b[31m" in roost("check", FORCE_COLOR="1").stderr
    assert "\x1b" not in roost("check", FORCE_COLOR="1", NO_COLOR="1").stderr


def test_a_reader_that_has_enough_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-I", "-m", "roost", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


def test_what_nobody_foresaw_is_one_line_and_a_log(tmp_path):
    program = (
        "import roost.cli, sys\n"
        "def fail(command): raise ZeroDivisionError('by nought')\n"
        "roost.cli.handler = fail\n"
        "sys.exit(roost.cli.main(['doctor']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        env={"ROOST_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 70
    first, second = done.stderr.splitlines()
    assert first == "error: roost did not foresee this: ZeroDivisionError: by nought"
    [log] = (tmp_path / "state/logs").iterdir()
    assert f"`{log}`" in second
    assert "ZeroDivisionError: by nought" in log.read_text()


def test_control_characters_of_a_name_do_not_reach_the_terminal():
    done = roost("evil\x1b]0;title\x07.py")
    assert "\x1b" not in done.stderr
    assert "\\x1b" in done.stderr
