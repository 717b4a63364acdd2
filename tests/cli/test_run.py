from __future__ import annotations

import json
import os

import pytest

from tests.index import sdist


@pytest.mark.covers("C1")
def test_a_script_runs_with_what_it_declares(index, roost, script):
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    path = script(
        "# /// script\n# dependencies = ['soup']\n# ///\nimport soup, sys\nprint(soup.__version__, sys.argv[1:])\n"
    )
    done = roost("run", path, "--", "-v", "--json")
    assert (done.status, done.output, done.errors) == (0, "2.0 ['-v', '--json']\n", "")


def test_with_brings_one_more_requirement_for_this_time(index, roost, script):
    index.add("soup", "2.0")
    path = script("import soup\nprint(soup.__version__)\n")
    assert roost("run", "--with", "soup", path).output == "2.0\n"


def test_a_program_is_taken_from_the_command_line_or_standard_input(roost):
    assert roost("run", "-c", "import sys; print(sys.argv)", "-h").output == "['-c', '-h']\n"
    assert roost("run", "-", "a", stdin="import sys; print(sys.argv)").output == "['-', 'a']\n"


def test_the_file_is_named_as_its_user_named_it(roost, script):
    script("import sys\nprint(sys.argv)\n", "-odd name.py")
    assert roost("run", "--", "-odd name.py").output == "['-odd name.py']\n"


def test_a_report_holds_what_was_decided_and_what_came_of_it(index, roost, script, tmp_path):
    index.add("soup", "2.0")
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup, sys\nprint('mine')\nsys.exit(3)\n")
    done = roost("run", "--report", tmp_path / "r.json", path)
    assert (done.status, done.output) == (3, "mine\n")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["schema"] == "roost.run/1"
    assert report["from"] == "script"
    assert report["outcome"]["status"] == 3
    assert report["plan"]["distributions"] == ["soup"]
    assert [one["version"] for one in report["plan"]["lock"]["distributions"]] == ["2.0"]


def test_a_script_that_a_signal_ends_is_reported_and_seen_so(roost, script, tmp_path):
    done = roost("run", "--report", tmp_path / "r.json", script("import os\nos.kill(os.getpid(), 15)\n"))
    assert done.status == -15
    assert json.loads((tmp_path / "r.json").read_text())["outcome"]["signal"] == 15


def test_a_report_of_a_run_that_did_not_start_has_the_error(index, roost, script, tmp_path):
    done = roost("run", "--report", tmp_path / "r.json", script("# /// script\n# dependencies = ['nowhere']\n# ///\n"))
    assert done.status == 69
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["from"] == "roost"
    assert report["outcome"] is None
    assert report["error"]["what"] in done.errors
    assert report["plan"]["distributions"] == ["nowhere"]


def test_a_report_to_a_descriptor_that_is_not_open_runs_nothing(roost, script):
    done = roost("run", "--report", "fd:77", script("print('ran')\n"))
    assert (done.status, done.output) == (64, "")
    assert "`--report fd:77` names no open descriptor" in done.errors


def test_a_missing_file_is_one_clear_line(roost):
    done = roost("run", "nowhere.py")
    assert done.status == 66
    assert done.errors.startswith("error: ")
    assert "nowhere.py" in done.errors


def test_quiet_leaves_the_script_alone_on_standard_error(index, roost, script):
    index.add("soup")
    path = script("import sys\nsys.stderr.write('mine')\n")
    assert roost("run", "-q", "--with", "soup", path).errors == "mine"


def test_a_shebang_line_runs_the_script(roost, script, environ):
    import subprocess

    path = script("#!/usr/bin/env -S roost run\nimport sys\nprint(sys.argv[1:])\n", "it")
    path.chmod(0o755)
    found = environ | {"PATH": f"{roost.command.parent}{os.pathsep}{environ['PATH']}"}
    done = subprocess.run([path, "a", "--help"], env=found, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "['a', '--help']\n", done.stderr


@pytest.mark.thorough
@pytest.mark.covers("C4")
def test_what_the_script_copes_without_and_cannot_be_built_is_left_out(index, roost, script):
    index.put("pyyaml", *sdist("PyYAML", setup="raise SystemExit('the broth is burnt')\n", metadata="2.2"))
    index.add("soup")
    path = script(
        "import soup\ntry:\n    import yaml\nexcept ImportError:\n    yaml = None\nprint(soup.__version__, yaml)\n"
    )
    first = roost("run", path)
    assert first.output == "1.0 None\n"
    assert "left out, because the script copes without and it cannot be had: `pyyaml`" in first.errors
    second = roost("run", path)
    assert (second.output, second.errors) == ("1.0 None\n", "")


@pytest.mark.thorough
def test_what_the_script_needs_and_cannot_be_built_stops_the_run(index, roost, script):
    index.put("pyyaml", *sdist("PyYAML", setup="raise SystemExit('the broth is burnt')\n", metadata="2.2"))
    done = roost("run", script("import yaml\n"))
    assert done.status == 69
    assert "pyyaml" in done.errors
