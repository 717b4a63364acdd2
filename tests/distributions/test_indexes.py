"""Which indexes are asked, wherever the user has written them."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost import home as homes
from roost.distributions import engine
from roost.distributions.indexes import Indexes, Place, configured, logins, of_script, without_credentials
from roost.distributions.indexes.credentials import TokenCommandFailed, credentials
from roost.distributions.indexes.files import uv_file
from roost.distributions.indexes.written import variables, written
from roost.errors import ConfigurationError
from roost.scripts.values import Declared
from roost.settings import Settings


@pytest.fixture
def user(tmp_path):
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "machine"),
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
    }


def test_nothing_configured_is_the_engines_default(user):
    assert configured(Settings(), user) == Indexes()
    with written(Indexes(), environ=user) as asked:
        assert Path(asked.options[1]).read_text() == 'index-strategy = "first-index"\n'


def test_settings_win_over_uv_and_uv_over_pip(user):
    user |= {"UV_DEFAULT_INDEX": "https://uv/simple", "PIP_INDEX_URL": "https://pip/simple"}
    assert configured(Settings(index_url="https://own/simple"), user).default == "https://own/simple"
    assert configured(Settings(), user).default == "https://uv/simple"
    del user["UV_DEFAULT_INDEX"]
    assert configured(Settings(), user).default == "https://pip/simple"


def test_uvs_lists_are_read(user):
    user |= {"UV_INDEX": "team=https://a/simple https://b/simple", "UV_FIND_LINKS": "/wheels,https://c/page"}
    found = configured(Settings(), user)
    assert found.extra == ("team=https://a/simple", "https://b/simple")
    assert found.find_links == ("/wheels", "https://c/page")


def test_pips_files_are_read(user, tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://pip/simple\nextra-index-url =\n    https://a/simple\n    https://b/simple\n[install]\nfind-links = /wheels\n"
    )
    found = configured(Settings(), user)
    assert found == Indexes(
        "https://pip/simple", ("https://a/simple", "https://b/simple"), ("/wheels",), public=("/wheels",)
    )


def test_uvs_files_are_read(user, tmp_path):
    folder = tmp_path / ".config" / "uv"
    folder.mkdir(parents=True)
    (folder / "uv.toml").write_text(
        '[[index]]\nname = "team"\nurl = "https://a/simple"\n[[index]]\nurl = "https://d/simple"\ndefault = true\n'
        '[[index]]\nname = "torch"\nurl = "https://t/simple"\nexplicit = true\n'
    )
    assert configured(Settings(), user) == Indexes("https://d/simple", ("team=https://a/simple",))


def test_the_engine_gets_addresses_in_a_file_and_credentials_as_variables():
    indexes = Indexes("https://ann:secret@host/simple", ("team=https://b/simple?a=b",), ("/wheels",))
    environ = {"ROOST_INDEX_TEAM_USERNAME": "bob", "ROOST_INDEX_TEAM_PASSWORD": "hidden", "HOME": "/nowhere"}
    with written(indexes, ("soup",), environ=environ) as asked:
        config = Path(asked.options[1]).read_text()
        assert asked.lines == ("soup",)
        assert asked.project is None
    assert tomllib.loads(config) == {
        "index-strategy": "first-index",
        "index": [
            {"name": "links-0", "url": "/wheels", "format": "flat"},
            {"name": "team", "url": "https://b/simple?a=b"},
            {"name": "default", "url": "https://host/simple", "default": True},
        ],
    }
    assert variables(indexes, environ) == {
        "UV_INDEX_TEAM_USERNAME": "bob",
        "UV_INDEX_TEAM_PASSWORD": "hidden",
        "UV_INDEX_DEFAULT_USERNAME": "ann",
        "UV_INDEX_DEFAULT_PASSWORD": "secret",
    }
    assert not any(word in repr(indexes) + repr(indexes.places) for word in ("secret", "hidden"))


def order(indexes):
    return [place.name for place in indexes.places]


def test_an_index_that_wants_credentials_is_asked_before_those_that_want_none(user):
    user |= {"PIP_INDEX_URL": "https://ann:secret@own/simple", "PIP_EXTRA_INDEX_URL": "https://everybodys/simple"}
    assert order(configured(Settings(), user)) == ["default", "index-0"]
    user |= {"PIP_INDEX_URL": "https://own/simple"}
    assert order(configured(Settings(), user)) == ["index-0", "default"]


def test_pinned_names_are_asked_of_their_index_alone(user):
    settings = Settings(
        index_url="https://all/simple",
        index_extra=("a=https://a/simple", "b=https://b/simple"),
        index_pins=("acme-*=b", "*=a"),
    )
    found = of_script(configured(settings, user), Declared(pins=(("acme-*", "a"),)), user)
    assert [place.name for place in found.asked_for("acme-core")] == ["b"], "the user's pin counts, not the script's"
    assert [place.name for place in found.asked_for("soup")] == ["a"]
    assert found.claimed("acme") == "a"


def test_a_pin_to_an_index_that_there_is_not_is_an_error(user):
    with pytest.raises(ConfigurationError) as error:
        of_script(configured(Settings(index_pins=("acme-*=team",)), user), Declared(), user)
    assert "no index has that name" in error.value.what
    with pytest.raises(ConfigurationError, match="must have pairs"):
        configured(Settings(index_pins=("acme",)), user)


def test_a_script_of_somebody_gets_no_credentials_by_taking_a_name(user):
    settings = Settings(index_extra=("team=https://a/simple",), index_token_command=("team=echo secret",))
    declared = Declared(indexes=("team=https://evil/simple",))
    found = of_script(configured(settings, user), declared, user)
    assert order(found) == ["team", "team-of-the-script"]
    assert variables(found, user) == {"UV_INDEX_TEAM_USERNAME": "__token__", "UV_INDEX_TEAM_PASSWORD": "secret"}


def test_what_a_script_names_stands_behind_what_the_user_has(user):
    settings = Settings(index_url="https://all/simple", index_extra=("team=https://a/simple",))
    declared = Declared(indexes=("https://a/simple", "more=https://c/simple"), index_url="https://other/simple")
    found = of_script(configured(settings, user), declared, user)
    assert [place.bare for place in found.places] == ["https://a/simple", "https://c/simple", "https://other/simple"]


def test_a_public_index_beside_the_default_shadows_nothing(user):
    settings = Settings(
        index_url="https://all/simple", index_extra=("torch=https://t/simple",), index_public=("torch",)
    )
    with written(configured(settings, user), environ=user) as asked:
        assert tomllib.loads(Path(asked.options[1]).read_text())["index-strategy"] == "unsafe-first-match"
    settings = settings.replace(index_extra=("torch=https://t/simple", "team=https://a/simple"))
    with written(configured(settings, user), environ=user) as asked:
        assert tomllib.loads(Path(asked.options[1]).read_text())["index-strategy"] == "first-index"


def test_a_pin_to_a_public_index_is_asked_for_that_name_only(user):
    settings = Settings(
        index_extra=("torch=https://t/simple",),
        index_public=("torch",),
        index_pins=("torch=torch",),
        index_url="https://all/simple",
    )
    found = configured(settings, user)
    assert [place.name for place in found.asked_for("soup")] == ["default"]
    with written(found, ("torch>=2", "soup"), environ=user) as asked:
        assert asked.lines == ("soup",)
        project = tomllib.loads(asked.project.read_text())
        assert project["project"]["dependencies"] == ["torch>=2"]
        assert project["tool"]["uv"]["sources"] == {"torch": {"index": "torch"}}
        names = [one["name"] for one in tomllib.loads(Path(asked.options[1]).read_text())["index"]]
        assert names == ["roost-claims", "default"]


def test_uvs_strategy_is_not_followed(user):
    user |= {"PIP_EXTRA_INDEX_URL": "https://wheels/simple", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    with written(configured(Settings(), user), environ=user) as asked:
        assert tomllib.loads(Path(asked.options[1]).read_text())["index-strategy"] == "first-index"
    assert "UV_INDEX_STRATEGY" not in engine.PASSED_ON


def test_pip_is_told_of_ones_own_indexes_or_of_the_public_ones_never_of_both(user, tmp_path):
    from roost.distributions import pip

    home = homes.locate({"HOME": str(tmp_path), "ROOST_HOME": str(tmp_path / "home")})
    own = configured(Settings(index_url="https://all/simple", index_extra=("https://ann:a%40b@own/simple",)), user)
    assert own.mixed
    told = pip.environment(home, Settings(), own)
    assert (told["PIP_INDEX_URL"], told.get("PIP_EXTRA_INDEX_URL")) == ("https://ann:a%40b@own/simple", None)
    public = configured(
        Settings(index_url="https://all/simple", index_extra=("t=https://t/simple",), index_public=("t",)), user
    )
    told = pip.environment(home, Settings(), public)
    assert (told["PIP_INDEX_URL"], told["PIP_EXTRA_INDEX_URL"]) == ("https://t/simple", "https://all/simple")
    assert not public.mixed
    folder = configured(Settings(index_url="https://all/simple", index_find_links=("/wheels",)), user)
    told = pip.environment(home, Settings(), folder)
    assert (told["PIP_FIND_LINKS"], told["PIP_NO_INDEX"], told.get("PIP_INDEX_URL")) == ("/wheels", "1", None)


def place(address, name="x"):
    return Place(name, address, "index", private=True)


def told(address, environ, name="x", **commands):
    found = credentials(place(address, name), commands, environ)
    return (found.user, found.password) if found else None


def test_netrc_is_the_last_place_for_credentials(tmp_path):
    (tmp_path / ".netrc").write_text("machine host login ann password secret\n")
    environ = {"HOME": str(tmp_path)}
    assert told("https://host/simple", environ) == ("ann", "secret")
    assert told("https://bob:other@host/simple", environ) == ("bob", "other")
    assert told("https://elsewhere/simple", environ) is None
    assert told("https://t0k@elsewhere/simple", environ) == ("t0k", "")


def test_a_token_comes_from_a_command(tmp_path):
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    assert told("https://host/simple", environ, "team", team="echo tok-1") == ("__token__", "tok-1")
    assert told("https://aws@host/simple", environ, "team", team="echo tok-2") == ("aws", "tok-2")
    with pytest.raises(TokenCommandFailed) as error:
        told("https://host/simple", environ, "team", team="sh -c 'echo tok-3; exit 3'")
    assert "ended with 3" in error.value.why[0]
    assert "tok-3" not in str(error.value.why), "what it says may be a secret"


def test_a_login_in_a_file_is_nobody_elses_and_for_one_host(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    environ = {"HOME": str(tmp_path), "ROOST_HOME": str(tmp_path / "home")}
    home = homes.locate(environ)
    kept = logins.keep(home, "team", "https://host/simple", "ann", "secret")
    assert kept.kept_in == "the login file"
    assert (home.config / "logins.json").stat().st_mode & 0o777 == 0o600
    assert told("https://host/other", environ, "team") == ("ann", "secret")
    assert told("https://elsewhere/simple", environ, "team") is None
    assert "secret" not in repr(kept)
    logins.forget(home, "team")
    assert told("https://host/simple", environ, "team") is None
    with pytest.raises(ConfigurationError):
        logins.forget(home, "team")


def test_a_login_in_the_keyring_is_in_no_file(tmp_path, monkeypatch):
    secrets = {}
    ring = SimpleNamespace(
        get_keyring=lambda: SimpleNamespace(priority=5),
        set_password=lambda service, user, word: secrets.update({(service, user): word}),
        get_password=lambda service, user: secrets.get((service, user)),
        delete_password=lambda service, user: secrets.pop((service, user)),
    )
    fail = SimpleNamespace(Keyring=type("Keyring", (), {}))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.backends", SimpleNamespace(fail=fail))
    environ = {"HOME": str(tmp_path), "ROOST_HOME": str(tmp_path / "home")}
    home = homes.locate(environ)
    assert logins.keep(home, "team", "https://host/simple", "ann", "secret").kept_in == "the system's keyring"
    assert "secret" not in (home.config / "logins.json").read_text()
    assert told("https://host/simple", environ, "team") == ("ann", "secret")
    logins.forget(home, "team")
    assert secrets == {}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ann:secret@host:8080/simple/", "https://host:8080/simple/"),
        ("https://host/a@b/simple", "https://host/a@b/simple"),
        ("/wheels", "/wheels"),
        ("https://to@ken@host/simple", "https://host/simple"),
    ],
)
def test_no_credentials_are_shown(address, shown):
    assert without_credentials(address) == shown


@given(st.text())
def test_any_file_of_uv_or_pip_is_read(text):
    assert isinstance(uv_file(text.encode("utf-8", "replace")), Indexes)
