"""Which indexes are asked, wherever the user has written them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions.indexes import Indexes, configured, credentials, without_credentials
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
    assert Indexes().arguments() == ()


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
    assert found == Indexes("https://pip/simple", ("https://a/simple", "https://b/simple"), ("/wheels",), merged=True)


def test_uvs_files_are_read(user, tmp_path):
    folder = tmp_path / ".config" / "uv"
    folder.mkdir(parents=True)
    (folder / "uv.toml").write_text(
        '[[index]]\nname = "team"\nurl = "https://a/simple"\n[[index]]\nurl = "https://d/simple"\ndefault = true\n'
        '[[index]]\nname = "torch"\nurl = "https://t/simple"\nexplicit = true\n'
    )
    assert configured(Settings(), user) == Indexes("https://d/simple", ("team=https://a/simple",))


def test_the_engine_gets_addresses_as_options_and_credentials_as_variables():
    indexes = Indexes("https://ann:secret@host/simple", ("team=https://b/simple?a=b",), ("/wheels",))
    environ = {"ROOST_INDEX_TEAM_USERNAME": "bob", "ROOST_INDEX_TEAM_PASSWORD": "hidden", "HOME": "/nowhere"}
    words = indexes.arguments()
    assert words == (
        "--index",
        "team=https://b/simple?a=b",
        "--default-index",
        "index-1=https://host/simple",
        "--find-links",
        "/wheels",
    )
    assert indexes.variables(environ) == {
        "UV_INDEX_TEAM_USERNAME": "bob",
        "UV_INDEX_TEAM_PASSWORD": "hidden",
        "UV_INDEX_INDEX_1_USERNAME": "ann",
        "UV_INDEX_INDEX_1_PASSWORD": "secret",
    }


def test_indexes_of_pip_are_merged_as_pip_does_but_the_first_wins(user):
    user |= {"PIP_EXTRA_INDEX_URL": "https://wheels/simple"}
    assert "unsafe-first-match" in configured(Settings(), user).arguments()
    assert "unsafe-first-match" not in Indexes(None, ("https://wheels/simple",)).arguments()


def test_netrc_is_the_last_place_for_credentials(tmp_path):
    (tmp_path / ".netrc").write_text("machine host login ann password secret\n")
    environ = {"HOME": str(tmp_path)}
    assert credentials("x", "https://host/simple", environ) == ("ann", "secret")
    assert credentials("x", "https://bob:other@host/simple", environ) == ("bob", "other")
    assert credentials("x", "https://elsewhere/simple", environ) is None


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
    from roost.distributions.indexes import _uv_file

    assert isinstance(_uv_file(text.encode("utf-8", "replace")), Indexes)
