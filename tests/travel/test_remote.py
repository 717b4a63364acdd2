from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from roost import travel
from roost.travel.store import RemoteDamaged, RemoteMissing, Store
from tests import parts
from tests.conftest import Roost
from tests.travel.flour import flour
from tests.travel.s3 import Server

pytestmark = pytest.mark.thorough

NEEDS = "# /// script\n# dependencies = ['soup[bread]>=1']\n# ///\nimport soup; print(soup.stock.__version__)\n"
NOWHERE = "http://127.0.0.1:9/simple/"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    if find_spec("moto") is None:
        parts.missing("moto is not installed")
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3(running: Server) -> Server:
    """The module's server with an empty bucket."""
    for name in running.names():
        running.client().delete_object(Bucket="team", Key=f"roost/{name}")
    return running


@pytest.fixture
def dinner(index, roost, script, s3) -> Path:
    """A script whose environment stands, and the variables that lead to the server."""
    roost.environ |= s3.environ
    index.add(
        "soup", "2.0", modules={"soup.py": "import stock\n"}, requires=("stock>=1",), extras={"bread": ("crumb",)}
    )
    index.add("stock", "1.4")
    index.add("crumb", "0.3")
    path = script(NEEDS)
    assert roost("run", path).output == "1.4\n"
    return path


@pytest.fixture
def elsewhere(roost, dinner, tmp_path):
    """Make machines with an empty home that know the server, and no index unless told."""

    def new(name: str = "elsewhere", **environ: str) -> Roost:
        home = {"ROOST_HOME": str(tmp_path / name), "ROOST_INDEX_URL": NOWHERE, "ROOST_REMOTE_TIMEOUT": "3"}
        return Roost(roost.command, roost.environ | home | environ, roost.cwd)

    return new


def name_of(roost) -> str:
    return roost("env", "list", "--json").data["environments"][0]["name"]


@pytest.mark.covers("C7 remote-cache")
def test_an_environment_goes_through_s3_and_runs_where_no_index_answers(dinner, roost, elsewhere, s3):
    pushed = roost("env", "push", dinner, s3.url)
    assert pushed.output.startswith(f"pushed {name_of(roost)}: 3 wheels, ")
    assert [name.partition("/")[0] for name in s3.names()] == [
        "environments",
        "keys",
        "roots",
        "wheels",
        "wheels",
        "wheels",
    ]
    for number, what in enumerate((name_of(roost), name_of(roost)[-12:], dinner)):
        machine = elsewhere(f"machine-{number}")
        pulled = machine("env", "pull", what, s3.url)
        assert (pulled.status, pulled.errors) == (0, ""), pulled.errors
        assert pulled.output == f"made {name_of(roost)} (3 distributions)\n"
        assert machine("run", dinner).output == "1.4\n"


def test_wheels_are_sent_once_for_all_environments(dinner, roost, s3, script):
    assert roost("env", "push", dinner, s3.url).status == 0
    other = script("# /// script\n# dependencies = ['stock']\n# ///\nimport stock\n", "other.py")
    assert roost("run", other).status == 0
    assert roost("env", "push", other, s3.url, "--json").data["sent"] == 0
    assert len([name for name in s3.names() if name.startswith("wheels/")]) == 3


def test_a_run_that_is_told_looks_there_first(dinner, roost, elsewhere, s3, script):
    assert roost("env", "push", dinner, s3.url).status == 0
    machine = elsewhere(ROOST_REMOTE_URL=s3.url)
    same = script(NEEDS.replace("soup[bread]>=1", "soup[bread]"), "same.py")
    assert machine("run", same).output == "1.4\n"
    assert machine("run", dinner).output == "1.4\n"
    assert machine("run", "--offline", dinner).output == "1.4\n"
    for other in ("soup>2", "soup[butter]"):
        assert machine("run", script(NEEDS.replace("soup[bread]>=1", other), "other.py")).status == 69


def test_a_lock_beside_a_script_is_answered_from_there(dinner, roost, elsewhere, s3):
    assert roost("lock", dinner).status == 0
    assert roost("env", "push", dinner, s3.url).status == 0
    done = elsewhere(ROOST_REMOTE_URL=s3.url)("run", "-v", dinner)
    assert done.output == "1.4\n", done.errors
    assert "without the remote cache" not in done.errors


DAMAGE = {
    "a wheel with a flipped byte": ("wheels/", "flip"),
    "a wheel that is cut": ("wheels/", "cut"),
    "a pointer with a flipped byte": ("", "flip"),
    "a pointer that is cut": ("", "cut"),
}


@pytest.mark.covers("B5")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_there_is_refused_by_pull_and_a_run_asks_the_index(damage, dinner, roost, elsewhere, s3):
    where, how = damage
    assert roost("env", "push", dinner, s3.url).status == 0
    for name in s3.names():
        if name.startswith("wheels/") == bool(where):
            getattr(s3, how)(name)
    pulled = elsewhere("puller")("env", "pull", dinner, s3.url)
    assert pulled.status in {77, 66}, pulled.errors
    assert "is not used" in pulled.errors or "has no environment" in pulled.errors
    assert elsewhere("puller")("env", "list", "--json").data["environments"] == []
    machine = elsewhere("runner", ROOST_REMOTE_URL=s3.url, ROOST_INDEX_URL=roost.environ["ROOST_INDEX_URL"])
    ran = machine("run", dinner)
    assert ran.output == "1.4\n", ran.errors
    assert ran.errors.count("note: without the remote cache: ") >= 1
    assert roost("env", "push", "--again", dinner, s3.url).status == 0
    assert elsewhere("puller")("env", "pull", dinner, s3.url).status == 0


def test_a_stopped_server_is_an_error_for_pull_and_a_run_asks_the_index(dinner, roost, elsewhere, index):
    server = Server()
    server.start()
    environ = server.environ
    assert roost("env", "push", dinner, server.url, **environ).status == 0
    server.stop()
    pulled = elsewhere("puller")("env", "pull", dinner, server.url, **environ)
    assert pulled.status == 69
    assert "error: the remote cache `s3://team/roost` could not be asked" in pulled.errors
    machine = elsewhere("runner", ROOST_REMOTE_URL=server.url, ROOST_INDEX_URL=f"{index.url}simple/", **environ)
    ran = machine("run", dinner)
    assert ran.output == "1.4\n", ran.errors
    assert "note: without the remote cache: the remote cache `s3://team/roost` could not be asked" in ran.errors


def test_a_push_that_is_killed_on_its_way_is_seen_by_nobody(dinner, roost, elsewhere, s3, index):
    asked = index.hold("stock-1.4")
    pushing = roost.start("env", "push", dinner, s3.url)
    assert asked.wait(60)
    pushing.kill()
    index.release("stock-1.4")
    pushing.wait()
    assert {name.partition("/")[0] for name in s3.names()} <= {"wheels"}
    pulled = elsewhere()("env", "pull", dinner, s3.url)
    assert pulled.status == 66
    assert f"`{s3.url}` has no environment for" in pulled.errors
    assert roost("env", "push", dinner, s3.url).status == 0
    assert elsewhere()("env", "pull", dinner, s3.url).status == 0


def test_what_has_no_wheel_goes_as_an_archive(roost, elsewhere, s3, script, index):
    index.put("flour", "flour-1.0.tar.gz", flour())
    path = script(
        "# /// script\n# dependencies = ['flour']\n# ///\nimport flour; print(flour.__version__)\n", "bake.py"
    )
    built = roost("run", path)
    assert built.output == "1.0\n", built.errors
    pushed = roost("env", "push", path, s3.url)
    assert "note: the whole environment is sent, as one archive: `flour` is no wheel\n" in pushed.errors
    assert elsewhere()("env", "pull", path, s3.url).status == 0
    assert elsewhere()("run", path).output == "1.0\n"
    [archive] = [name for name in s3.names() if name.startswith("archives/")]
    for damage in (s3.flip, s3.cut):
        damage(archive)
        pulled = elsewhere("other")("env", "pull", path, s3.url)
        assert pulled.status == 77
        assert f"error: `{archive}` in `{s3.url}` is not used\n  because its sha256 is" in pulled.errors
    assert list((Path(elsewhere("other").environ["ROOST_HOME"]) / "cache/remote").iterdir()) == []


@pytest.fixture
def keys(tmp_path) -> dict[str, Path]:
    """A key, its public half, another key's public half; by `openssl` and by `ssh-keygen` formats."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    found = {}
    for name, private_form in (("mine", form.PrivateFormat.PKCS8), ("other", form.PrivateFormat.OpenSSH)):
        key = Ed25519PrivateKey.generate()
        found[name] = tmp_path / f"{name}.key"
        found[name].write_bytes(key.private_bytes(form.Encoding.PEM, private_form, form.NoEncryption()))
        found[f"{name} public"] = tmp_path / f"{name}.pub"
        public = key.public_key()
        found[f"{name} public"].write_bytes(
            public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
            if name == "mine"
            else public.public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
        )
    return found


def test_with_trusted_keys_only_what_one_of_them_signed_is_used(dinner, roost, elsewhere, s3, keys):
    trusting = {"ROOST_REMOTE_TRUSTED_KEYS": str(keys["mine public"])}
    refused = "because it is not signed by a key of `remote.trusted-keys`"
    assert roost("env", "push", dinner, s3.url).status == 0
    pulled = elsewhere("one", **trusting)("env", "pull", dinner, s3.url)
    assert (pulled.status, refused in pulled.errors) == (77, True)
    assert roost("env", "push", dinner, s3.url, ROOST_REMOTE_SIGN_KEY=str(keys["other"])).status == 0
    assert elsewhere("one", **trusting)("env", "pull", dinner, s3.url).status == 77
    both = {"ROOST_REMOTE_TRUSTED_KEYS": f"{keys['mine public']} {keys['other public']}"}
    assert elsewhere("two", **both)("env", "pull", dinner, s3.url).status == 0
    assert roost("env", "push", dinner, s3.url, ROOST_REMOTE_SIGN_KEY=str(keys["mine"])).status == 0
    assert elsewhere("one", **trusting)("env", "pull", dinner, s3.url).status == 0
    for name in s3.names():
        if name.endswith(".json"):
            document = json.loads(s3.read(name))
            document["body"] = document["body"].replace("1.4", "1.5")
            s3.write(name, json.dumps(document).encode())
    assert elsewhere("three", **trusting)("env", "pull", name_of(roost), s3.url).status == 77


@pytest.mark.parametrize(("variable", "words"), [("SIGN_KEY", "push"), ("TRUSTED_KEYS", "pull")])
def test_a_key_that_is_none_is_a_configuration_error(variable, words, dinner, roost, s3):
    no_key = dinner.with_name("no.key")
    no_key.write_text("no key")
    if words == "pull":
        assert roost("env", "push", dinner, s3.url).status == 0
    done = roost("env", words, dinner, s3.url, **{f"ROOST_REMOTE_{variable}": str(no_key)})
    assert done.status == 78
    assert "no.key` " in done.errors


def test_a_folder_is_a_cache_too_and_an_object_appears_there_whole(dinner, roost, elsewhere, tmp_path):
    shared = tmp_path / "shared"
    assert roost("env", "push", dinner, shared).status == 0
    assert not list(shared.rglob("*.tmp"))
    assert elsewhere()("env", "pull", dinner, f"file://{shared}").status == 0


def test_without_an_address_or_with_one_that_is_none_the_error_says_so(roost, dinner):
    done = roost("env", "push", dinner)
    assert done.status == 64
    assert "[remote] url" in done.errors
    done = roost("env", "push", dinner, "nonsense://a/b")
    assert done.status == 69
    assert "nonsense" in done.errors
    assert roost("env", "pull", "no such name", "/nowhere").status == 66


def test_the_name_of_an_object_cannot_lead_elsewhere(tmp_path, room):
    room.served.add("soup", "2.0")
    built = room.build("soup")
    settings = room.settings.replace(remote_timeout=3.0)
    travel.push(room.home, built, str(tmp_path / "shared"), settings=settings, report=room.report)
    [file] = (tmp_path / "shared/keys").iterdir()
    document = json.loads(file.read_bytes())

    def pull() -> None:
        shared = str(tmp_path / "shared")
        travel.pull(built.key, None, shared, home=room.home, settings=settings, options=None, report=room.report)

    for field, value in (("archive", "../../evil"), ("key", "../evil")):
        body = json.loads(document["body"]) | {field: value}
        file.write_text(json.dumps(document | {"body": json.dumps(body)}))
        with pytest.raises(RemoteDamaged):
            pull()
    body = json.loads(document["body"])
    body["artifacts"][0][4] = "../evil"
    file.write_text(json.dumps(document | {"body": json.dumps(body)}))
    with pytest.raises(RemoteDamaged):
        pull()


@pytest.mark.parametrize("module", ["fsspec", "fsspec.core"])
def test_without_the_extra_the_error_says_how_to_get_it(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(RemoteMissing) as caught:
        Store("s3://team/roost", timeout=1)
    assert "'roost[remote]'" in caught.value.hints[0]


def test_roost_loads_nothing_of_the_extra_for_a_run(roost, script):
    code = "import sys, roost.runs.preparing, roost.travel; print([name for name in ('fsspec', 'tarfile', 'roost.travel.store') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
