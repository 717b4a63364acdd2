"""A login in a real keyring: used from there, and in no file of roost's."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from tests import index as indexes
from tests.test_private_index import LOGIN, PINS, files_with, settings

pytestmark = [pytest.mark.network, pytest.mark.thorough]

CHECKOUT = Path(__file__).parents[1]
UV = Path(sys.executable).parent / "uv"
# The encrypted one asks for its key on the terminal; keyring's own variable says it, once the backend looks there.
OPENED = """from keyrings.alt.file import EncryptedKeyring

class Opened(EncryptedKeyring):
    def __init__(self):
        super().__init__()
        self.set_properties_from_env()
"""
ENCRYPTED = {"PYTHON_KEYRING_BACKEND": "opened.Opened", "KEYRING_PROPERTY_KEYRING_KEY": "the ring's own"}
PLAIN = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
SOURCE = "# /// script\n# dependencies = ['acme-core']\n# ///\nimport acme_core\nprint(acme_core.ORIGIN)\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """This checkout with `roost[keyring]` and keyrings that are files, in an environment of its own; gives the command."""
    where = tmp_path_factory.mktemp("keyring") / "venv"
    wanted = [f"roost[keyring] @ {CHECKOUT.as_uri()}", "keyrings.alt", "pycryptodome"]
    for words in (["venv", where], ["pip", "install", "--python", where / "bin/python", *wanted]):
        done = subprocess.run([UV, "--quiet", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    [site] = where.glob("lib/*/site-packages")
    (site / "opened.py").write_text(OPENED)
    return where / "bin/roost"


@pytest.fixture
def ringed(installed, roost, tmp_path):
    """The command that has keyrings, which lie in `rings`, beside the home."""
    there = {"XDG_DATA_HOME": str(tmp_path / "rings"), "XDG_CONFIG_HOME": str(tmp_path / "rings/config")}
    return dataclasses.replace(roost, command=installed, environ=roost.environ | there)


@pytest.fixture
def private(index):
    served, server = indexes.serve()
    served.login = LOGIN
    served.add("acme-core", "1.1", modules={"acme_core.py": "ORIGIN = 'private'\n"})
    yield served
    server.shutdown()
    server.server_close()


def log_in(ringed, home, private, **environ):
    settings(home, private, PINS)
    return ringed("index", "login", "team", "--username", LOGIN[0], stdin=f"{LOGIN[1]}\n", **environ)


@pytest.mark.covers("B6")
@pytest.mark.parametrize("kind", [ENCRYPTED, PLAIN], ids=["encrypted", "plain"])
def test_a_login_is_kept_in_the_keyring_and_forgotten(kind, ringed, private, script, tmp_path):
    home = tmp_path / "roost-home"
    done = log_in(ringed, home, private, **kind)
    assert done.output == "`team` accepts the login; the login is kept in the system's keyring\n", done.errors
    [ring] = (tmp_path / "rings/python_keyring").iterdir()
    assert "roost" in ring.read_text()
    assert files_with(home, LOGIN[1]) == files_with(tmp_path, LOGIN[1]) == []  # the plain one is written in base64
    said = ringed("run", "-v", script(SOURCE), **kind)
    assert said.output == "private\n", said.errors
    listed = ringed("index", "list", **kind)
    assert "credentials from the system's keyring" in listed.output
    assert LOGIN[1] not in said.errors + listed.output + listed.errors
    assert files_with(home, LOGIN[1]) == []
    assert (
        ringed("index", "logout", "team", **kind).output
        == "the login for `team` is no longer in the system's keyring\n"
    )
    assert LOGIN[0] not in ring.read_text()
    assert ringed("run", "--upgrade", script(SOURCE), **kind).status == 69
    assert "no login is kept for the index `team`" in ringed("index", "logout", "team", **kind).errors


@pytest.mark.covers("B5")
def test_a_keyring_that_does_not_open_is_said(ringed, home, private, script):
    assert log_in(ringed, home, private, **ENCRYPTED).status == 0
    wrong = ENCRYPTED | {"KEYRING_PROPERTY_KEYRING_KEY": "another one"}
    for words in (("run", script(SOURCE)), ("index", "logout", "team")):
        said = ringed(*words, **wrong)
        assert said.status == 78, said.errors
        assert "the system's keyring does not work for the login of the index `team`" in said.errors
        assert "hint: unlock it" in said.errors
    assert ringed("run", script(SOURCE), **ENCRYPTED).output == "private\n"


def test_what_was_deleted_in_the_keyring_itself_can_be_forgotten(ringed, home, private, tmp_path):
    assert log_in(ringed, home, private, **ENCRYPTED).status == 0
    [ring] = (tmp_path / "rings/python_keyring").iterdir()
    ring.unlink()
    assert ringed("index", "logout", "team", **ENCRYPTED).status == 0


def test_without_a_keyring_that_answers_the_login_is_in_the_file(ringed, home, private):
    nothing = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    assert f"{home}/config/logins.json" in log_in(ringed, home, private, **nothing).output
    assert files_with(home, LOGIN[1]) == [home / "config/logins.json"]
    assert (home / "config/logins.json").stat().st_mode & 0o777 == 0o600
