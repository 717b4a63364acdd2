"""What is there is listed, found, explained, tried and collected."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from roost import environments
from roost.distributions import Plan
from roost.environments import sizes, store


@pytest.fixture
def soup(index, room):
    index.add("soup", "2.0", requires=("stock>=1", 'snow; sys_platform == "win32"'), extras={"hot": ("pepper>=3",)})
    index.add("stock", "1.4")
    index.add("pepper", "3.1")
    room.script.write_text("import soup\n")
    return room


def old(environment, days: float = 400) -> None:
    manifest = environment.path / "roost.json"
    created = time.time() - days * 86400
    manifest.write_text(manifest.read_text().replace(f'"created": {environment.created}', f'"created": {created}'))


def refer(room, plan: Plan, environment) -> None:
    environments.refer(room.home, plan.script, room.lock(plan=plan), environment)


@pytest.mark.covers("C5")
def test_environments_are_listed_and_found_by_parts_of_their_names_and_by_script(soup):
    one, other = soup.build("soup"), soup.build("stock")
    assert {found.name for found in environments.listing(soup.home)} == {one.name, other.name}
    refer(soup, soup.plan("soup"), one)
    for text in (one.name, "soup", one.key[:8], one.key, str(soup.script)):
        assert environments.find(soup.home, text).path == one.path
    with pytest.raises(store.NoSuchEnvironment):
        environments.find(soup.home, "bread")


@pytest.mark.covers("C5")
def test_a_removed_environment_is_gone_and_built_again(soup):
    one = soup.build("soup")
    environments.remove(soup.home, one)
    assert soup.inside() == []
    assert soup.build("soup").fresh


def test_an_environment_in_which_a_process_works_is_not_removed(soup):
    one = soup.build("soup")
    working = subprocess.Popen(
        [one.python, "-c", "print(1, flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    working.stdout.readline()
    with pytest.raises(store.EnvironmentInUse):
        environments.remove(soup.home, one)
    working.communicate("\n")
    with environments.using(soup.home, one), pytest.raises(store.EnvironmentInUse):
        environments.remove(soup.home, one)
    environments.remove(soup.home, one)


def test_a_folder_whose_manifest_cannot_be_read_is_collected(soup):
    one, other = soup.build("soup"), soup.build("stock")
    (one.path / "roost.json").write_text('{"schema"')
    with environments.using(soup.home, one):
        environments.collect(soup.home, older_than=400 * 86400, dry_run=False)
    assert one.path.exists(), "somebody works in it"
    environments.collect(soup.home, older_than=400 * 86400, dry_run=False)
    assert not one.path.exists()
    assert other.path.exists()


def test_files_with_several_names_count_once(soup):
    one = soup.build("soup")
    before = environments.size(one)
    os.link(one.path / "roost.json", one.path / "again.json")
    assert environments.size(one) == before > 0
    assert 0 < sizes.usage(one.path).own <= before


def test_the_reason_for_a_distribution_is_every_way_to_it(soup):
    one = soup.build("soup[hot]")
    assert environments.why(one, "stock") == (("soup==2.0", "stock>=1"),)
    (root,) = environments.tree(one)
    assert (root.name, root.version) == ("soup", "2.0")
    assert ("stock", "1.4", "stock>=1") in [(node.name, node.version, node.requirement) for node in root.needs]
    with pytest.raises(Exception, match="does not have `snow`"):
        environments.why(one, "snow")


def test_imports_are_tried_one_by_one_even_after_a_crash(index, room):
    index.add(
        "soup",
        modules={
            "soup.py": "ladle = 1\nprint('noise')\n",
            "burnt.py": "import os\nos.kill(os.getpid(), 11)\n",
            "cold.py": "1 / 0\n",
        },
    )
    trials = environments.try_imports(room.build("soup"), ["soup", "burnt", "cold", "nowhere"])
    assert [(trial.module, trial.ok) for trial in trials] == [
        ("soup", True),
        ("burnt", False),
        ("cold", False),
        ("nowhere", False),
    ]
    assert "ladle" in trials[0].names
    assert "SIGSEGV" in trials[1].error
    assert trials[2].error == "ZeroDivisionError: division by zero"
    assert trials[3].error.startswith("ModuleNotFoundError")
    assert [trial.died for trial in trials] == [False, True, False, False]


def test_names_are_tried_as_the_statement_would_import_them(index, room, tmp_path):
    made = "def __getattr__(name):\n    if name == 'spoon':\n        return 1\n    raise AttributeError(name)\n"
    index.add("soup", modules={"soup/__init__.py": made, "soup/pot.py": ""})
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "table.py").write_text("import soup\n")
    items = ["soup:spoon", "soup:pot", "soup:fork", "nowhere:it", "table:soup"]
    trials = environments.try_imports(room.build("soup"), items, search=[tmp_path / "own"])
    assert [(trial.module, trial.ok) for trial in trials] == [
        ("soup:spoon", True), ("soup:pot", True), ("soup:fork", False), ("nowhere:it", False), ("table:soup", True),
    ]  # fmt: skip
    assert "cannot import name 'fork'" in trials[2].error


@pytest.mark.covers("C5")
def test_only_what_nobody_uses_is_collected(soup):
    young, referred, alone, used = (
        soup.build("soup"),
        soup.build("stock"),
        soup.build("pepper"),
        soup.build("soup", "pepper"),
    )
    refer(soup, soup.plan("stock"), referred)
    for one in (referred, alone, used):
        old(one)
    environments.mark(used)
    month = 30 * 86400
    dry = environments.collect(soup.home, older_than=month, dry_run=True)
    assert [one.name for one in dry.removed] == [alone.name]
    assert len(soup.inside()) == 4
    done = environments.collect(soup.home, older_than=month, dry_run=False)
    assert [one.name for one in done.removed] == [alone.name]
    assert sorted(soup.inside()) == sorted([young.name, referred.name, used.name])
    assert done.bytes > 0


@pytest.mark.covers("C5")
def test_environments_of_deleted_scripts_are_orphans(soup):
    one = soup.build("soup")
    refer(soup, soup.plan("soup"), one)
    old(one)
    assert environments.collect(soup.home, older_than=86400, dry_run=False).removed == ()
    soup.script.unlink()
    done = environments.collect(soup.home, older_than=86400, dry_run=False)
    assert [found.name for found in done.removed] == [one.name]
    assert done.orphans == (str(soup.script),)
    assert list(soup.home.references.iterdir()) == []


def test_bytecode_is_written_in_one_go_whatever_the_variables_say(soup, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    one = soup.build("soup")
    assert environments.compile(one, home=soup.home)
    tag = sys.implementation.cache_tag
    assert list(one.path.glob(f"lib/*/site-packages/__pycache__/soup.{tag}.pyc"))
    assert environments.compile(one, home=soup.home)


def test_a_manifest_that_is_cut_is_not_listed(soup):
    one = soup.build("soup")
    manifest = one.path / "roost.json"
    whole = manifest.read_bytes()
    assert [found.replace(fresh=True) for found in environments.listing(soup.home)] == [one]
    for length in (0, 10, len(whole) // 2, len(whole) - 3):
        manifest.write_bytes(whole[:length])
        assert environments.listing(soup.home) == ()
    manifest.write_bytes(b'{"schema": "other/1"}\n')
    assert environments.listing(soup.home) == ()
