"""Plan → Lock: remembered, read beside the script, or resolved by the cascade."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from roost.distributions import Plan, Requirement, faults, pylock
from roost.distributions.errors import IndexUnreachable
from roost.errors import RoostError
from roost.scripts import Choice, Declared
from roost.scripts.pythons import NoPython
from roost.settings import Settings
from tests import repositories
from tests.environments import conftest as parts
from tests.test_private_index import bare_repository, files_with

python, room = parts.python, parts.room  # its fixtures serve here too
PYENV = Path.home() / ".pyenv" / "versions"


def needing(room, *requirements: Requirement, declared: Declared | None = None) -> Plan:
    plan = room.plan(declared=declared)
    return Plan(plan.script, plan.python, requirements, (), ())


@pytest.mark.covers("C4")
def test_a_lock_has_exact_files_with_hashes(index, room):
    index.add("soup", "2.0", requires=("stock>=1",))
    index.add("stock", "1.4")
    lock = room.lock("soup>=1")
    assert [(one.name, one.version) for one in lock.artifacts] == [("soup", "2.0"), ("stock", "1.4")]
    assert all(one.sha256 and one.url.startswith(index.url) for one in lock.artifacts)
    assert lock.roots == ("soup",)
    assert lock.steps[-1] == "uv from the index: 2 distributions"
    assert pylock.artifacts(lock.text, lock.interpreter, folder=room.script.parent) == lock.artifacts


def test_a_remembered_lock_needs_no_index_whatever_the_order(index, room):
    index.add("soup")
    index.add("bread")
    first = room.lock("soup", "bread")
    index.projects.clear()
    again = room.lock("bread", "soup")
    assert again.artifacts == first.artifacts
    assert again.steps == ("remembered",)


def test_another_question_is_asked(index, room):
    index.add("soup", "1.0")
    index.add("soup", "2.0")
    assert room.lock("soup").artifacts[0].version == "2.0"
    assert room.lock("soup<2").artifacts[0].version == "1.0"


def test_upgrade_asks_again(index, room):
    index.add("soup", "1.0")
    room.lock("soup")
    index.add("soup", "2.0")
    assert room.lock("soup").artifacts[0].version == "1.0"
    assert room.lock("soup", upgrade=True).artifacts[0].version == "2.0"
    assert room.lock("soup").artifacts[0].version == "2.0"


def age(room) -> None:
    (file,) = room.home.requests.iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"created": 1.0}))


def test_an_old_lock_is_asked_again_and_kept_when_the_index_is_away(index, room):
    index.add("soup", "1.0")
    room.lock("soup")
    age(room)
    index.add("soup", "2.0")
    index.fail("/simple/", 503)
    room.home.engine_cache.rename(room.home.engine_cache.with_name("gone"))
    assert room.lock("soup").artifacts[0].version == "1.0"
    index.faults.clear()
    assert room.lock("soup").artifacts[0].version == "2.0"


@pytest.mark.parametrize(
    "harm", ["", "{", '{"schema": "roost.request/99"}', '{"schema": "roost.request/1", "artifacts": [[1]]}', "[]"]
)
def test_a_damaged_memory_is_none(index, room, harm):
    index.add("soup")
    room.lock("soup")
    (file,) = room.home.requests.iterdir()
    file.write_text(harm)
    assert room.lock("soup").artifacts[0].name == "soup"
    assert json.loads(file.read_text())["schema"] == "roost.request/1"


def test_offline_resolves_from_what_was_seen_before(index, room):
    index.add("soup", requires=("stock",))
    index.add("stock")
    room.build("soup")
    asked = len(index.asked)
    assert room.lock("stock", offline=True).artifacts[0].name == "stock"
    assert len(index.asked) == asked
    with pytest.raises(faults.NotCached) as caught:
        room.lock("bread", offline=True)
    assert "bread" in " ".join(caught.value.why)


def test_an_index_that_is_away_is_answered_from_the_cache(index, room):
    index.add("soup", requires=("stock",))
    index.add("stock")
    room.build("soup")
    index.fail("/simple/", 503)
    lock = room.lock("stock")
    assert lock.artifacts[0].name == "stock"
    assert [step.partition(":")[0] for step in lock.steps] == ["uv from the index", "uv from its cache"]


# what is declared beside the script


def beside(room, *texts: str) -> Declared:
    file = room.script.with_name("pylock.it.toml")
    file.write_text(room.lock(*texts).text)
    shutil.rmtree(room.home.requests)
    return Declared(lock=file)


def test_a_lock_beside_the_script_wins_when_it_satisfies_what_is_declared(index, room):
    index.add("soup", "1.0")
    declared = beside(room, "soup")
    index.add("soup", "2.0")
    asked = len(index.asked)
    lock = room.lock(plan=room.plan("soup>=1", declared=declared))
    assert lock.artifacts[0].version == "1.0"
    assert "pylock.it.toml" in lock.steps[0]
    assert len(index.asked) == asked


def test_a_lock_beside_the_script_is_left_alone_when_it_does_not(index, room):
    index.add("soup", "1.0")
    declared = beside(room, "soup")
    index.add("soup", "2.0")
    assert room.lock(plan=room.plan("soup>=2", declared=declared)).artifacts[0].version == "2.0"
    assert any("pylock.it.toml" in text for text in room.report.of("note"))


def test_what_imports_need_beyond_it_keeps_its_versions(index, room):
    index.add("soup", "1.0")
    index.add("bread", requires=("soup",))
    declared = beside(room, "soup")
    index.add("soup", "2.0")
    inferred = Requirement("bread", "bread", "`import bread` at line 1", "inferred")
    lock = room.lock(plan=needing(room, room.requirement("soup"), inferred, declared=declared))
    assert [(one.name, one.version) for one in lock.artifacts] == [("bread", "1.0"), ("soup", "1.0")]


def test_constraints_hold(index, room):
    index.add("soup", "1.0")
    index.add("soup", "2.0")
    assert room.lock(plan=room.plan("soup", declared=Declared(constraints=("soup<2",)))).artifacts[0].version == "1.0"


def test_a_folder_is_asked_for_again_when_it_has_changed(room, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "soup.py").write_text("")
    write = (project / "pyproject.toml").write_text
    write(
        '[project]\nname = "soup"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "made"\nbackend-path = ["."]\n'
    )
    first = room.lock(f"soup @ {project.as_uri()}")
    assert first.artifacts[0].url == project.as_uri()
    assert room.lock(f"soup @ {project.as_uri()}").steps == ("remembered",)
    (project / "soup.py").write_text("changed = True\n")
    assert room.lock(f"soup @ {project.as_uri()}").steps != ("remembered",)


# inferred names are not built


@pytest.mark.thorough
def test_an_inferred_name_is_never_built_and_a_declared_one_may_be(index, room):
    index.add("soup", source_only=True, setup="raise SystemExit('it was run')\n", history=False)
    with pytest.raises(faults.NoMatchingVersion):
        room.lock(plan=room.plan("soup", wheels_only=["soup"]))
    with pytest.raises(faults.BuildFailed):
        room.lock(plan=room.plan("soup"))


@pytest.mark.thorough
def test_what_only_an_inferred_name_needs_is_not_built_either(index, room):
    index.add(
        "bread", "1.0", source_only=True, setup="import os; open(os.environ['HOME'] + '/ran', 'w')\n", history=False
    )
    index.add("soup", requires=("bread",))
    index.add("salt")
    with pytest.raises(RoostError):
        room.lock(plan=room.plan("salt", "soup", wheels_only=["soup"]))
    assert not Path(os.environ["HOME"], "ran").exists()


# the cascade


@pytest.mark.covers("C4")
def test_where_no_wheel_fits_another_python_is_tried(index, room):
    index.add("soup", tag="cp310-cp310-manylinux_2_17_x86_64", history=False)
    if not list(PYENV.glob("3.10.*")):
        pytest.skip("no Python 3.10 here")
    lock = room.lock("soup")
    assert lock.interpreter.short == "3.10"
    assert [step.partition(":")[0] for step in lock.steps] == ["uv from the index", "uv with Python 3.10"]


@pytest.mark.covers("C4", "B5")
@pytest.mark.parametrize(
    ("code", "prepare", "texts", "words"),
    [
        ("distribution-not-found", lambda index: None, ["soup"], "soup was not found"),
        (
            "distribution-not-found",
            lambda index: index.add("soup", requires=("stock>2",)),
            ["soup"],
            "stock was not found",
        ),
        ("no-matching-version", lambda index: index.add("soup"), ["soup>=5"], "only soup<=1.0 is available"),
        (
            "no-matching-version",
            lambda index: index.add("soup", tag="cp311-cp311-win_amd64", history=False),
            ["soup"],
            "platform tag",
        ),
        (
            "python-mismatch",
            lambda index: index.add("soup", requires_python=">=3.99", history=False),
            ["soup"],
            "Python>=3.99",
        ),
        (
            "conflict",
            lambda index: [index.add("a", requires=("c<1",)), index.add("b", requires=("c>=1",)), index.add("c")],
            ["a", "b"],
            "c>=1",
        ),
        ("credentials-refused", lambda index: [index.add("soup"), index.fail("/simple/", 401)], ["soup"], "401"),
        ("index-unreachable", lambda index: [index.add("soup"), index.fail("/simple/", 500)], ["soup"], "500"),
    ],
)
def test_each_fault_has_its_name_and_the_resolver_s_own_words(index, room, code, prepare, texts, words):  # noqa: PLR0917
    prepare(index)
    with pytest.raises(RoostError) as caught:
        room.lock(*texts)
    assert caught.value.code == code
    assert words in " ".join(caught.value.why)
    assert "it.py" in caught.value.what


@pytest.mark.covers("C4")
def test_when_all_steps_fail_the_message_has_a_line_for_each(index, room):
    room.settings = Settings(index_url="http://127.0.0.1:9/simple/", index_timeout=5)
    with pytest.raises(IndexUnreachable) as caught:
        room.lock("soup")
    assert [
        step for step in ("uv from its cache: ", "pip: ") if any(why.startswith(step) for why in caught.value.why)
    ] == [
        "uv from its cache: ",
        "pip: ",
    ]
    assert any("Connection refused" in why for why in caught.value.why)


def test_credentials_of_an_index_are_neither_stored_nor_said(index, room):
    index.add("soup")
    room.settings = Settings(index_url=f"{index.url.replace('://', '://cook:secret@')}simple/")
    environment = room.build("soup")
    kept = [
        path
        for folder in (environment.path, room.home.state)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    assert not [path for path in kept if b"secret" in path.read_bytes()]
    assert "secret" not in str(room.report.said)


def test_a_build_log_names_what_the_system_misses():
    said = "error: Failed to build `psycopg2==2.9`\n  cause: The build backend returned an error\n\n[stderr]\nError: pg_config executable not found.\n"
    error = faults.classify(said, what="cannot build")
    assert error.code == "build-failed"
    assert "libpq-dev" in " ".join(error.hints)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("error: failed to write to `x`\n  cause: No space left on device (os error 28)", "disk-full"),
        ("error: failed to create directory `x`\n  cause: Permission denied (os error 13)", "no-permission"),
        ("error: Failed to fetch: `x`\n  cause: operation timed out", "timed-out"),
        ("error: Couldn't parse requirement in `-` at position 0", "bad-requirement"),
        ("something that nobody has seen before", "engine-failed"),
        ("", "engine-failed"),
    ],
)
def test_what_an_engine_says_has_a_name(said, code):
    assert faults.classify(said, what="cannot").code == code


def test_of_a_long_list_of_versions_the_newest_are_told():
    versions = ", ".join(f"1.{minor}" for minor in range(60))
    said = f"ERROR: Could not find a version that satisfies the requirement soup==99 (from versions: {versions})"
    assert faults.one_line(said).endswith("soup==99 (newest versions: 1.57, 1.58, 1.59)")
    assert "(from versions: none)" in faults.one_line(said.replace(versions, "none"))


# what the script copes without


def optional(text: str) -> Requirement:
    return Requirement(text, text, f"`import {text}` at line 1", "inferred", wheels_only=True, optional=True)


def locked(lock) -> list[str]:
    return [artifact.name for artifact in lock.artifacts]


def test_what_the_script_copes_without_is_installed_when_it_can_be_had(index, room):
    index.add("soup")
    index.add("salt")
    assert locked(room.lock(plan=needing(room, room.requirement("soup"), optional("salt")))) == ["salt", "soup"]
    assert room.report.of("note") == []


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda index: None, id="no such distribution"),
        pytest.param(lambda index: index.add("salt", requires=("rock>9",)), id="a need of it is missing"),
        pytest.param(lambda index: index.add("salt", tag="cp310-cp310-win_amd64", history=False), id="no wheel"),
        pytest.param(lambda index: index.add("salt", source_only=True, history=False), id="source only"),
        pytest.param(lambda index: index.add("salt", requires=("soup>1",)), id="conflict"),
    ],
)
def test_what_the_script_copes_without_is_left_out_when_it_cannot_be_had(index, room, prepare):
    index.add("soup")
    index.add("pepper")
    prepare(index)
    plan = needing(room, room.requirement("soup"), optional("salt"), optional("pepper"))
    lock = room.lock(plan=plan)
    assert locked(lock) == ["pepper", "soup"]
    assert lock.interpreter == room.python
    assert lock.steps[-1] == "uv from the index, without salt: 2 distributions"
    (note,) = room.report.of("note")
    assert "`salt`" in note
    asked = len(index.asked)
    assert locked(room.lock(plan=plan)) == ["pepper", "soup"]
    assert len(index.asked) == asked


def test_what_is_needed_and_cannot_be_had_is_the_fault_not_what_is_optional(index, room):
    with pytest.raises(faults.DistributionNotFound) as caught:
        room.lock(plan=needing(room, room.requirement("soup"), optional("salt")))
    assert "soup" in " ".join(caught.value.why)
    assert "salt" not in " ".join(caught.value.why)


def test_offline_what_was_never_fetched_and_is_optional_is_left_out(index, room):
    index.add("soup")
    room.build("soup")
    plan = needing(room, room.requirement("soup"), optional("salt"))
    assert locked(room.lock(plan=plan, offline=True)) == ["soup"]
    index.add("salt")
    assert locked(room.lock(plan=plan)) == ["salt", "soup"]


def test_a_lock_beside_the_script_need_not_have_what_is_optional(index, room):
    index.add("soup")
    declared = beside(room, "soup")
    index.add("salt")
    plan = needing(room, room.requirement("soup"), optional("salt"), declared=declared)
    assert "pylock.it.toml" in room.lock(plan=plan).steps[0]


# hashes that somebody wrote down


def hashed(room, text: str, *hashes: str) -> Requirement:
    return room.requirement(text).replace(hashes=tuple(f"sha256:{one}" for one in hashes))


def test_a_declared_hash_chooses_the_file(index, room):
    index.add("soup", "2.0", history=False)
    index.add("soup", "2.0", tag="py2.py3-none-any", history=False)
    for file in index.projects["soup"]:
        lock = room.lock(plan=needing(room, hashed(room, "soup==2.0", file.sha256, "0" * 64)))
        assert [(one.filename, one.sha256) for one in lock.artifacts] == [(file.name, file.sha256)]


def test_a_file_without_a_declared_hash_is_refused_at_every_way_in(index, room):
    index.add("soup", "1.0")
    plan = needing(room, hashed(room, "soup==1.0", "0" * 64))
    with pytest.raises(faults.HashMismatch) as caught:
        room.lock(plan=plan)
    assert index.projects["soup"][-1].sha256 in " ".join(caught.value.why)
    room.lock("soup==1.0")  # what is remembered without a hash is no answer to the question with one
    with pytest.raises(faults.HashMismatch):
        room.lock(plan=plan)
    locked = needing(room, hashed(room, "soup==1.0", "0" * 64), declared=beside(room, "soup==1.0"))
    with pytest.raises(faults.HashMismatch):
        room.lock(plan=locked)


def test_a_declared_hash_is_read_from_the_requirements_file_and_checked(index, roost, script):
    index.add("soup", "1.0")
    right = index.projects["soup"][-1].sha256
    path = script("import soup; print(soup.__version__)")
    path.with_name("requirements.txt").write_text(f"soup==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    refused = roost("run", path)
    assert refused.status == 69
    assert f"declared: sha256:{'0' * 64}" in refused.errors
    path.with_name("requirements.txt").write_text(f"soup==1.0 --hash=sha256:{'0' * 64} --hash=sha256:{right}\n")
    assert roost("run", path).output == "1.0\n"


@pytest.mark.thorough
def test_pip_checks_declared_hashes_too(index, room, tmp_path):
    import venv

    from roost.distributions import pip
    from roost.distributions.lock import request
    from roost.distributions.resolve import Means

    index.add("soup", "1.0")
    engine = room.settings.replace(sandbox_policies=("build=tier=none",))
    means = Means(room.home, engine, room.report, dict(os.environ))
    venv.create(tmp_path / "with-pip", with_pip=True)  # Debian's own Python has none
    python = room.python.replace(path=tmp_path / "with-pip/bin/python")
    for digest, fits in (("0" * 64, False), (index.projects["soup"][-1].sha256, True)):
        asked = request(needing(room, hashed(room, "soup", digest)), python, room.settings)
        if fits:
            assert pip.resolve_with_pip(asked, means, "soup").artifacts[0].sha256 == digest
        else:
            with pytest.raises(faults.HashMismatch):
                pip.resolve_with_pip(asked, means, "soup")


def test_pip_builds_nothing_outside_of_a_sandbox(index, room, tmp_path):
    from roost.distributions import pip
    from roost.distributions.lock import request
    from roost.distributions.resolve import Means

    means = Means(room.home, room.settings, room.report, dict(os.environ))
    asked = request(
        needing(room, room.requirement("gitty @ git+http://127.0.0.1:1/gitty.git")), room.python, room.settings
    )
    with pytest.raises(faults.EngineFailed) as caught:
        pip.resolve_with_pip(asked, means, "gitty")
    assert caught.value.why == ("not asked: it would build what has an address, outside of a sandbox",)


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_pip_has_the_token_of_a_repository_too(index, room, tmp_path):
    import venv

    from roost.distributions import pip
    from roost.distributions.lock import request
    from roost.distributions.resolve import Means
    from roost.environments.installers import Pip, Site

    engine = room.settings.replace(sandbox_policies=("build=tier=none",))
    means = Means(room.home, engine, room.report, dict(os.environ))
    venv.create(tmp_path / "with-pip", with_pip=True)
    python = room.python.replace(path=tmp_path / "with-pip/bin/python")
    bare_repository(tmp_path)
    with repositories.serve(tmp_path, ("t0ken", "")) as served:
        plan = needing(room, room.requirement(f"gitty @ {served.address('gitty.git')}@v1"))
        logins = ((f"http://{served.host}", "t0ken", ""),)
        with pytest.raises(faults.RepositoryFailed):
            pip.resolve_with_pip(request(plan, python, room.settings), means, "gitty")
        asked = request(plan.replace(logins=logins), python, room.settings)
        found = pip.resolve_with_pip(asked, means, "gitty")
        site = Site(room.home, room.settings, room.report, False, (), "gitty")  # not offline
        Pip().install(found.replace(indexes=asked.indexes), tmp_path / "made", site)
    assert found.artifacts[0].commit
    assert "t0ken" not in found.text + str(found.artifacts)
    assert list((tmp_path / "made").glob("lib/*/site-packages/gitty.py"))
    assert files_with(tmp_path / "made", "t0ken") == files_with(room.home.data.parent, "t0ken") == []


def test_a_lock_for_a_python_that_is_not_here_says_so_offline(room):
    plan = room.plan("soup").replace(python=Choice(None, "3.99.1", "the script needs it"))
    with pytest.raises(NoPython) as caught:
        room.lock(plan=plan, offline=True)
    assert "3.99.1" in caught.value.what
    assert "the script needs it" in caught.value.why
