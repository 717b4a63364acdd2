"""Lock → Environment, with real uv against a loopback index."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from roost.distributions import Artifact, Lock, faults
from roost.environments.key import folder, key
from roost.errors import RoostError
from tests.environments.conftest import PIECE, run


@pytest.mark.covers("C2")
def test_a_lock_becomes_an_environment_in_which_its_distributions_are_imported(index, room):
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    environment = room.build("soup")
    assert environment.fresh
    assert environment.distributions == (("soup", "2.0"), ("stock", "1.4"))
    assert environment.name.startswith("soup-")
    assert run(environment, "import soup, stock; print(stock.__version__)").stdout == "1.4\n"
    assert room.inside() == [environment.name]


@pytest.mark.covers("C2")
def test_the_same_request_gives_the_same_environment_without_asking_the_index(index, room):
    index.add("soup")
    first = room.build("soup")
    asked = len(index.asked)
    second = room.build("soup")
    assert (second.path, second.fresh) == (first.path, False)
    assert len(index.asked) == asked


@pytest.mark.covers("C2")
def test_equal_needs_in_any_order_share_one_environment(index, room):
    index.add("soup")
    index.add("bread")
    first = room.build("soup", "bread")
    second = room.build("bread", "soup")
    third = room.build("bread==1.0", "soup")
    assert first.path == second.path == third.path
    assert room.inside() == [first.name]


def test_the_key_is_of_what_is_installed_and_of_nothing_else(python):
    soup = Artifact(
        "soup", "1.0", "soup-1.0-py3-none-any.whl", "https://one.example/soup-1.0-py3-none-any.whl", "a" * 64, 10
    )
    same = Artifact(
        "soup", "1.0", "soup-1.0-py3-none-any.whl", "https://two.example/soup-1.0-py3-none-any.whl", "a" * 64, None
    )
    other = Artifact(
        "soup", "1.0", "soup-1.0-py3-none-any.whl", "https://one.example/soup-1.0-py3-none-any.whl", "b" * 64, 10
    )
    bread = Artifact("bread", "1.0", "bread", "git+https://one.example/bread", None, None, "c" * 40)
    base = key(Lock(python, (soup, bread), "one text", ("soup",)))
    assert key(Lock(python, (bread, same), "another text", ("bread", "soup"))) == base
    assert key(Lock(python, (other, bread), "one text", ("soup",))) != base
    assert key(Lock(python, (soup,), "one text", ("soup",))) != base


def test_a_name_reads_as_what_was_asked_for(home_of, python):
    artifacts = tuple(
        Artifact(name, "1", f"{name}-1-py3-none-any.whl", f"https://h.example/{name}", "a" * 64, 1)
        for name in ("pandas", "openpyxl", "numpy")
    )
    lock = Lock(python, artifacts, "", ("pandas", "openpyxl"))
    assert folder(home_of, lock, key(lock)).name == f"pandas-openpyxl-{key(lock)[:12]}"
    empty = Lock(python, (), "", ())
    assert folder(home_of, empty, key(empty)).name == f"python-{key(empty)[:12]}"


def test_nothing_needed_is_an_environment_too(room):
    environment = room.build()
    assert environment.distributions == ()
    assert run(environment, "print(1)").stdout == "1\n"


def test_an_environment_has_the_layout_that_was_agreed(index, room):
    index.add("soup", scripts={"ladle": "soup:main"}, modules={"soup.py": "def main(): print('served')\n"})
    environment = room.build("soup")
    manifest = json.loads((environment.path / "roost.json").read_text())
    assert manifest["schema"] == "roost.environment/1"
    assert manifest["key"] == environment.key
    assert [fields[:2] for fields in manifest["artifacts"]] == [["soup", "1.0"]]
    assert all((environment.path / file).is_file() for file in manifest["files"])
    path = run(environment, "import sys; print('\\n'.join(sys.path))").stdout.splitlines()
    assert path[-1].endswith("/_roost")
    assert path[-2].endswith("/site-packages")
    assert run(environment, "import _roost; print(_roost.PROTOCOL)").stdout == "1\n"
    command = subprocess.run([environment.path / "bin" / "ladle"], capture_output=True, text=True, check=True)
    assert command.stdout == "served\n"
    assert not list(environment.path.glob("lib/*/EXTERNALLY-MANAGED"))


def test_pth_files_that_distributions_bring_are_in_the_manifest(index, room):
    index.add("soup", modules={"soup.py": "", "soup_start.pth": "import soup\n"})
    environment = room.build("soup")
    manifest = json.loads((environment.path / "roost.json").read_text())
    assert [Path(name).name for name in manifest["pth"]] == ["soup_start.pth"]


# what may go wrong with one that is there


@pytest.mark.covers("C5")
@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(
            lambda path: (path / "roost.json").write_text((path / "roost.json").read_text()[:99]), id="manifest cut"
        ),
        pytest.param(lambda path: (path / "roost.json").unlink(), id="manifest gone"),
        pytest.param(lambda path: (path / "pyvenv.cfg").unlink(), id="pyvenv.cfg gone"),
        pytest.param(
            lambda path: [(path / "bin" / "python").unlink(), (path / "bin" / "python").symlink_to("/nowhere/python")],
            id="python dangling",
        ),
        pytest.param(lambda path: [shutil.rmtree(path), path.write_text("")], id="a file in its place"),
    ],
)
def test_a_damaged_environment_is_built_again(index, room, harm):
    index.add("soup")
    first = room.build("soup")
    harm(first.path)
    again = room.build("soup")
    assert (again.path, again.fresh) == (first.path, True)
    assert run(again, "import soup").returncode == 0
    assert room.inside() == [again.name]
    assert any("damaged" in text for text in room.report.of("note"))


def test_another_environment_with_the_same_first_digits_is_not_taken(index, room):
    index.add("soup")
    first = room.build("soup")
    manifest = json.loads((first.path / "roost.json").read_text())
    (first.path / "roost.json").write_text(json.dumps(manifest | {"key": "0" * 64}))
    assert room.build("soup").fresh


def test_a_damaged_environment_stays_whole_for_a_process_that_works_in_it(index, room):
    index.add("soup", modules={"soup.py": "", "late.py": "FOUND = True\n"})
    first = room.build("soup")
    source = "import sys; print(1, flush=True); sys.stdin.read(); import late; print(late.FOUND)"
    working = subprocess.Popen([first.python, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert working.stdout.readline() == "1\n"
    (first.path / "roost.json").unlink()
    room.build("soup")
    assert [name for name in room.inside() if name.startswith(".trash-")]
    output, _ = working.communicate("")
    assert output == "True\n"
    index.add("bread")
    room.build("bread")
    assert not [name for name in room.inside() if name.startswith(".trash-")]


# builds that end badly


def test_a_build_that_is_killed_is_made_again(index, room, tmp_path):
    index.add("soup")
    lock = room.lock("soup")
    asked = index.hold("soup-1.0")
    building = subprocess.Popen(
        [sys.executable, "-c", PIECE, *room.words(), "soup"], cwd=Path.cwd(), stderr=subprocess.DEVNULL
    )
    assert asked.wait(60)
    assert [name for name in room.inside() if name.startswith(".tmp-")]
    os.kill(building.pid, signal.SIGKILL)
    building.wait()
    index.release("soup-1.0")
    environment = room.ensure(lock)
    assert run(environment, "import soup").returncode == 0
    assert room.inside() == [environment.name]


def test_a_killed_build_leaves_nothing_that_counts(index, room):
    index.add("soup")
    room.lock("soup")
    asked = index.hold("soup-1.0")
    building = subprocess.Popen(
        [sys.executable, "-c", PIECE, *room.words(), "soup"], cwd=Path.cwd(), stderr=subprocess.DEVNULL
    )
    assert asked.wait(60)
    os.kill(building.pid, signal.SIGKILL)
    building.wait()
    from roost.environments import listing

    assert listing(room.home) == ()
    index.release("soup-1.0")


@pytest.mark.thorough
@pytest.mark.covers("C2")
def test_eight_at_once_build_one_environment(index, room):
    index.add("soup")
    room.lock("soup")
    asked = index.hold("soup-1.0")
    eight = [
        subprocess.Popen(
            [sys.executable, "-c", PIECE, *room.words(), "soup"], cwd=Path.cwd(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    assert asked.wait(30)
    index.release("soup-1.0")
    said = [json.loads(one.communicate(timeout=120)[0]) for one in eight]
    assert len({path for path, _ in said}) == 1
    assert sorted(fresh for _, fresh in said) == [False] * 7 + [True]


@pytest.mark.covers("B5")
def test_a_file_that_is_not_what_the_lock_says_is_not_installed(index, room):
    index.add("soup", history=False)
    lock = room.lock("soup")
    artifact = lock.artifacts[0]
    wrong = Artifact(artifact.name, artifact.version, artifact.filename, artifact.url, "0" * 64, artifact.size)
    with pytest.raises(faults.HashMismatch) as caught:
        room.ensure(Lock(lock.interpreter, (wrong,), lock.text, lock.roots))
    assert "0" * 64 in " ".join(caught.value.why)
    assert room.inside() == []


@pytest.mark.thorough
@pytest.mark.covers("B5")
def test_a_file_that_the_index_has_no_more_is_said(index, room):
    index.add("soup", history=False)
    lock = room.lock("soup")
    index.projects.clear()
    with pytest.raises(RoostError) as caught:
        room.ensure(lock)
    assert "404" in " ".join(caught.value.why)
    assert room.inside() == []


def test_what_was_fetched_once_is_built_offline(index, room):
    index.add("soup")
    lock = room.lock("soup")
    shutil.rmtree(room.ensure(lock).path)
    asked = len(index.asked)
    assert room.build("soup", offline=True).fresh
    assert len(index.asked) == asked


def test_what_was_never_fetched_is_said_when_offline(index, room):
    index.add("soup")
    lock = room.lock("soup")
    with pytest.raises(faults.NotCached):
        room.ensure(lock, offline=True)
    assert room.inside() == []


@pytest.mark.thorough
@pytest.mark.covers("C4")
def test_what_cannot_be_compiled_names_the_step_and_its_last_words(index, room):
    index.add("soup", source_only=True, setup="raise SystemExit('the broth is burnt')\n", history=False)
    with pytest.raises(RoostError) as caught:
        room.build("soup")
    assert caught.value.code == "build-failed"
    assert any(why.startswith("pip: ") for why in caught.value.why)


@pytest.mark.machine
@pytest.mark.covers("B5")
def test_a_full_disk_is_said_and_nothing_half_built_stays(index, room, tmp_path):
    small = tmp_path / "home" / "data"
    small.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs root, to mount a small file system")
    try:
        index.add("soup", modules={"soup.py": "", "much.txt": "x" * 3_000_000}, history=False)
        with pytest.raises(faults.DiskFull):
            room.build("soup")
        assert room.inside() == []
    finally:
        subprocess.run(["umount", small], check=True)
    assert room.build("soup").fresh
