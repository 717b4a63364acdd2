"""`import roost`."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import roost


@pytest.fixture
def here(environ, monkeypatch):
    """This process with the variables that commands get."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def test_importing_roost_loads_no_room():
    program = "import sys, roost; print([name for name in sys.modules if name.startswith('roost.')])"
    assert (
        subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_a_script_is_checked_without_building(index, here, script, home):
    plan = roost.check(script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\n"))
    assert [requirement.name for requirement in plan.requirements] == ["soup"]
    assert not (home / "data/environments").exists()


def test_requirements_become_an_environment(index, here):
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    environment = roost.environment(["soup>=1"])
    assert environment.distributions == (("soup", "2.0"), ("stock", "1.4"))
    done = subprocess.run(
        [environment.python, "-c", "import soup; print(soup.__version__)"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "2.0\n"
    assert roost.environment(["soup>=1"]).path == environment.path


def test_a_script_is_run_to_its_outcome(index, here, script, tmp_path):
    path = script("import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ['MINE'], input())\nsys.exit(4)\n")
    outcome = roost.run(path, ["a"], cwd=tmp_path, env={"MINE": "1"}, stdin="said\n")
    assert outcome.status == 4
    assert outcome.output == f"['a'] {tmp_path} 1 said\n"


def test_what_cannot_be_answered_is_raised(index, here):
    with pytest.raises(roost.RoostError) as caught:
        roost.environment(["nowhere-to-be-found"])
    assert "nowhere-to-be-found" in str((caught.value.what, caught.value.why))


def test_several_threads_get_one_environment(index, here):
    index.add("soup", "2.0")
    found = []
    threads = [threading.Thread(target=lambda: found.append(roost.environment(["soup"]).path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 3
    assert len(set(found)) == 1


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = roost.nonsense


def ran_at_once(paths) -> list:
    """Run each script in a thread of its own, all at once; gives their outcomes in order."""
    ready = threading.Barrier(len(paths))

    def work(path):
        ready.wait(60)
        return roost.run(path)

    with ThreadPoolExecutor(len(paths)) as threads:
        return list(threads.map(work, paths))


def test_eight_threads_run_eight_scripts_at_once(index, here, script):
    paths = []
    for number in range(8):
        index.add(f"soup{number}", f"{number + 1}.0")
        lines = f"# /// script\n# dependencies = ['soup{number}']\n# ///\nimport soup{number}\nprint(soup{number}.__version__)\n"
        paths.append(script(lines, f"it{number}.py"))
    assert [outcome.output for outcome in ran_at_once(paths)] == [f"{number + 1}.0\n" for number in range(8)]


def test_eight_threads_on_one_script_build_one_environment(index, here, script, home):
    index.add("soup", "2.0")
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nprint(soup.__version__)\n")
    outcomes = ran_at_once([path] * 8)
    assert [outcome.output for outcome in outcomes] == ["2.0\n"] * 8
    assert sum(outcome.environment.fresh for outcome in outcomes) == 1
    assert len(list((home / "data/environments").iterdir())) == 1
