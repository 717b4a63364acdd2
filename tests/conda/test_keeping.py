"""Conda packages like the rest: kept whole, collected, locked, edited, exported; nothing half-made is used."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from roost import home as homes
from tests.conda.channels import HERE

pytestmark = pytest.mark.thorough
BODY = "import coffee\nprint(open(coffee.DATA).read())\n"


@pytest.fixture
def prefixes(roost):
    """Give the folders of conda packages in roost's home, hidden ones too."""
    place = homes.locate(roost.environ).prefixes
    return lambda: sorted(place.iterdir()) if place.is_dir() else []


def test_damaged_packages_are_installed_again(roost, brewing, prefixes):
    path = brewing("coffee", body=BODY)
    assert roost("run", path).output == "beans\n"
    [prefix] = prefixes()
    data = prefix / "share/grinder/data.txt"
    data.chmod(0o644)
    data.write_text("")  # through the link: what the cache has is cut as well
    path.write_text(path.read_text() + "# edited\n")
    ran = roost("run", path)
    assert (ran.status, ran.output) == (0, "beans\n"), ran.errors
    assert f"the conda packages in `{prefix.name}` are damaged (`share/grinder/data.txt` has 0 bytes" in ran.errors


def test_verify_reads_every_file_of_them(roost, brewing, prefixes):
    path = brewing("coffee", body=BODY)
    assert roost("run", path).status == 0
    [prefix] = prefixes()
    data = prefix / "share/grinder/data.txt"
    data.chmod(0o644)
    data.write_text("sugar")
    assert roost("env", "verify").status != 0
    assert roost("run", path).output == "beans\n"
    assert roost("env", "verify").status == 0


def test_what_a_kill_leaves_is_mended_by_the_next_run(roost, brewing, prefixes):
    path = brewing("coffee", body=BODY)
    for seconds in (0.5, 0.8, 1.1, 1.4):
        process = roost.start("run", path)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert roost("run", path).output == "beans\n"
    assert roost("env", "gc", "--older-than", "0").status == 0
    assert [one.name for one in prefixes() if one.name.startswith(".")] == []


def test_several_that_want_the_same_install_it_once(roost, brewing, prefixes):
    paths = [brewing("coffee", body=f"{BODY}# {number}\n", name=f"a{number}.py") for number in range(4)]
    running = [roost.start("run", path) for path in paths]
    said = [process.communicate(timeout=120) for process in running]
    assert [output for output, _ in said] == ["beans\n"] * 4, said
    assert len(prefixes()) == 1


def test_what_was_solved_is_remembered_as_long_as_somebody_has_it(roost, brewing, prefixes):
    path = brewing("coffee", body=BODY)
    assert roost("run", path).status == 0
    requests = homes.locate(roost.environ).requests
    [answer] = requests.glob("conda-*.json")
    for file in requests.glob("*.json"):
        os.utime(file, (1, 1))
    assert roost("env", "gc", "--json").data["requests"] == 0
    path.unlink()
    assert roost("env", "gc", "--older-than", "0", "--dry-run", "--json").data["requests"] == 1
    assert answer.exists()
    assert roost("env", "gc", "--older-than", "0", "--json").data["requests"] == 1
    assert not answer.exists()
    answer.write_text("{")
    assert roost("env", "gc", "--older-than", "0", "--json").data["requests"] == 1


@pytest.mark.covers("C7 updates")
def test_packages_are_outdated_updated_and_taken_back(roost, channel, brewing):
    path = brewing("coffee>=2", body=BODY + "import os; os.system('grind')\nprint(coffee.__doc__)\n")
    assert roost("run", path).output.splitlines()[-1] == "None"
    channel.add_module(
        "coffee", "3.0", "'crema'\nimport os\nDATA = os.environ['GRINDER_DATA'] + '/data.txt'\n", depends=["grinder <7"]
    )
    channel.add("grinder", "7.0", {"bin/grind": ""})
    channel.publish()
    assert roost("run", path).output.splitlines()[-1] == "None"
    rows = roost("env", "outdated", path, "--json").data["outdated"]
    assert [(row["name"], row["version"], row["latest"]) for row in rows] == [
        ("conda:coffee", "2.0", "3.0"), ("conda:grinder", "6.1", "7.0"),
    ]  # fmt: skip
    done = roost("env", "update", path)
    assert done.output.splitlines()[1:] == ["  conda:coffee 2.0 → 3.0"], done.errors
    assert roost("run", path).output.splitlines()[-1] == "crema"
    [row] = roost("env", "outdated", path, "--json").data["outdated"]
    assert row["held_by"] == ["coffee 3.0 needs grinder <7"]
    [earlier] = roost("env", "rollback", "--list", path, "--json").data["earlier"]
    assert earlier["changes"] == [{"name": "conda:coffee", "before": "3.0", "after": "2.0"}]
    assert roost("env", "rollback", path).output.splitlines()[1:] == ["  conda:coffee 3.0 → 2.0"]
    for _ in range(3):
        assert roost("run", path).output.splitlines()[-1] == "None"
    again = roost("env", "rollback", path)
    assert (again.status, "has its oldest lock already" in again.errors) == (66, True)
    assert roost("env", "rollback", "--to", "1", path).status == 0
    assert roost("run", path).output.splitlines()[-1] == "crema"


@pytest.mark.covers("C7 updates")
def test_an_update_of_packages_that_cannot_be_imported_is_not_taken(roost, channel, brewing, index):
    index.add("soup", "1.0")
    path = brewing("coffee", needs=("soup",), body=f"import soup\n{BODY}")
    assert roost("run", path).output == "beans\n"
    channel.add_module("coffee", "3.0", "1 / 0\n")
    channel.publish()
    done = roost("env", "update", path)
    assert done.status == 69, done.errors
    assert "kept as it was; tried conda:coffee 2.0 → 3.0" in done.output
    assert "ZeroDivisionError" in done.output
    assert roost("run", path).output == "beans\n"


def test_packages_on_which_nothing_stands_are_collected(roost, brewing, prefixes):
    path = brewing("coffee", body=BODY)
    assert roost("run", path).status == 0
    [prefix] = prefixes()
    assert roost("env", "gc", "--older-than", "0").status == 0
    assert prefixes() == [prefix]  # its script refers to it
    path.unlink()
    dry = roost("env", "gc", "--older-than", "0", "--dry-run", "--json").data
    assert (dry["conda"], prefixes()) == ([prefix.name], [prefix])
    gone = roost("env", "gc", "--older-than", "0").output
    assert f"removed {prefix.name}, conda packages on which nothing stands" in gone
    assert prefixes() == []


def test_a_lock_names_the_very_packages(roost, channel, brewing, prefixes, tmp_path):
    path = brewing("coffee", body="import coffee\nprint(coffee.__file__)\n")
    assert roost("lock", path).status == 0
    lock = path.parent / "pylock.it.toml"
    assert lock.read_text().count("[[tool.roost.conda]]") == 3
    channel.add_module("coffee", "3.0", "")
    channel.publish()
    elsewhere = {"ROOST_HOME": str(tmp_path / "elsewhere")}
    assert roost("run", path, **elsewhere).status == 0
    [there] = (tmp_path / "elsewhere/data/prefixes").iterdir()
    assert [one.name for one in prefixes()] == [there.name]
    lock.unlink()
    assert roost("run", "--upgrade", path).status == 0
    assert len(prefixes()) == 2


def test_a_lock_for_another_machine_has_its_packages(roost, channel, brewing):
    for sub in ("linux-aarch64", "osx-arm64", "win-64"):
        channel.add("python", "3.11.9", {"bin/python": ""}, sub=sub)
        channel.add("grinder", "5.0", {"bin/grind": ""}, sub=sub)
    channel.publish()
    path = brewing("coffee")
    assert roost("lock", "--platform", "aarch64-unknown-linux-gnu", "--python", "3.11", path).status == 0
    [lock] = path.parent.glob("pylock.*.toml")
    assert 'subdir = "linux-aarch64"' in lock.read_text()
    assert f'subdir = "{HERE}"' not in lock.read_text() or HERE == "linux-aarch64"


def test_packages_are_added_and_removed(roost, channel, brewing, script):
    path = brewing("grinder")
    added = roost("add", path, "conda:coffee>=1", "conda:grinder==6.1")
    assert added.status == 0, added.errors
    assert 'conda = ["grinder==6.1", "coffee>=1"]' in path.read_text().replace("'", '"')
    assert roost("add", path, "conda:tea").status == 69
    assert "tea" not in path.read_text()
    assert roost("remove", path, "conda:grinder").status == 0
    assert "grinder" not in path.read_text().partition("conda-channels")[0]
    missing = roost("remove", path, "conda:grinder")
    assert missing.status == 65
    assert "declares no conda package `grinder`" in missing.errors
    plain = script("print('plain')\n", "plain.py")
    assert roost("add", plain, "conda:coffee", ROOST_CONDA_CHANNELS=str(channel.folder)).status == 0
    assert "conda = [" in plain.read_text()
    listed = script("print('listed')\n", "sub/listed.py")
    (listed.parent / "requirements.txt").write_text("")
    assert "pip could not read it" in roost("add", listed, "conda:coffee").errors


@pytest.mark.covers("C7 export")
def test_an_environment_file_of_conda_keeps_its_packages_both_ways(roost, channel, brewing, index, tmp_path):
    index.add("soup", "1.0")
    channels = {"ROOST_CONDA_CHANNELS": str(channel.folder)}
    path = brewing("coffee", needs=("soup",), body="import coffee, soup\n")
    written = roost("env", "export", path, "--format", "environment.yml")
    assert written.status == 0, written.errors
    assert "coffee=2.0=0" in written.output
    assert "soup==1.0" in written.output
    assert "this machine" in written.errors  # the channel's folder
    file = tmp_path / "environment.yml"
    file.write_text(written.output.replace("conda-forge", str(channel.folder)))
    imported = roost("env", "import", file, **channels)
    assert imported.status == 0, imported.errors
    block = roost("env", "export", path, "--format", "pep723").output
    assert 'conda = [\n#     "coffee",\n# ]' in block
    plain = roost("env", "export", path, "--format", "requirements")
    assert "coffee" not in plain.output
    assert "`coffee`: a package of conda's" in plain.errors


def test_they_do_not_travel_and_it_is_said_why(roost, brewing, tmp_path):
    assert roost("run", brewing("coffee", body=BODY)).status == 0
    [one] = roost("env", "list", "--json").data["environments"]
    for words in (["pack", one["name"]], ["push", one["name"], str(tmp_path / "remote")], ["share", one["name"]]):
        ran = roost("env", *words, ROOST_POOL=str(tmp_path / "pool"))
        assert ran.status != 0
        assert "conda packages" in ran.errors, ran.errors


class Guarded(SimpleHTTPRequestHandler):
    """A channel behind a password."""

    def do_GET(self) -> None:
        wanted = "Basic " + base64.b64encode(b"cook:pa55word").decode()
        if self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="kitchen"')
            self.end_headers()
            return
        super().do_GET()

    do_HEAD = do_GET  # noqa: N815  # the name that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def guarded(channel):
    """The address of the channel behind a password, with it and without."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=channel.folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://cook:pa55word@127.0.0.1:{server.server_port}/", f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_password_of_a_channel_is_kept_nowhere(roost, guarded, script, home):
    path = script(
        f"# /// script\n# [tool.roost]\n# conda = ['coffee']\n# conda-channels = ['{guarded[0]}']\n# ///\n{BODY}"
    )
    ran = roost("run", path)
    assert (ran.status, ran.output) == (0, "beans\n"), ran.errors
    assert roost("lock", path).status == 0
    shutil.rmtree(home / "data/prefixes")  # fetched again with the password, by what is remembered without
    shutil.rmtree(home / "cache/conda")
    assert roost("run", "-v", path).output == "beans\n"
    told = [ran.errors, (path.parent / "pylock.it.toml").read_text(), roost("check", "--json", path).output]
    files = [file.read_bytes() for file in home.rglob("*") if file.is_file() and not file.is_symlink()]
    assert not [text for text in told if "pa55word" in text]
    assert not [data for data in files if b"pa55word" in data]
    refused = roost(
        "run",
        script(path.read_text().replace(guarded[0], guarded[1]) + "# 2\n", "other.py"),
        ROOST_HOME=str(Path(home).parent / "h2"),
    )
    assert refused.status == 69
    assert "Traceback" not in refused.errors
    assert json.loads(roost("env", "list", "--json").output)
