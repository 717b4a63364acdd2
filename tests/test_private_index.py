"""A private index, end to end: its names come from nowhere else, and its password stands nowhere."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from tests import index as indexes
from tests.index import wheel

pytestmark = pytest.mark.thorough

LOGIN = ("bob", "s3cret-w0rd")


@pytest.fixture
def private():
    """A second index, which wants a login and has `acme-*`; the first one has impostors of higher versions."""
    served, server = indexes.serve()
    served.login = LOGIN
    mark = "import sys\nORIGIN = 'private'\n"
    served.add("acme-core", "1.1", modules={"acme_core.py": mark}, requires=("soup>=1",))
    served.add("acme-models", "0.4", modules={"acme_models.py": mark}, requires=("acme-core>=1.1",))
    served.add("acme-lost", "1.0", modules={"acme_lost.py": mark}, requires=("acme-new-tool",))
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def public(index):
    index.add("soup", "2.0")
    for name in ("acme-core", "acme-models", "acme-new-tool"):
        index.add(name, "99.0", modules={f"{name.replace('-', '_')}.py": "ORIGIN = 'impostor'\n"})
    return index


@pytest.fixture
def indexes_of(home, private, public):
    """The home, and both indexes."""
    return home, private, public


def settings(home, private, *more):
    (home / "config").mkdir(parents=True, exist_ok=True)
    lines = ["[index]", f'extra = ["team={private.url}simple/"]', "timeout = 20", *more]
    (home / "config/roost.toml").write_text("\n".join(lines) + "\n")


NAMED = {"ROOST_INDEX_TEAM_USERNAME": LOGIN[0], "ROOST_INDEX_TEAM_PASSWORD": LOGIN[1]}
PINS = 'pins = { "acme-*" = "team" }'
SOURCE = "import acme_models, acme_core, soup\nprint(acme_models.ORIGIN, acme_core.ORIGIN)\n"


def of_public(public):
    return [path for path in public.asked if "acme" in path]


@pytest.mark.covers("B6")
@pytest.mark.thorough
@pytest.mark.parametrize(
    "option",
    [
        ((), {}),
        (("--upgrade",), {}),
        (("--with", "acme-core"), {}),
        (("--with", "acme-core>=1"), {"UV_INDEX_STRATEGY": "unsafe-best-match"}),
        ((), {"PIP_EXTRA_INDEX_URL": "{public}simple/", "UV_EXTRA_INDEX_URL": "{public}simple/"}),
        ((), {"UV_DEFAULT_INDEX": "{public}simple/", "PIP_INDEX_URL": "{public}simple/"}),
        (("--declared-only",), {}),
    ],
    ids=["plain", "upgrade", "with", "strategy", "extra", "default", "declared"],
)
@pytest.mark.parametrize("pinned", [True, False], ids=["pinned", "first"])
def test_a_name_of_ones_own_is_never_taken_from_a_public_index(roost, script, indexes_of, option, pinned):
    (home, private, public), (arguments, more) = indexes_of, option
    settings(home, private, *([PINS] if pinned else []))
    said = roost(
        "run", *arguments, script("# /// script\n# dependencies = ['acme-models', 'acme-core', 'soup']\n# ///\n" + SOURCE),
        **NAMED, **{name: value.format(public=public.url) for name, value in more.items()},
    )  # fmt: skip
    assert said.output == "private private\n", said.errors
    assert of_public(public) == []


@pytest.mark.covers("B6")
def test_a_version_that_only_the_impostor_has_is_not_found(roost, script, home, private, public):
    settings(home, private, PINS)
    said = roost("run", script("# /// script\n# dependencies = ['acme-core>=2']\n# ///\nimport acme_core\n"), **NAMED)
    assert said.status == 69
    assert "acme-core" in said.errors
    assert of_public(public) == []


@pytest.mark.covers("B6")
@pytest.mark.parametrize("name", ["acme-new-tool", "acme-lost"])
def test_a_claimed_name_that_its_index_does_not_have_is_asked_of_nobody_else(roost, script, indexes_of, name):
    home, private, public = indexes_of
    settings(home, private, PINS)
    said = roost("run", script(f"# /// script\n# dependencies = ['{name}']\n# ///\nimport sys\n"), **NAMED)
    assert said.status == 69
    assert "`acme-new-tool` is pinned to the index `team`, which does not have it" in said.errors
    assert of_public(public) == []


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_what_an_import_adds_while_the_script_runs_is_ones_own_too(roost, script, home, private, public):
    settings(home, private, PINS)
    said = roost(
        "run",
        script(
            "import importlib, subprocess, sys\nname = 'acme' + '_core'\nprint(importlib.import_module(name).ORIGIN)\n"
            "subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', 'acme-' + 'models', '--extra-index-url',"
            f" '{public.url}' + 'simple/'], check=True)\nimport acme_models\nprint(acme_models.ORIGIN)\n"
        ),
        **NAMED,
    )
    assert said.output == "private\nprivate\n", said.errors
    assert of_public(public) == []


@pytest.mark.parametrize("how", ["find-links", "extra-index-url"])
def test_folders_of_pips_configuration_are_copies_of_what_is_public(roost, script, index, tmp_path, how):
    index.add("soup", "2.0")
    folder = tmp_path / "wheels"
    place = folder / "soup" if how == "extra-index-url" else folder
    place.mkdir(parents=True)
    for name in ("soup", "only-here"):
        where = folder / name if how == "extra-index-url" else folder
        where.mkdir(exist_ok=True)
        filename, data = wheel(name, "1.0")
        (where / filename).write_bytes(data)
        (where / "index.html").write_text(f'<a href="{filename}">{filename}</a>')
    variable = {"find-links": "PIP_FIND_LINKS", "extra-index-url": "PIP_EXTRA_INDEX_URL"}[how]
    value = str(folder) if how == "find-links" else folder.as_uri()
    source = "# /// script\n# dependencies = ['soup>=2', 'only-here']\n# ///\nimport soup, only_here\nprint(soup.__version__)\n"
    said = roost("run", script(source), **{variable: value})
    assert (said.status, said.output) == (0, "2.0\n"), said.errors


@pytest.mark.covers("B6")
def test_a_folder_of_wheels_gives_its_names_alone(roost, script, home, public, tmp_path):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    filename, data = wheel("acme-core", "1.0", modules={"acme_core.py": "ORIGIN = 'folder'\n"})
    (wheels / filename).write_bytes(data)
    source = (
        "# /// script\n# dependencies = ['acme-core', 'soup']\n# ///\nimport acme_core, soup\nprint(acme_core.ORIGIN)\n"
    )
    said = roost("run", script(source), ROOST_INDEX_FIND_LINKS=str(wheels))
    assert said.output == "folder\n", said.errors
    assert of_public(public) == []
    said = roost("run", script(source.replace("acme-core'", "acme-core>=2'")), ROOST_INDEX_FIND_LINKS=str(wheels))
    assert "`index.public`" in said.errors


@pytest.mark.covers("B6")
def test_the_script_s_own_tables_pin_and_name_indexes(roost, script, private, public):
    source = f"""# /// script
# dependencies = ["acme-models"]
# [tool.roost.index]
# extra = ["team={private.url}simple/"]
# pins = {{ "acme-*" = "team" }}
# ///
"""
    assert roost("run", script(source + SOURCE), **NAMED).output == "private private\n"
    uv = f"""# /// script
# dependencies = ["acme-core", "soup"]
# [[tool.uv.index]]
# name = "team"
# url = "{private.url}simple/"
# explicit = true
# [tool.uv.sources]
# acme-core = {{ index = "team" }}
# ///
import acme_core
print(acme_core.ORIGIN)
"""
    private.asked.clear()
    assert roost("run", script(uv, "b.py"), **NAMED).output == "private\n"
    assert of_public(public) == []
    assert not [path for path in private.asked if "soup" in path]


# Where the password comes from, and where it must not go.


def files_with(folder: Path, word: str) -> list[Path]:
    found = []
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if file.is_file() and not file.is_symlink() and word.encode() in file.read_bytes():
                found.append(file)
    return found


def given(way, private, home, tmp_path):
    """Give the variables by which credentials come in a way, and the files that may have them."""
    user, word = LOGIN
    address = f"{private.url}simple/"
    if way == "variables":
        settings(home, private, PINS)
        return NAMED
    if way == "token-command":
        teller = tmp_path / "teller"
        teller.write_text(f"#!/bin/sh\necho {word}\n")
        teller.chmod(0o755)
        named = address.replace("://", f"://{user}@")
        settings(home, private, PINS, f'token-command = {{ team = "{teller}" }}')
        file = home / "config/roost.toml"
        file.write_text(file.read_text().replace(address, named))
        return {}
    if way == "netrc":
        settings(home, private, PINS)
        host = private.url.split("/")[2].partition(":")[0]
        (tmp_path / "user/.netrc").write_text(f"machine {host} login {user} password {word}\n")
        return {}
    named = address.replace("://", f"://{user}:{word}@")
    return {"ROOST_INDEX_EXTRA": f"team={named}", "ROOST_INDEX_PINS": "acme-*=team"}


@pytest.mark.covers("B6")
@pytest.mark.thorough
@pytest.mark.parametrize("way", ["variables", "token-command", "netrc", "address"])
def test_a_password_stands_in_no_file_and_no_output(roost, script, indexes_of, tmp_path, way):
    home, private, public = indexes_of
    environ = given(way, private, home, tmp_path)
    file = script("import acme_models\nprint(acme_models.ORIGIN)\n")
    said = [
        roost("run", "-v", file, **environ),
        roost("run", file, **environ),
        roost("check", "--json", file, **environ),
        roost("lock", file, **environ),
        roost("run", "--report", tmp_path / "report.json", file, **environ),
        roost("index", "list", file, **environ),
        roost("env", "list", "--json", **environ),
        roost("run", "--with", "acme-core>=7", "--report", tmp_path / "failed.json", file, **environ),
    ]
    assert said[0].output == said[1].output == "private\n", said[0].errors
    assert said[-1].status == 69
    assert not [one for one in said if LOGIN[1] in one.output + one.errors]
    assert files_with(home, LOGIN[1]) == []
    assert files_with(tmp_path / "work", LOGIN[1]) == []
    assert LOGIN[1] not in (tmp_path / "report.json").read_text() + (tmp_path / "failed.json").read_text()
    assert of_public(public) == []


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_a_login_is_tried_then_kept_and_nowhere_else(roost, script, home, private, public):
    settings(home, private, PINS)
    refused = roost("index", "login", "team", "--username", "bob", stdin="wrong\n")
    assert (refused.status, refused.errors.partition("\n")[0]) == (69, "error: `team` does not accept this login")
    kept = roost("index", "login", "team", "--username", LOGIN[0], stdin=f"{LOGIN[1]}\n")
    assert f"{home}/config/logins.json" in kept.output
    assert (home / "config/logins.json").stat().st_mode & 0o777 == 0o600
    assert roost("run", script(SOURCE)).output == "private private\n"
    listed = roost("index", "list")
    assert "credentials from the login file; alone for acme-*" in listed.output
    assert files_with(home, LOGIN[1]) == [home / "config/logins.json"]
    roost("index", "logout", "team")
    assert files_with(home, LOGIN[1]) == []
    assert "no index is called `nobody`" in roost("index", "login", "nobody", stdin="x\n").errors


def command_lines(home: str) -> str:
    """What `ps` shows of the processes that work with a home; other tests run beside this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if home.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:  # it has ended
            continue
    return "\n".join(found)


@pytest.mark.covers("B6")
@pytest.mark.thorough
@pytest.mark.parametrize("part", ["simple/acme-models", "files/acme_models"])
def test_no_process_shows_a_password(roost, script, indexes_of, part):
    home, private, _ = indexes_of
    settings(home, private, PINS)
    asked = private.hold(part)
    head = "# /// script\n# dependencies = ['acme-models', 'acme-core', 'soup']\n# ///\n"
    running = roost.start("run", "--declared-only", script(head + SOURCE), **NAMED)
    assert asked.wait(30)
    listed = command_lines(roost.environ["ROOST_HOME"])
    private.release(part)
    assert "uv pip" in listed
    assert LOGIN[1] not in listed
    assert private.url not in listed
    assert running.communicate(timeout=60)[0] == "private private\n"


@pytest.mark.covers("B5")
def test_refused_credentials_are_said_with_the_name_of_the_index(roost, script, home, private, public):
    settings(home, private, PINS)
    said = roost("run", script("# /// script\n# dependencies = ['acme-core']\n# ///\n"))
    assert said.status == 69
    assert "hint: log in: `roost index login team`; or in variables: `ROOST_INDEX_TEAM_USERNAME`" in said.errors
    assert of_public(public) == []


@pytest.mark.covers("B6")
def test_an_age_limit_is_not_for_private_indexes_without_times(roost, script, home, private, public):
    for files in private.projects.values():
        for file in files:
            file.uploaded = None
    settings(home, private, PINS, 'exclude-newer = "7 days"')
    said = roost("run", "-v", script("# /// script\n# dependencies = ['acme-models']\n# ///\n" + SOURCE), **NAMED)
    assert said.output == "private private\n", said.errors
    assert "without an age limit for private ones" in said.errors


@pytest.mark.covers("B5")
def test_an_age_limit_that_nothing_can_be_judged_by_is_said(roost, script, index):
    index.add("soup", "1.0", uploaded=None, history=False)
    said = roost("run", script("# /// script\n# dependencies = ['soup']\n# ///\n"), ROOST_INDEX_EXCLUDE_NEWER="7 days")
    assert said.status == 69
    assert "the index does not say how old `soup-1.0-py3-none-any.whl` is" in said.errors
    assert "ROOST_INDEX_EXCLUDE_NEWER" in said.errors


# Repositories.


@pytest.fixture
def repository(tmp_path):
    return bare_repository(tmp_path)


def bare_repository(tmp_path: Path) -> Path:
    """Make a bare repository with one distribution, whose build needs nothing."""
    work, bare = tmp_path / "gitty", tmp_path / "gitty.git"
    work.mkdir()
    (work / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "gitty"\nversion = "1.0"\n'
    )
    (work / "gitty.py").write_text("ORIGIN = 'the repository'\n")
    (work / "backend.py").write_text(
        "import zipfile\n"
        "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
        "    info = 'gitty-1.0.dist-info/'\n"
        "    with zipfile.ZipFile(folder + '/gitty-1.0-py3-none-any.whl', 'w') as z:\n"
        "        z.write('gitty.py')\n"
        "        z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: gitty\\nVersion: 1.0\\n')\n"
        "        z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        z.writestr(info + 'RECORD', '')\n"
        "    return 'gitty-1.0-py3-none-any.whl'\n"
    )
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", "x"],
        ["tag", "v1"],
        ["clone", "-q", "--bare", ".", str(bare)],
    ):
        subprocess.run([*git, *words], cwd=work, env=environ, check=True)
    return bare


@pytest.mark.covers("B4")
@pytest.mark.thorough
def test_a_repository_is_locked_by_its_commit_and_runs_without_it(roost, script, index, repository):
    table = f'# gitty = {{ git = "file://{repository}", tag = "v1" }}\n'
    file = script(
        f"# /// script\n# dependencies = ['gitty']\n# [tool.uv.sources]\n{table}# ///\nimport gitty\nprint(gitty.ORIGIN)\n"
    )
    assert roost("run", file).output == "the repository\n"
    assert roost("lock", file).status == 0
    commit = subprocess.run(
        ["git", "rev-parse", "v1"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout
    assert commit.strip() in (file.parent / "pylock.it.toml").read_text()
    repository.rename(repository.parent / "away")
    assert roost("run", "--offline", file).output == "the repository\n"
    listed = script("import gitty\nprint(gitty.ORIGIN)\n", "b.py")
    (listed.parent / "b.requirements.txt").write_text(f"-e git+file://{repository.parent / 'away'}@v1#egg=gitty\n")
    assert roost("run", listed).output == "the repository\n"


@pytest.mark.covers("B5")
def test_a_revision_that_is_not_there_is_said(roost, script, index, repository):
    said = roost("run", "--with", f"gitty @ git+file://{repository}@nothing", script("import gitty\n"))
    assert said.status == 69
    assert "couldn't find remote ref" in said.errors
    assert "git ls-remote" in said.errors


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_a_token_in_a_requirement_s_address_is_used_and_shown_nowhere(roost, script, home, private, public):
    address = f"{private.url}files/acme_core-1.1-py3-none-any.whl".replace("://", "://${WHO}:${WORD}@")
    file = script("import acme_core\nprint(acme_core.ORIGIN)\n")
    (file.parent / "it.requirements.txt").write_text(f"acme-core @ {address}\n")
    environ = {"WHO": LOGIN[0], "WORD": LOGIN[1]}
    said = [
        roost("run", "-v", file, **environ),
        roost("check", "--json", file, **environ),
        roost("lock", file, **environ),
    ]
    assert said[0].output == "private\n", said[0].errors
    assert not [one for one in said if LOGIN[1] in one.output + one.errors]
    assert files_with(home, LOGIN[1]) == files_with(file.parent, LOGIN[1]) == []


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_a_token_that_a_script_installs_with_is_kept_nowhere(roost, script, home, private, public):
    address = f"{private.url}files/acme_core-1.1-py3-none-any.whl".replace("://", f"://{LOGIN[0]}:'+word+'@")
    file = script(
        "import os, subprocess, sys\nword = os.environ['WORD']\n"
        "command = [sys.executable, '-m', 'pip', 'install', '-q']\n"
        f"subprocess.run([*command, 'acme-' + chr(99) + 'ore @ {address}'], check=True)\nimport importlib\nprint(importlib.import_module('acme_' + chr(99) + 'ore').ORIGIN)\n"
    )
    said = roost("run", file, WORD=LOGIN[1])
    assert said.output == "private\n", said.errors
    assert LOGIN[1] not in said.errors
    assert files_with(home, LOGIN[1]) == []


@pytest.mark.covers("B6")
@pytest.mark.thorough
def test_an_index_is_known_by_the_certificates_of_the_settings(roost, script, index, tmp_path):
    from tests import parts

    openssl = parts.program("openssl")
    names = {name: tmp_path / f"{name}.pem" for name in ("authority", "authority-key", "request", "certificate", "key")}
    extensions = tmp_path / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    new = [openssl, "req", "-newkey", "rsa:2048", "-nodes"]
    for words in (
        [*new, "-x509", "-days", "2", "-subj", "/CN=us", "-keyout", names["authority-key"], "-out", names["authority"]],
        [*new, "-subj", "/CN=localhost", "-keyout", names["key"], "-out", names["request"]],
        [openssl, "x509", "-req", "-in", names["request"], "-CA", names["authority"], "-CAkey", names["authority-key"],
         "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", names["certificate"]],
    ):  # fmt: skip
        subprocess.run(words, check=True, capture_output=True)
    certificate, key = names["certificate"], names["key"]
    served, server = indexes.serve(certificate=(certificate, key))
    try:
        for number in ("1.0", "1.1", "1.2"):
            served.add("soup", number, history=False)
        file = script("import soup\nprint(soup.__version__)\n")
        environ = {"ROOST_INDEX_URL": f"{served.url}simple/"}
        refused = roost("run", script("# /// script\n# dependencies = ['soup']\n# ///\n", "b.py"), **environ)
        assert "certificate" in refused.errors
        known = roost("run", file, ROOST_INDEX_CA_FILE=str(names["authority"]), **environ)
        assert known.output == "1.2\n", known.errors
        absent = roost("run", "--upgrade", file, ROOST_INDEX_CA_FILE=str(tmp_path / "no"), **environ)
        assert absent.status in {1, 78}, absent.errors
    finally:
        server.shutdown()
        server.server_close()
