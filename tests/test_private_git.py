"""A requirement from a repository that wants a token: the user writes it, git gets it, and it stands nowhere."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from tests import repositories
from tests.test_private_index import bare_repository, command_lines, files_with

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("index")]

TOKEN = "t0ken-of-ann"
SOURCE = "import gitty\nprint(gitty.ORIGIN)\n"
WORDS = (TOKEN, base64.b64encode(f"{TOKEN}:".encode()).decode())


@pytest.fixture
def served(tmp_path):
    folder = tmp_path / "repositories"
    folder.mkdir()
    bare_repository(folder)
    with repositories.serve(folder, (TOKEN, "")) as server:
        yield server


def nowhere(roost, *said) -> None:
    for word in WORDS:
        assert files_with(Path(roost.environ["ROOST_HOME"]), word) == []
        assert not [one for one in said if word in one.output + one.errors]


def option(served, script):
    return ("--with", f"gitty @ {served.address('gitty.git', TOKEN)}"), script(SOURCE), {}


def listed(served, script):
    file = script(SOURCE)
    (file.parent / "it.requirements.txt").write_text(f"gitty @ {served.address('gitty.git', '${TOKEN}')}@v1\n")
    return (), file, {"TOKEN": TOKEN}


def editable(served, script):
    file = script(SOURCE)
    (file.parent / "it.requirements.txt").write_text(f"-e {served.address('gitty.git', '${TOKEN}')}@v1#egg=gitty\n")
    return (), file, {"TOKEN": TOKEN}


def block(served, script):
    return (
        (),
        script(f"# /// script\n# dependencies = ['gitty @ {served.address('gitty.git', TOKEN)}']\n# ///\n{SOURCE}"),
        {},
    )


def table(served, script):
    address = served.address("gitty.git", TOKEN).removeprefix("git+")
    source = f"# /// script\n# dependencies = ['gitty']\n# [tool.uv.sources]\n# gitty = {{ git = '{address}', tag = 'v1' }}\n# ///\n"
    return (), script(source + SOURCE), {}


def while_running(served, script):
    address = served.address("gitty.git", "'+word+'")
    lines = (
        "import importlib, os, subprocess, sys\nword = os.environ['TOKEN']\n",
        f"subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', 'git' + 'ty @ {address}'], check=True)\n",
        "print(importlib.import_module('git' + 'ty').ORIGIN)\n",
    )
    return (), script("".join(lines)), {"TOKEN": TOKEN}


@pytest.mark.covers("B6")
@pytest.mark.parametrize(
    "way", [option, listed, editable, block, table, while_running], ids=lambda way: way.__name__.replace("_", " ")
)
def test_a_token_in_a_repositorys_address_goes_to_git_and_stands_nowhere(way, served, roost, script):
    options, file, environ = way(served, script)
    said = [roost("run", "-v", *options, file, **environ), roost("run", *options, file, **environ)]
    assert [one.output for one in said] == ["the repository\n"] * 2, said[0].errors
    assert ("/gitty.git/git-upload-pack", True) in served.asked
    said.append(roost("check", "--json", *options, file, **environ))
    if not options:
        said.append(roost("env", "export", file, "--format", "requirements", "--locked", **environ))
    nowhere(roost, *said)


@pytest.mark.covers("B6")
def test_a_lock_has_the_commit_and_no_token_and_holds_without_the_server(served, roost, script):
    _, file, environ = listed(served, script)
    said = roost("lock", file, **environ)
    assert said.status == 0, said.errors
    lock = (file.parent / "pylock.it.toml").read_text()
    words = ["git", "-c", "safe.directory=*", "rev-parse", "v1"]
    folder = served.folder / "gitty.git"
    commit = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    assert commit in lock
    assert f"http://{served.host}/gitty.git" in lock
    assert not any(word in lock for word in WORDS)
    assert roost("run", file, **environ).output == "the repository\n"
    asked = len(served.asked)
    assert roost("run", file).output == "the repository\n"
    assert len(served.asked) == asked
    nowhere(roost, said)


@pytest.mark.covers("B6")
def test_no_process_shows_the_token_while_git_fetches(served, roost, script):
    _, file, environ = listed(served, script)
    served.go.clear()
    running = roost.start("run", file, **environ)
    assert served.held.wait(60)
    shown = command_lines(roost.environ["ROOST_HOME"]) + everything_git_shows(served)
    served.go.set()
    output, errors = running.communicate(timeout=60)
    assert output == "the repository\n", errors
    assert "remote-http" in shown
    assert not any(word in shown for word in WORDS)


def everything_git_shows(served) -> str:
    """What `ps` shows of the processes that name the repository."""
    lines = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return "\n".join(line for line in lines if served.host in line)


@pytest.mark.covers("B5")
@pytest.mark.parametrize("who", ["", "wr0ng-one"], ids=["none", "wrong"])
def test_a_token_that_is_missing_or_refused_is_said_and_nobody_is_asked(who, served, roost, script):
    said = roost("run", "--with", f"gitty @ {served.address('gitty.git', who)}", script(SOURCE))
    assert said.status == 69
    assert "with a token that stands in a variable: `git+https://${TOKEN}@host/…`" in said.errors
    assert "wr0ng-one" not in said.errors
    assert files_with(Path(roost.environ["ROOST_HOME"]), "wr0ng-one") == []
    assert ("/gitty.git/git-upload-pack", True) not in served.asked


@pytest.mark.covers("B6")
def test_netrc_serves_a_repository_too(served, roost, script, tmp_path):
    host = served.host.partition(":")[0]
    (tmp_path / "user/.netrc").write_text(f'machine {host} login {TOKEN} password ""\n')
    said = roost("run", "-v", "--with", f"gitty @ {served.address('gitty.git')}", script(SOURCE))
    assert said.output == "the repository\n", said.errors
    nowhere(roost, said)


@pytest.mark.covers("B6")
def test_what_a_script_is_started_with_has_no_token(served, roost, script):
    said = f"import os, sys, gitty\nprint('{TOKEN[:5]}' in str((sys.argv, dict(os.environ))))\n"
    options, _, _ = option(served, script)
    for _ in range(2):
        assert roost("run", *options, script(said)).output == "False\n"
    assert roost("run", *options, script(f"{said}sys.exit(3)\n")).status == 3
    nowhere(roost)
