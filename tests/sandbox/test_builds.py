"""Source distributions become wheels in a sandbox: what their build runs reaches nothing of the machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests import index as indexes
from tests.sources import files_of, packed

pytestmark = pytest.mark.thorough
TRYING = """
import socket, subprocess, sys
def tried(what):
    try:
        return what() or "did"
    except Exception as error:
        return type(error).__name__
found = {{
    "write": tried(lambda: open({outside!r}, "w").close()),
    "read": tried(lambda: open({secret!r}).read()),
    "home": tried(lambda: open({roost!r} + "/planted", "w").close()),
    "net": tried(lambda: socket.create_connection(("127.0.0.1", {port}), 5).close()),
    "variable": os.environ.get("TOKEN", "none"),
    "environment": tried(lambda: open(os.path.join(sys.prefix, "planted.pth"), "w").close()),
}}
subprocess.Popen(["sleep", "4242"], start_new_session=True)
return wheel(folder, f"found = {{found!r}}")
"""


def declaring(script, *requirements: str, body: str = "import soup\nprint(soup.VERSION)\n", name: str = "it.py"):
    listed = ", ".join(json.dumps(one) for one in requirements)
    return script(f"# /// script\n# dependencies = [{listed}]\n# ///\n{body}", name)


def kept(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "cache" / "built").glob("*/*.whl"))


def alive(*words: str) -> bool:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = place.read_bytes()
        except OSError:
            continue
        if all(word.encode() in said for word in words):
            return True
    return False


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", ["bubblewrap", "landlock", "docker"])
def test_a_build_reaches_nothing_of_the_machine(index, roost, script, works, home, tmp_path, tier):  # noqa: PLR0917
    works(tier)
    secret = tmp_path / "secret.txt"
    secret.write_text("the key")
    port = int(index.url.rstrip("/").rpartition(":")[2])
    body = TRYING.format(outside=str(tmp_path / "written"), secret=str(secret), roost=str(home), port=port)
    index.put("soup", *packed("soup", body=body))
    path = declaring(script, "soup", body="import json, soup\nprint(json.dumps(soup.found))\n")
    done = roost("run", path, ROOST_SANDBOX_POLICIES=f"build=tier={tier}", TOKEN="secret")
    assert done.status == 0, done.errors
    found = done.data
    assert found.pop("variable") == "none"
    assert "did" not in found.values()
    assert "the key" not in found.values()
    assert not (tmp_path / "written").exists()
    assert not (home / "planted").exists()
    assert not alive("sleep", "4242")
    assert not list(Path("/tmp").glob(f"roost-run-{os.getpid()}-*"))


@pytest.mark.covers("D2")
def test_what_is_locked_is_the_source_and_it_is_built_once(index, roost, script, works, home):
    works("bubblewrap")
    index.put("soup", *packed("soup", requires=("stock>=2",)))
    index.put("stock", *packed("stock", "1.0"))
    index.put("stock", *packed("stock", "2.1"))
    path = declaring(script, "soup", body="import soup, stock\nprint(soup.VERSION, stock.VERSION)\n")
    first = roost("run", "--allow", "stock", path)
    assert (first.status, first.output) == (0, "1.0 2.1\n"), first.errors
    assert kept(home) == ["soup-1.0-py3-none-any.whl", "stock-2.1-py3-none-any.whl"]
    assert roost("lock", "--allow", "stock", path).status == 0
    text = (path.parent / "pylock.it.toml").read_text()
    assert f'url = "{index.url}files/soup-1.0.tar.gz"' in text or "soup-1.0.tar.gz" in text
    assert "file:" not in text
    name = roost("env", "list", "--json").data["environments"][0]["name"]
    assert (
        "built in a sandbox (bubblewrap): soup, stock"
        in (home / "data" / "environments" / name / "roost.json").read_text()
    )
    stamps = {one: one.stat().st_mtime_ns for one in (home / "cache" / "built").glob("*/*.whl")}
    roost("env", "rm", name)
    again = roost("run", path)
    assert (again.status, again.output) == (0, "1.0 2.1\n"), again.errors
    assert stamps == {one: one.stat().st_mtime_ns for one in (home / "cache" / "built").glob("*/*.whl")}


def test_what_was_built_serves_without_the_network(index, roost, script, works):
    works("bubblewrap")
    index.put("soup", *packed("soup"))
    index.put("bread", *packed("bread"))
    index.add("salt")
    assert roost("run", declaring(script, "soup")).status == 0
    body = "import soup\nprint(soup.VERSION)\n"
    assert roost("run", "--offline", declaring(script, "soup", "soup>=1", body=body, name="b.py")).output == "1.0\n"
    never = roost("run", "--offline", declaring(script, "bread", name="c.py"))
    assert never.status == 69
    assert "bread" in never.errors


def test_a_release_with_a_wheel_is_taken_before_a_newer_source(index, roost, script, works, home):
    works("bubblewrap")
    index.add("soup", "1.0", modules={"soup.py": "VERSION = 'wheel'\n"}, history=False)
    index.put("soup", *packed("soup", "2.0"))
    assert roost("run", declaring(script, "soup")).output == "wheel\n"
    assert kept(home) == []
    assert roost("run", declaring(script, "soup>=2", name="b.py")).output == "2.0\n"
    assert kept(home) == ["soup-2.0-py3-none-any.whl"]


def test_what_is_too_young_is_not_built(index, roost, script, works):
    works("bubblewrap")
    index.put("soup", *packed("soup", "1.0"), uploaded="2020-01-01T00:00:00Z")
    index.put("soup", *packed("soup", "2.0"), uploaded="2024-06-01T00:00:00Z")
    done = roost("run", declaring(script, "soup"), ROOST_INDEX_EXCLUDE_NEWER="2022-01-01")
    assert done.output == "1.0\n", done.errors


def test_what_a_build_requires_comes_from_the_index_as_wheels(index, roost, script, works):
    works("bubblewrap")
    index.add("ladle", modules={"ladle.py": "SPOON = 7\n"})
    index.add("pot", modules={"pot.py": "SIZE = 3\n"})
    body = 'import ladle, pot\nreturn wheel(folder, f"VERSION = {ladle.SPOON + pot.SIZE}")'
    more = 'def get_requires_for_build_wheel(config_settings=None):\n    return ["pot>=1"]\n'
    index.put("soup", *packed("soup", body=body, more=more, wants='["ladle"]'))
    assert roost("run", declaring(script, "soup")).output == "10\n"
    assert any("ladle" in path and path.endswith(".whl") for path in index.asked)


def test_what_a_build_requires_runs_nothing_outside_either(index, roost, script, works, tmp_path):
    works("bubblewrap")
    mark = tmp_path / "ran"
    index.add(
        "ladle", modules={"ladle.pth": f"import os; open({str(mark)!r}, 'w').close()\n", "ladle.py": "SPOON = 7\n"}
    )
    index.add("pot", modules={"pot.py": "SIZE = 3\n"})
    more = 'def get_requires_for_build_wheel(config_settings=None):\n    return ["pot>=1"]\n'
    body = 'import ladle, pot\nreturn wheel(folder, f"VERSION = {ladle.SPOON + pot.SIZE}")'
    index.put("soup", *packed("soup", body=body, more=more, wants='["ladle"]'))
    done = roost("run", declaring(script, "soup"))
    assert (done.status, done.output) == (0, "10\n"), done.errors
    assert not mark.exists()


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"body": "raise SystemExit('the broth is burnt')"}, "the broth is burnt"),
        ({"body": "return 'soup-1.0-py3-none-any.whl'"}, "its build gave no wheel"),
        ({"body": "return '../../soup-1.0-py3-none-any.whl'"}, "its build gave no wheel"),
        ({"body": "return wheel(folder, '', name='salt')"}, "its build gave `salt-1.0-py3-none-any.whl`"),
        ({"body": "return wheel(folder, '', version='9')"}, "its build gave `soup-9-py3-none-any.whl`"),
        ({"body": "return wheel(folder, '', extra={'../out.py': ''})"}, "the wheel that its build gave is refused"),
        ({"body": "os.symlink('/etc/passwd', folder + '/soup-1.0-py3-none-any.whl')\nreturn 'soup-1.0-py3-none-any.whl'"}, "its build gave no wheel"),
        ({"body": "import socket\nsocket.create_connection(('192.0.2.1', 80), 5)"}, "a build has no network here"),
        ({"body": "import time\ntime.sleep(60)"}, "it reached the limit of timeout"),
        ({"wants": '["ladle @ file:///tmp/ladle.whl"]'}, "requires `ladle` from an address of its own"),
        ({"wants": '["--index-url=http://192.0.2.1/"]'}, "which is no requirement"),
        ({"wants": '["never-heard-of-it"]'}, "what its build requires cannot be had"),
        ({"more": "def get_requires_for_build_wheel(config_settings=None):\n    return ['x @ file:///tmp/x.whl']\n"}, "from an address of its own"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_said_in_a_sentence(index, roost, script, works, home, parts, sentence):  # noqa: PLR0917
    works("bubblewrap")
    index.put("soup", *packed("soup", **parts))
    done = roost("run", declaring(script, "soup"), ROOST_SANDBOX_POLICIES="build=timeout=8")
    assert done.status == 69
    assert "`soup 1.0` cannot be built from its source" in done.errors
    assert sentence in done.errors
    assert "Traceback (most recent call last)" not in done.errors.partition("cannot be built")[0]
    assert kept(home) == []


def test_a_source_that_is_not_the_locked_one_is_not_built(index, roost, script, works, home):
    works("bubblewrap")
    name, data = packed("soup")
    index.put("soup", name, data, sha256="0" * 64)
    done = roost("run", declaring(script, "soup"))
    assert done.status == 69
    assert "`soup-1.0.tar.gz` is not the file that was locked" in done.errors
    assert kept(home) == []


@pytest.mark.parametrize("ref", ["", "@main", "@v1", "@COMMIT"])
def test_a_repository_is_built_in_the_sandbox_too(roost, index, script, works, home, tmp_path, ref):  # noqa: PLR0917
    works("bubblewrap")
    project = tmp_path / "project"
    project.mkdir()
    body = (
        "import subprocess\nreturn wheel(folder, f\"VERSION = {subprocess.check_output(['git', 'tag'], text=True)!r}\")"
    )
    for name, text in files_of("soup", body=body).items():
        (project / name).write_text(text)
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=project, env=os.environ | who, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("tag", "v1")
    commit = git("rev-parse", "HEAD").strip()
    path = declaring(script, f"soup @ git+file://{project}{ref.replace('COMMIT', commit)}")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "v1\n\n"), done.errors
    assert roost("lock", path).status == 0
    assert f'commit-id = "{commit}"' in (path.parent / "pylock.it.toml").read_text()
    assert kept(home) == ["soup-1.0-py3-none-any.whl"]


@pytest.mark.parametrize("editable", [False, True])
def test_a_folder_of_ones_own_is_installed_as_it_lies_and_what_it_requires_is_built_in_the_sandbox(  # noqa: PLR0917
    roost, index, script, works, home, tmp_path, editable
):  # fixtures
    works("bubblewrap")
    mark = tmp_path / "ran"
    index.put("stock", *packed("stock", body=f"open({str(mark)!r}, 'a').close()\nreturn wheel(folder, 'VERSION = 5')"))
    project = tmp_path / "project"
    project.mkdir()
    more = """
    def build_editable(folder, config_settings=None, metadata_directory=None):
        return build_wheel(folder)
    """
    for name, text in files_of("soup", requires=("stock",), more=more).items():
        (project / name).write_text(text)
    done = roost("run", declaring(script, f"soup @ {project.as_uri()}", body="import soup\nprint(soup.VERSION)\n"))
    if editable:
        path = script("import soup\nprint(soup.VERSION)\n", "e.py")
        (path.parent / "requirements.txt").write_text(f"-e {project}\n")
        done = roost("run", path)
    assert done.status == 69  # the one that writes outside
    assert "`stock 1.0` cannot be built from its source" in done.errors
    assert not mark.exists()


def test_the_settings_have_the_engine_build_as_ever(index, roost, script, tmp_path, home):
    index.put(
        "soup",
        *packed("soup", body=f"open({str(tmp_path / 'ran')!r}, 'w').close()\nreturn wheel(folder, 'VERSION = 3')"),
    )
    done = roost("run", declaring(script, "soup"), ROOST_SANDBOX_POLICIES="build=tier=none")
    assert (done.status, done.output) == (0, "3\n"), done.errors
    assert (tmp_path / "ran").exists()
    assert kept(home) == []


def test_a_sandbox_that_is_asked_for_and_missing_means_no_build(index, roost, script, tmp_path):
    index.put(
        "soup",
        *packed("soup", body=f"open({str(tmp_path / 'ran')!r}, 'w').close()\nreturn wheel(folder, 'VERSION = 3')"),
    )
    nothing = tmp_path / "bin"
    nothing.mkdir()
    done = roost("run", declaring(script, "soup"), ROOST_SANDBOX_POLICIES="build=tier=bubblewrap", PATH=str(nothing))
    assert done.status == 125
    assert "`bubblewrap` does not work here" in done.errors
    assert not (tmp_path / "ran").exists()


def test_a_build_that_is_killed_leaves_nothing_that_counts(index, roost, script, works, home):
    works("bubblewrap")
    index.put("soup", *packed("soup", body="import time\ntime.sleep(4)\nreturn wheel(folder, 'VERSION = 4')"))
    path = declaring(script, "soup")
    process = roost.start("run", path)
    until = time.monotonic() + 60
    while not alive("build_wheel", "made") and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
    until = time.monotonic() + 20
    while alive("build_wheel", "made") and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive("build_wheel", "made")
    assert kept(home) == []
    done = roost("run", path)
    assert (done.status, done.output) == (0, "4\n"), done.errors


def test_what_was_built_is_collected_when_it_was_not_used_for_long(index, roost, script, works, home):
    works("bubblewrap")
    index.put("soup", *packed("soup"))
    assert roost("run", declaring(script, "soup")).status == 0
    (home / "cache" / "built" / ".rest").mkdir()
    for one in (home / "cache" / "built").iterdir():
        os.utime(one, (0, 0))
    assert roost("env", "gc", "--dry-run").status == 0
    assert kept(home)
    assert roost("env", "gc").status == 0
    assert list((home / "cache" / "built").iterdir()) == []
    done = roost("run", declaring(script, "soup"))
    assert (done.status, done.output) == (0, "1.0\n"), done.errors


def test_a_name_that_is_pinned_to_an_index_is_built_from_there(index, roost, script, works):
    works("bubblewrap")
    own, server = indexes.serve()
    try:
        index.put("acme-soup", *packed("acme-soup", "9.0"))
        own.put("acme-soup", *packed("acme-soup", "1.0", requires=("acme-stock",)))
        own.put("acme-stock", *packed("acme-stock", "2.0"))
        body = "import acme_soup, acme_stock\nprint(acme_soup.VERSION, acme_stock.VERSION)\n"
        more = {"ROOST_INDEX_EXTRA": f"team={own.url}simple/", "ROOST_INDEX_PINS": "acme-*=team"}
        done = roost("run", "--allow", "acme-stock", declaring(script, "acme-soup", body=body), **more)
        assert (done.status, done.output) == (0, "1.0 2.0\n"), done.errors
        assert not any("acme" in path for path in index.asked)
    finally:
        server.shutdown()
        server.server_close()


def test_an_index_with_a_login_gives_its_sources(index, roost, script, works, home):
    works("bubblewrap")
    index.login = ("cook", "s3cret")
    index.put("soup", *packed("soup", body="return wheel(folder, f'VERSION = {dict(os.environ)!r}')"))
    address = index.url.replace("://", "://cook:s3cret@") + "simple/"
    done = roost("run", declaring(script, "soup"), ROOST_INDEX_URL=address)
    assert done.status == 0, done.errors
    assert "s3cret" not in done.output
    assert not any(b"s3cret" in one.read_bytes() for one in (home / "cache" / "built").rglob("*") if one.is_file())
