from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.environments.test_foreign import make_conda, make_venv

pytestmark = pytest.mark.thorough


@pytest.fixture
def kitchen(index, roost, script, environ, tmp_path):
    """One environment of roost's, and some of others."""
    index.add("soup", "2.0", modules={"soup.py": "", "ladle.py": ""})
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport ladle\n", "dinner.py")
    assert roost("run", path).status == 0
    user = Path(environ["HOME"])
    venv = make_venv(user / ".virtualenvs" / "blog")
    (site,) = venv.glob("lib/*/site-packages")
    (site / "soup-0.9.dist-info").mkdir()
    (site / "soup-0.9.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: soup\nVersion: 0.9\n")
    make_conda(user / "miniconda3/envs/science")
    broken = make_venv(tmp_path / "far" / ".venv")
    (broken / "bin" / "python").unlink()
    return path


@pytest.mark.covers("C8")
def test_environments_of_every_kind_are_listed(kitchen, roost, tmp_path):
    assert [one["kind"] for one in roost("env", "list", "--json").data["environments"]] == ["roost"]
    rows = roost("env", "list", "--all", tmp_path / "far", "--size", "--json").data["environments"]
    listed = {one["kind"]: one for one in rows if one["broken"] is None}
    assert {"roost", "conda", "venv"} <= listed.keys()
    assert listed["venv"]["distributions"] == [{"name": "soup", "version": "0.9"}]
    assert {"name": "ffmpeg", "version": "7.0"} in listed["conda"]["distributions"]
    assert all(one["size"] > 0 for one in rows)
    [broken] = [one for one in rows if one["broken"]]
    assert (broken["path"], broken["broken"]) == (str(tmp_path / "far" / ".venv"), "it has no `bin/python`")
    assert "broken: it has no `bin/python`" in roost("env", "list", tmp_path / "far").output
    assert roost("env", "list", tmp_path / "nowhere").status == 66


@pytest.mark.covers("C8")
@pytest.mark.covers("C5")
def test_they_are_found_by_what_is_in_them(kitchen, roost):
    def found(text: str) -> list[tuple[str, list[str]]]:
        rows = roost("env", "find", text, "--json").data["environments"]
        return [(row["kind"], [match["kind"] for match in row["matches"]]) for row in rows]

    assert found("ladle") == [("roost", ["module"])]
    assert found("dinner.py") == [("roost", ["script"])]
    assert [kind for kind, _ in found("soup")] == ["roost", "venv"]
    assert found("ffmpeg") == [("conda", ["distribution"])]
    assert found("blog") == [("venv", ["environment"])]
    assert "soup 0.9" in roost("env", "find", "Soup").output
    assert (
        roost("env", "find", "nothing-at-all").output == "no environment has `nothing-at-all` in anything of its own\n"
    )


@pytest.mark.covers("C8")
def test_what_shows_one_of_roost_shows_the_others_too(kitchen, roost):
    shown = roost("env", "show", "blog")
    assert "soup   0.9" in shown.output or "soup  0.9" in shown.output
    assert roost("env", "tree", "blog").output.splitlines() == ["blog", "soup 0.9"]
    assert roost("env", "diff", "blog", kitchen).output == "soup 0.9 → 2.0\n"
    assert roost("env", "why", "blog", "soup").output == "soup==0.9\n"
    refused = roost("env", "rm", "blog")
    assert refused.status == 66  # others' are never removed


@pytest.mark.covers("C8")
def test_those_of_a_pool_are_listed_and_found(kitchen, roost, home, tmp_path):
    [one] = (home / "data" / "environments").glob("soup-*")
    pool = tmp_path / "pool"
    shutil.copytree(one, pool / "environments" / one.name, symlinks=True)
    shutil.rmtree(one)
    assert roost("env", "list", "--json").data["environments"] == []
    said = roost("env", "list", "--json", ROOST_POOL=str(pool)).data["environments"]
    assert [(row["kind"], row["path"]) for row in said] == [("pool", str(pool / "environments" / one.name))]
    assert roost("env", "list", ROOST_POOL=str(pool)).output.startswith("  pool  soup-")
    assert roost("env", "find", "ladle", "--json", ROOST_POOL=str(pool)).data["environments"][0]["kind"] == "pool"
