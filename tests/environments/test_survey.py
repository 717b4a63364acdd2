"""What is known of an environment: sizes by distribution, who needs whom, licences, and what is wrong."""

from __future__ import annotations

import pytest

from roost import environments
from roost.environments.inspecting import read_contents
from roost.environments.survey import survey
from tests.environments.test_foreign import make_venv
from tests.environments.test_keeping import disk, folders_below


@pytest.fixture
def table(index, room):
    index.add(
        "soup",
        "2.0",
        requires=("stock>=1", "salt[sea]"),
        modules={"soup/__init__.py": "x = 1\n" * 9000, "soup/hot.py": ""},
    )
    index.add("stock", "1.4", modules={"stock.py": "y = 2\n" * 5000})
    index.add("salt", "1.0", extras={"sea": ("water",), "rock": ("stock",)})
    index.add("water", "1.0")
    return room


@pytest.mark.covers("C7 visualisation")
def test_sizes_add_up_to_what_is_on_disk(table):
    one = table.build("soup")
    environments.compile(one, home=table.home)
    seen = survey(one)
    assert seen.total == disk(one.path) - folders_below(one.path)
    assert seen.total == seen.rest + sum(entry.bytes for entry in seen.entries)
    soup = seen.entries[0]
    assert (soup.name, soup.root, soup.parts[0].name) == ("soup", True, "soup")
    assert soup.bytecode > 0
    assert sum(part.bytes for part in soup.parts) == soup.bytes


@pytest.mark.covers("C7 visualisation")
def test_needs_are_those_that_were_asked_for(table):
    by_name = {entry.name: entry for entry in survey(table.build("soup")).entries}
    assert [name for name, _ in by_name["soup"].needs] == ["stock", "salt"]
    assert [name for name, _ in by_name["salt"].needs] == ["water"]  # not `rock`, which nobody asked for
    assert by_name["stock"].needed_by == ("soup",)
    assert all(entry.breaks == () for entry in by_name.values())


@pytest.mark.covers("C7 visualisation")
def test_what_is_wrong_is_said(table, index):
    index.add("bowl", "1.0", modules={"soup/__init__.py": "x = 1\n" * 9000})
    one = table.build("soup", "bowl")
    (site,) = one.path.glob("lib/*/site-packages")
    (site / "soup" / "hot.py").unlink()
    (site / "stock-1.4.dist-info" / "METADATA").write_text("Name: stock\nVersion: 0.4\nRequires-Python: <3\n")
    (site / "water-1.0.dist-info" / "RECORD").unlink()
    for left in (*site.glob("salt*"), *site.glob("salt-1.0.dist-info/*")):
        if left.is_file():
            left.unlink()
    (site / "salt-1.0.dist-info").rmdir()
    broken = {entry.name: entry.breaks for entry in survey(one, yanked=["bowl"]).entries}
    assert "needs stock>=1, and 0.4 is there" in broken["soup"]
    assert "needs salt[sea], which is not there" in broken["soup"]
    assert any(said.startswith("missing: `lib/") and said.endswith("soup/hot.py`") for said in broken["soup"])
    assert broken["stock"][0].startswith("is for Python <3")
    assert broken["water"] == ("its RECORD is missing, so nobody knows which files it has",)
    assert "1.0 was yanked: its maker took it back" in broken["bowl"]
    assert any("is in `" in said for said in (*broken["soup"], *broken["bowl"]))


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("License: BSD-3-Clause", "BSD-3-Clause"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
        (f"License: {'all of its text ' * 9}", None),
        ("", None),
    ],
)
def test_licences_are_read_where_they_are_said(fields, licence, tmp_path):
    path = make_venv(tmp_path / "it")
    (site,) = path.glob("lib/*/site-packages")
    (site / "soup-1.0.dist-info").mkdir()
    (site / "soup-1.0.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: soup\nVersion: 1.0\n{fields}\n"
    )
    found = environments.Environment(path, "", path / "bin/python", "3.12.0", (), 0.0)
    assert read_contents(found).found["soup"].licence == licence


@pytest.mark.covers("C5")
def test_distributions_that_have_a_file_in_common_are_not_taken_for_damaged(room, index):
    index.add("soup", modules={"soup.py": "", "tests/__init__.py": "a = 1\n"})
    index.add("bowl", modules={"bowl.py": "", "tests/__init__.py": "bb = 22\n"})
    one = room.build("soup", "bowl")
    assert environments.verify(one) == ()
    (common,) = one.path.glob("lib/*/site-packages/tests/__init__.py")
    common.unlink()
    common.write_text("ccc = 333\n")
    assert {harm.file for harm in environments.verify(one)} == {str(common.relative_to(one.path))}
