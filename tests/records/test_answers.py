"""`roost check` of a file that did not change says again what it said, to the byte, and only as long as it is so."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from roost import home as homes
from tests.records.conftest import DECLARED, SOURCE

FLAGS = [(), ("--json",), ("--no-build",), ("--no-build", "--json")]


def ask(memory, path, *flags):
    """Check until everything is known and has rested; gives what was said last, the whole way."""
    time.sleep(0.1)
    for _ in range(3):
        forget(memory)
        done = memory.roost("check", *flags, path)
    return done.output


def forget(memory):
    shutil.rmtree(memory.home.launcher / "answers", ignore_errors=True)


@pytest.mark.covers("C3")
@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
@pytest.mark.parametrize("source", [SOURCE, DECLARED, "print(1)\n"], ids=["inferred", "declared", "nothing"])
def test_what_was_said_is_said_again_to_the_byte(flags, source, memory, script):
    path = script(source)
    said = ask(memory, path, *flags)
    known = memory.ask("check", *flags, path)
    assert (known.status, known.output, known.errors) == (0, said, "")
    assert memory.ask("check", path, *flags).output == said


@pytest.mark.thorough
def test_each_form_has_its_own_answer(memory, script):
    path = script(SOURCE)
    ask(memory, path, "--no-build")
    assert memory.knows("check", "--no-build", path)
    for words in (
        (),
        ("--json",),
        ("--json", "--no-build"),
        ("--strict", "--no-build"),
        ("-v", "--no-build"),
        ("--offline", "--no-build"),
    ):
        assert not memory.knows("check", *words, path)
    assert not memory.knows("check", "--no-build", path, path)
    assert not memory.knows("check", "--no-build")
    assert not memory.knows("check", "--no-build", path.name, cwd=path.parent.parent)


def edit(memory, path):
    path.write_text(path.read_text() + "\n")


def vanish(memory, path):
    path.unlink()


def require(memory, path):
    path.with_name("requirements.txt").write_text("soup\n")


def shadow(memory, path):
    path.with_name("soup.py").write_text("")


def local(memory, path):
    path.with_name("one.py").write_text("VALUE = 2\n")


def settings(memory, path):
    homes.write(memory.home.settings_file, "offline = true\n")


def trust(memory, path):
    homes.write(memory.home.trust_file, "[trusted]\n")


def lose_environment(memory, path):
    shutil.rmtree(memory.environment)


def lose_manifest(memory, path):
    (memory.environment / "roost.json").unlink()


def lose_distribution(memory, path):
    [folder] = memory.environment.glob("lib/python*/site-packages")
    shutil.move(folder / "soup", memory.environment / "gone") if (folder / "soup").exists() else (
        folder / "soup.py"
    ).unlink()


def lose_interpreter(memory, path):
    (memory.environment / "bin/python").unlink()


def another_lock(memory, path):
    for request in memory.home.requests.iterdir():
        request.write_text(request.read_text() + " ")


CHANGES = [
    edit, vanish, require, shadow, local, settings, trust, lose_environment, lose_manifest, lose_distribution, lose_interpreter,
    another_lock,
]  # fmt: skip


@pytest.mark.covers("C3")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.thorough
def test_a_change_is_seen(change, memory, script):
    script("VALUE = 1\n", "one.py")
    path = script(f"import one\n{SOURCE}")
    ask(memory, path)
    assert memory.knows("check", path)
    change(memory, path)
    if change is vanish:
        assert memory.ask("check", path).status != 0
    else:
        assert not memory.knows("check", path)


@pytest.mark.parametrize(
    "name", ["ROOST_INDEX_URL", "ROOST_PYTHON", "UV_INDEX_URL", "PIP_INDEX_URL", "LC_ALL", "LD_LIBRARY_PATH", "PATH"]
)
@pytest.mark.thorough
def test_a_variable_that_matters_is_seen(name, memory, script):
    path = script(SOURCE)
    ask(memory, path)
    assert memory.knows("check", path)
    assert not memory.knows("check", path, **{name: "/changed"})


@pytest.mark.thorough
def test_an_answer_lasts_a_day_at_most(memory, script):
    path = script("print(1)\n")
    ask(memory, path)
    from roost.records import sealed

    [file] = (memory.home.launcher / "answers").glob("*/*")
    name = file.parent.name + file.name
    folder = str(memory.home.launcher / "answers")
    record = sealed.find(folder, name)
    assert 0 < record["grounds"]["expires"] - time.time_ns() <= 86_400 * 10**9
    sealed.keep(folder, name, record | {"grounds": record["grounds"] | {"expires": 1}})
    assert not memory.knows("check", path)


@pytest.mark.thorough
def test_the_first_answer_is_not_the_one_that_is_kept(memory, script):
    path = script(SOURCE)
    time.sleep(0.1)
    first = memory.roost("check", "--json", path).data
    assert first["environment"]["fresh"]
    assert not memory.knows("check", "--json", path)
    again = memory.roost("check", "--json", path)
    assert memory.ask("check", "--json", path).output == again.output


@pytest.mark.thorough
def test_an_answer_that_had_to_build_is_not_the_one_that_is_kept(memory, script):
    path = script(SOURCE)
    ask(memory, path, "--json")
    shutil.rmtree(memory.environment)
    forget(memory)
    assert memory.roost("check", "--json", path).data["environment"]["fresh"]
    assert not memory.knows("check", "--json", path)


@pytest.mark.thorough
def test_a_link_and_a_pipe_in_the_place_of_the_file_are_seen(memory, script):
    path = script(SOURCE)
    ask(memory, path, "--no-build")
    assert memory.knows("check", "--no-build", path)
    path.rename(other := path.with_name("other.py"))
    path.symlink_to(other)
    assert not memory.knows("check", "--no-build", path)
    path.unlink()
    os.mkfifo(path)
    assert not memory.knows("check", "--no-build", path)


@pytest.mark.thorough
def test_a_local_module_that_is_too_young_is_not_relied_on(memory, script):
    other = script("VALUE = 1\n", "one.py")
    path = script(f"import one\n{SOURCE}")
    os.utime(other, ns=(time.time_ns() + 10**12,) * 2)
    for _ in range(2):
        memory.roost("check", "--no-build", path)
    assert not memory.knows("check", "--no-build", path)


@pytest.mark.parametrize(
    "source", ["import nothing_has_this\n", "import sys\nfrom . import x\n"], ids=["unanswered", "noted"]
)
@pytest.mark.thorough
def test_what_is_not_well_is_looked_at_each_time(source, memory, script):
    path = script(source)
    for _ in range(2):
        memory.roost("check", "--no-build", path)
    assert not list(memory.home.launcher.glob("answers/*/*"))
