"""Twenty lists of requirements, through each form and back, compared by what they lead to."""

from __future__ import annotations

import hashlib

import pytest

from roost import travel
from roost.distributions import Options
from roost.home import locate
from roost.travel import exporting, importing
from roost.travel.reading import FORMS, read
from tests.index import wheel
from tests.travel.flour import flour

FILES = {
    "requirements": "requirements.txt",
    "pylock": "pylock.it.toml",
    "pep723": "it.py",
    "pyproject": "pyproject.toml",
    "environment.yml": "environment.yml",
    "dockerfile": "Dockerfile",
}

# `{url}` is the index, `{stock}` the sha256 of a wheel, `{old}` of another one. `lost`: what each form must name.
SETS = {
    "one name": "soup\n",
    "comments and blanks": "# dinner\n\nsoup  # hot\n   # and\nstock # the base\n",
    "ranges": "soup>=1,<2\nstock~=1.0\ncrumb!=0.3\n",
    "pins": "soup==1.5\nstock===1.4\n",
    "prefix": "soup==1.*\n",
    "extras": "soup[bread]>=1\n",
    "several extras": "Soup[bread, Salt]\n",
    "nested extras": "menu[all]\n",
    "markers that hold": "soup ; python_version >= '3.8' and sys_platform == 'linux'\n",
    "markers that do not": "soup\nstock<1 ; sys_platform == 'win32'\nabsent ; python_version < '3'\n",
    "two lines for one name": "soup<2 ; python_version >= '3.8'\nsoup>=2 ; python_version < '3.8'\n",
    "hashes": "stock==1.4 --hash=sha256:{stock}\n",
    "hashes on lines of their own": "stock==1.4 \\\n    --hash=sha256:{stock} \\\n    --hash=sha256:{old}\ncrumb\n",
    "wheel by URL": "stock @ {url}files/stock-1.4-py3-none-any.whl\nsoup\n",
    "wheel by URL with hash": "stock @ {url}files/stock-1.4-py3-none-any.whl#sha256={stock}\n",
    "URL with extra and marker": "soup[bread] @ {url}files/soup-1.5-py3-none-any.whl ; python_version >= '3'\n",
    "constraints": "-c limits.txt\nsoup\n",
    "included": "-r more.txt\nsoup\n",
    "pre-release asked for": "stock>=2.0a1\n",
    "source only": "flour>=1\n",
    "an index of its own": "--extra-index-url {url}simple/\nsoup>=1\n",
    "a default index of its own": "--index-url {url}simple/\nsoup>=1\n",
    "a Python": "# requires-python: >=3.8\n# exclude-newer: 2021-06-01T00:00:00Z\nsoup\n",
}
BESIDE = {"limits.txt": "soup<2\nstock<1.4 # too strong\n", "more.txt": "# more\ncrumb<0.3\n-c limits.txt\n"}


@pytest.fixture
def kitchen(room):
    index = room.served
    for version in ("1.0", "1.5", "2.0"):
        index.add("soup", version, requires=("stock>=1",), extras={"bread": ("crumb",), "salt": ("sea-salt>=1",)})
    for version in ("1.0", "1.3", "1.4", "2.0a1"):
        index.add("stock", version)
    for version in ("0.2", "0.3"):
        index.add("crumb", version)
    index.add("sea-salt", "1.1")
    index.add("sea-salt", "3.0", uploaded="2022-01-01T00:00:00Z")
    index.add("soup", "2.5", uploaded="2022-01-01T00:00:00Z", requires=("stock>=1",))
    index.add("menu", "1.0", extras={"all": ("soup[bread]", "menu[sweet]"), "sweet": ("sea-salt",)})
    index.put("flour", "flour-1.0.tar.gz", flour())
    return room


def texts(kitchen) -> dict[str, str]:
    digests = {
        key: hashlib.sha256(wheel("stock", version)[1]).hexdigest()
        for key, version in (("stock", "1.4"), ("old", "1.3"))
    }
    return {name: text.format(url=kitchen.served.url, **digests) for name, text in SETS.items()}


def means(kitchen, home=None) -> dict:
    return {"home": home or kitchen.home, "settings": kitchen.settings, "options": Options(), "report": kitchen.report}


def clean(folder):
    """A home in which nothing is remembered."""
    found = locate({"ROOST_HOME": str(folder / "clean-home")})
    assert not found.state.exists()
    return found


def known(lock) -> list[tuple]:
    """What a lock installs: by its hash, or where it has none by its place."""
    return [(one.name, one.version, one.sha256 or one.url, one.commit) for one in lock.artifacts]


def test_there_are_twenty_of_them():
    assert len(SETS) >= 20


@pytest.mark.thorough
@pytest.mark.covers("C7 export")
@pytest.mark.parametrize("form", FORMS)
def test_each_list_comes_back_with_the_same_lock_or_names_what_was_lost(form, kitchen, tmp_path):
    named = {}
    for name, text in texts(kitchen).items():
        folder = tmp_path / name
        folder.mkdir()
        for file, more in BESIDE.items():
            (folder / file).write_text(more)
        (folder / "requirements.txt").write_text(text)
        before, needs = importing.lock(folder / "requirements.txt", "requirements", **means(kitchen))
        assert before.artifacts, name
        written = travel.export(
            exporting.Subject(needs), form, exact=False, beside="it.constraints.txt", **means(kitchen)
        )
        there = folder / "there" / FILES[form]
        there.parent.mkdir()
        there.write_text(written.text)
        for file, more in written.beside:
            (there.parent / file).write_text(more)
        after, again = importing.lock(there, form, **means(kitchen, clean(folder)))
        assert not again.lost, (name, again.lost)
        if written.lost:
            named[name] = written.lost
        assert known(after) == known(before), name
    hashed = {"pep723", "pyproject"}
    assert set(named) == ({"hashes", "hashes on lines of their own"} if form in hashed else set()), named
    if form in hashed:
        assert named["hashes"] == (
            f"`stock==1.4` (`requirements.txt` line 1): its hashes, for which {PLACE[form]} has no place",
        )


PLACE = {"pep723": "a PEP 723 block", "pyproject": "a `pyproject.toml`"}


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["requirements", "pep723", "pyproject"])
def test_a_locked_export_leads_to_the_same_though_the_index_moves_on(form, kitchen, tmp_path):
    (tmp_path / "requirements.txt").write_text("soup[bread]\n")
    before, needs = importing.lock(tmp_path / "requirements.txt", "requirements", **means(kitchen))
    written = travel.export(exporting.Subject(needs), form, exact=True, beside=None, **means(kitchen))
    kitchen.served.add("soup", "9.0", requires=("stock>=1",))
    there = tmp_path / "there" / FILES[form]
    there.parent.mkdir()
    there.write_text(written.text)
    after, _ = importing.lock(there, form, **means(kitchen, clean(tmp_path)))
    assert known(after) == known(before)


@pytest.mark.thorough
@pytest.mark.parametrize("form", FORMS)
def test_an_environment_is_exported_exactly(form, kitchen, tmp_path):
    built = kitchen.build("soup[bread]", "flour")
    written = travel.export(travel.of_environment(built), form, exact=False, beside=None, **means(kitchen))
    there = tmp_path / "there" / FILES[form]
    there.parent.mkdir()
    there.write_text(written.text)
    after, _ = importing.lock(there, form, **means(kitchen, clean(tmp_path)))
    assert [(one.name, one.version) for one in after.artifacts] == list(built.distributions)
    if form not in {"pep723", "pyproject"}:
        assert known(after) == [
            (one.name, one.version, one.sha256, None) for one in travel.of_environment(built).lock.artifacts
        ]


SECRET = "s3cret-Passw0rd"


@pytest.mark.thorough
@pytest.mark.covers("C7 export")
@pytest.mark.parametrize("form", FORMS)
def test_no_credentials_leave_in_any_form(form, kitchen, tmp_path, monkeypatch):
    monkeypatch.setenv("KITCHEN_TOKEN", SECRET)
    host = kitchen.served.url.removeprefix("http://")
    (tmp_path / "requirements.txt").write_text(
        f"--index-url http://cook:{SECRET}@{host}simple/\n"
        f"stock @ http://cook:{SECRET}@{host}files/stock-1.4-py3-none-any.whl\n"
        f"crumb @ http://{host}files/crumb-0.3-py3-none-any.whl?private_token=${{KITCHEN_TOKEN}}\n"
        f"sea-salt @ http://{host}files/sea_salt-1.1-py3-none-any.whl?for=${{KITCHEN_TOKEN}}\n"
        "soup\n"
    )
    needs = read(tmp_path / "requirements.txt", "requirements")
    written = travel.export(exporting.Subject(needs), form, exact=False, beside=None, **means(kitchen))
    assert SECRET not in written.text
    assert SECRET not in "".join(written.lost)
    assert len([one for one in written.lost if one.endswith("its credentials")]) == 3
    assert form == "requirements" or any("its variable" in one for one in written.lost) or form == "pylock"
    assert all(SECRET not in text for kind, text in kitchen.report.said)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("git+https://user:pass@host/repo.git@main", "git+https://host/repo.git@main"),
        ("https://token@host/simple/", "https://host/simple/"),
        ("https://us@er:p@ss@host/simple/", "https://host/simple/"),
        ("https://host/a.whl?x=1&X-Amz-Signature=abc&y=2#sha256=00", "https://host/a.whl?x=1&y=2#sha256=00"),
        ("https://host/a.whl?sig=abc", "https://host/a.whl"),
        ("git+ssh://git:word@host/repo", "git+ssh://git@host/repo"),
    ],
)
def test_addresses_lose_their_credentials(text, clean):
    from roost.travel.secrets import bare

    assert bare(text) == (clean, True)
    assert bare(clean) == (clean, False)
    assert bare(f"name @ {text} ; python_version > '3'")[0] == f"name @ {clean} ; python_version > '3'"


def test_places_of_this_machine_stay_and_are_named(kitchen, tmp_path):
    (tmp_path / "dough").mkdir()
    (tmp_path / "requirements.txt").write_text("soup\n-e ./dough\n./dough\n--find-links ./wheels\n--pre\n")
    needs = read(tmp_path / "requirements.txt", "requirements")
    written = travel.export(exporting.Subject(needs), "pep723", exact=False, beside=None, **means(kitchen))
    assert str(tmp_path) not in written.text
    assert written.lost == (
        "`requirements.txt` line 5: `--pre` is not used",
        f"`-e {tmp_path}/dough` (`requirements.txt` line 2): it names a place of this machine",
        f"`{tmp_path}/dough` (`requirements.txt` line 3): it names a place of this machine",
        f"`--find-links {tmp_path}/wheels`: it names a place of this machine",
    )


@pytest.mark.thorough
def test_a_lock_says_which_files_lie_on_this_machine(kitchen, tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / wheel("spice", "1.0")[0]).write_bytes(wheel("spice", "1.0")[1])
    kitchen.settings = kitchen.settings.replace(index_find_links=(str(folder),))
    built = kitchen.build("spice", "stock")
    written = travel.export(travel.of_environment(built), "pylock", exact=False, beside=None, **means(kitchen))
    assert written.lost == (f"`spice`: elsewhere its file is found only where the folder `{folder}` is",)
    written = travel.export(travel.of_environment(built), "requirements", exact=False, beside=None, **means(kitchen))
    assert "spice==1.0 \\\n    --hash=sha256:" in written.text
    assert str(tmp_path) not in written.text
    assert written.lost == ()
