"""The shared bench's two indexes, served with faults: each class of failure for real, its text as it is shown."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.test_private_index import files_with

BENCH = next((one for up in Path(__file__).parents if (one := up / "shared/bench/index").exists()), Path("nowhere"))
LOGIN = ("bob", "s3cret-w0rd")
NAMED = {"ROOST_INDEX_PRIVATE_USERNAME": LOGIN[0], "ROOST_INDEX_PRIVATE_PASSWORD": LOGIN[1]}

pytestmark = [
    pytest.mark.skipif(not BENCH.exists(), reason="the shared bench is not beside this checkout"),
    pytest.mark.thorough,
]


class Served:
    """Both indexes while they are served; `faults` replaces what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        words = [
            sys.executable,
            BENCH / "serve_index.py",
            folder,
            "--log",
            folder / "log",
            "--user",
            LOGIN[0],
            "--password",
            LOGIN[1],
        ]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        facts = json.loads(self.process.stdout.readline())
        self.public, self.private, self.log = facts["public"], facts["private"], folder / "log"
        self.base = f"http://127.0.0.1:{facts['port']}"

    def faults(self, *texts: str) -> None:
        body = json.dumps(texts).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.base}/_faults", data=body, method="PUT")) as answer:
            answer.read()

    def asked(self) -> list[str]:
        return [json.loads(line)["path"] for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("indexes")
    subprocess.run([sys.executable, BENCH / "make_index.py", made], check=True, capture_output=True)
    return made


@pytest.fixture
def served(folder):
    (folder / "log").write_text("")
    both = Served(folder)
    yield both
    with contextlib.suppress(OSError):
        both.process.stdin.close()
    both.process.wait(20)
    both.process.stdout.close()


@pytest.fixture
def settled(served, home):
    """Settings that name both indexes, and claim the private names."""
    (home / "config").mkdir(parents=True)
    (home / "config/roost.toml").write_text(
        f'[index]\nurl = "{served.public}"\nextra = ["private={served.private}"]\npins = {{ "acme-*" = "private" }}\ntimeout = 3\n'
    )
    return served


def block(*requirements):
    return f"# /// script\n# dependencies = {json.dumps(requirements)}\n# ///\n"


def failed(roost, script, served, *requirements, **more):
    """Run a script that cannot be run; gives the class and the words, without what differs each time."""
    report = roost.cwd.parent / "report.json"
    said = roost("run", "--report", report, script(block(*requirements)), **{"UV_HTTP_RETRIES": "0"} | NAMED | more)
    assert said.output == ""
    error = json.loads(report.read_text())["error"]
    text = shown(said, served, roost.environ["ROOST_HOME"], roost.cwd)
    return {"status": said.status, "class": error["code"], "stage": error.get("stage"), "text": text}


def shown(said, served, *places):
    text = said.errors.replace(served.base, "http://INDEX")
    for number, place in enumerate(places):
        text = text.replace(str(place), f"PLACE{number}")
    text = re.sub(r"in \d+(\.\d+)? ?s\b", "in N s", text)
    text = re.sub(r"\(3\.\d+\.\d+\)", "(3.X.Y)", text)
    text = re.sub(r"PLACE0/cache/uv/\S+?(?=[`'\s:]|$)", "PLACE0/cache/uv/…", text)
    return re.sub(r"-[0-9a-f]{12}\b", "-KEY", text)


CASES = {
    "not found": (
        ("nobody-made-this",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "distribution-not-found",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because nobody-made-this was not found in the package registry and you require nobody-made-this
hint: correct the name, or name the index that has it; `roost index list` says which ones are asked
""",
            }
        ),
    ),
    "not found behind another": (
        ("missing-dependency",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "distribution-not-found",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because nobody-made-this was not found in the package registry and all versions of missing-dependency depend on nobody-made-this>=1
  because you require missing-dependency
hint: correct the name, or name the index that has it; `roost index list` says which ones are asked
""",
            }
        ),
    ),
    "no matching version": (
        ("tinytext>=3",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "no-matching-version",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because only tinytext<=2.0.0 is available and you require tinytext>=3
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
  because `tinytext>=3` is asked for: declared in the PEP 723 block of `it.py`, line 2
hint: with `tinytext` 2.0.0 it resolves, which was tried: `roost add PLACE1/it.py 'tinytext<=2.0.0'`
""",
            }
        ),
    ),
    "newer python": (
        ("from-the-future",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "python-mismatch",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because the current Python version (3.X.Y) does not satisfy Python>=3.99 and from-the-future==1.0.0 depends on Python>=3.99
  because only from-the-future==1.0.0 is available and you require from-the-future
""",
            }
        ),
    ),
    "wrong digest on the page": (
        ("bad-digest",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "hash-mismatch",
                "stage": "install",
                "text": """\
error: cannot build the environment `bad-digest-KEY`
  because Hash mismatch for `bad-digest==1.0.0`
  because expected sha256:100ef6a71bac925f709fe9c114c60460bf6e472cfdb9d44bd8adf1698135260f
  because computed sha256:da3162f26c3989676e61aea7fdb579894c07354784987f4057dcabcca1d78b72
hint: somebody changed the file, or a proxy did; ask the index again: `roost run --upgrade PLACE1/it.py`
""",
            }
        ),
    ),
    "wrong bytes": (
        ("tinyjson",),
        ("wrong:files/tinyjson",),
        snapshot(
            {
                "status": 69,
                "class": "hash-mismatch",
                "stage": "install",
                "text": """\
error: cannot build the environment `tinyjson-KEY`
  because Failed to extract archive: tinyjson-1.0.0-py3-none-any.whl
  because Bad CRC (got 2a7e23fb, expected 5ae043af) for file: tinyjson/__init__.py
hint: somebody changed the file, or a proxy did; ask the index again: `roost run --upgrade PLACE1/it.py`
""",
            }
        ),
    ),
    "conflict": (
        ("needs-old-text", "needs-new-text"),
        (),
        snapshot(
            {
                "status": 69,
                "class": "conflict",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because all versions of needs-new-text depend on tinytext>=2 and all versions of needs-old-text depend on tinytext<2
  because you require needs-old-text and needs-new-text
  because `needs-old-text` is asked for: declared in the PEP 723 block of `it.py`, line 2
  because `needs-new-text` is asked for: declared in the PEP 723 block of `it.py`, line 2
hint: without `needs-old-text`, which nothing imports, it resolves, which was tried: `roost remove PLACE1/it.py needs-old-text`
hint: without `needs-new-text`, which nothing imports, it resolves, which was tried: `roost remove PLACE1/it.py needs-new-text`
""",
            }
        ),
    ),
    "server error": (
        ("tinyjson",),
        ("500:simple/tinyjson",),
        snapshot(
            {
                "status": 69,
                "class": "index-unreachable",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/private/simple/tinyjson/
  because HTTP status server error (500 Internal Server Error) for url (http://INDEX/private/simple/tinyjson/)
  because uv from its cache: tinyjson was not found in the cache and you require tinyjson
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
hint: try again, or work with what is there: `roost run --offline PLACE1/it.py`
""",
            }
        ),
    ),
    "cut": (
        ("tinyjson",),
        ("cut:simple/tinyjson",),
        snapshot(
            {
                "status": 69,
                "class": "index-unreachable",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/public/simple/tinyjson/
  because error reading a body from connection
  because end of file before message length reached
  because uv from its cache: tinyjson was not found in the cache and you require tinyjson
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
hint: try again, or work with what is there: `roost run --offline PLACE1/it.py`
""",
            }
        ),
    ),
    "file gone": (
        ("tinyjson",),
        ("404:files/tinyjson",),
        snapshot(
            {
                "status": 69,
                "class": "index-unreachable",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/public/files/tinyjson-1.0.0-py3-none-any.whl
  because HTTP status client error (404 Not Found) for url (http://INDEX/public/files/tinyjson-1.0.0-py3-none-any.whl)
  because uv from its cache: tinyjson==1.0.0 needs to be downloaded from a registry and only tinyjson==1.0.0 is available
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
hint: try again, or work with what is there: `roost run --offline PLACE1/it.py`
""",
            }
        ),
    ),
    "hanging page": (
        ("tinyjson",),
        ("hang:simple/tinyjson",),
        snapshot(
            {
                "status": 75,
                "class": "timed-out",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/private/simple/tinyjson/
  because error sending request for url (http://INDEX/private/simple/tinyjson/)
  because operation timed out
  because uv from its cache: tinyjson was not found in the cache and you require tinyjson
hint: try again; for a slow index, wait longer: `export ROOST_INDEX_TIMEOUT=120`
""",
            }
        ),
    ),
    "hanging file": (
        ("tinyjson",),
        ("hang:files/tinyjson",),
        snapshot(
            {
                "status": 75,
                "class": "timed-out",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/public/files/tinyjson-1.0.0-py3-none-any.whl
  because error sending request for url (http://INDEX/public/files/tinyjson-1.0.0-py3-none-any.whl)
  because operation timed out
  because uv from its cache: tinyjson==1.0.0 needs to be downloaded from a registry and only tinyjson==1.0.0 is available
hint: try again; for a slow index, wait longer: `export ROOST_INDEX_TIMEOUT=120`
""",
            }
        ),
    ),
    "build fails": (
        ("sdist-fails",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "build-failed",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because `sdist-fails 1.0.0` cannot be built from its source: its build ended with 1
  because Traceback (most recent call last):
  because File "sdist_fails-1.0.0/backend.py", line 23, in build_wheel
  because return _dist(wheel_directory)
  because File "sdist_fails-1.0.0/backend.py", line 5, in _dist
  because raise RuntimeError("this source archive is meant to fail while it is built")
  because RuntimeError: this source archive is meant to fail while it is built
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
""",
            }
        ),
    ),
    "build needs what is not there": (
        ("sdist-needs-tool",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "build-failed",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because `sdist-needs-tool 1.0.0` cannot be built from its source: what its build requires cannot be had
  because build-tool-that-does-not-exist was not found in the package registry and you require build-tool-that-does-not-exist
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
""",
            }
        ),
    ),
    "claimed": (
        ("acme-new-tool",),
        (),
        snapshot(
            {
                "status": 69,
                "class": "claimed-name",
                "stage": "resolve",
                "text": """\
error: cannot find what `it.py` needs
  because `acme-new-tool` is pinned to the index `private`, which does not have it
  because no other index is asked for such a name
hint: publish it there, or change the pin: `index.pins` in the settings, `[tool.roost.index] pins` in the script
""",
            }
        ),
    ),
}


@pytest.mark.covers("B5")
@pytest.mark.parametrize("case", CASES)
def test_each_class_of_failure_has_its_words(roost, script, settled, case):
    requirements, faults, expected = CASES[case]
    settled.faults(*faults)
    assert failed(roost, script, settled, *requirements, PATH="/usr/bin:/bin") == expected


@pytest.mark.covers("B5")
def test_refused_credentials_have_their_words(roost, script, settled):
    said = failed(roost, script, settled, "acme-core", ROOST_INDEX_PRIVATE_PASSWORD="no")
    assert said == snapshot(
        {
            "status": 69,
            "class": "credentials-refused",
            "stage": "resolve",
            "text": """\
error: cannot find what `it.py` needs
  because An index URL (http://INDEX/private/simple/) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
hint: log in: `roost index login private`; or in variables: `ROOST_INDEX_PRIVATE_USERNAME` and `…_PASSWORD`
""",
        }
    )
    assert not [path for path in settled.asked() if path.startswith("/public/simple/acme")]


@pytest.mark.covers("B5")
def test_an_index_that_is_away_has_its_words(roost, script, settled):
    settled.process.stdin.close()
    settled.process.wait(20)
    assert failed(roost, script, settled, "tinyjson") == snapshot(
        {
            "status": 69,
            "class": "index-unreachable",
            "stage": "resolve",
            "text": """\
error: cannot find what `it.py` needs
  because Failed to fetch: http://INDEX/private/simple/tinyjson/
  because tcp connect error
  because Connection refused (os error 111)
  because uv from its cache: tinyjson was not found in the cache and you require tinyjson
  because pip: not asked: it mixes indexes, and would take a name of your own from a public one
hint: try again, or work with what is there: `roost run --offline PLACE1/it.py`
""",
        }
    )


@pytest.mark.covers("B5")
def test_a_home_that_cannot_be_written_has_its_words(roost, script, home, settled):
    if os.geteuid() == 0:
        blocked = home / "data"
        blocked.write_text("a file in the place of the folder")
    else:
        home.chmod(0o500)
    assert failed(roost, script, settled, "tinyjson") == snapshot(
        {
            "status": 73,
            "class": "cannot-create",
            "stage": None,
            "text": """\
error: cannot make the folder `PLACE0/data/environments`
  because Not a directory
hint: name another place: `export ROOST_HOME=/path/to/folder`
""",
        }
    )


@pytest.mark.covers("B5")
def test_a_flaky_index_is_asked_again(roost, script, settled):
    settled.faults("flaky")
    said = roost(
        "run",
        script(block("tinyjson") + "import tinyjson\nprint('ran')\n"),
        **NAMED,
        ROOST_INDEX_TIMEOUT="20",
        UV_HTTP_RETRIES="",
    )
    assert said.output == "ran\n", said.errors


@pytest.mark.covers("B5")
@pytest.mark.covers("C4")
def test_a_hanging_index_ends_within_the_limit_and_the_record_says_what_was_tried(roost, script, settled):
    """uv counts its limit anew for each attempt; ours is for all of them."""
    settled.faults("hang:simple/tinyjson")
    said = roost("run", "-v", script(block("tinyjson")), **NAMED, ROOST_INDEX_TIMEOUT="8", UV_HTTP_RETRIES="")
    assert said.status == 75, said.errors
    ended = [float(took) for took in re.findall(r"`uv pip compile .*` ended with \d after ([\d.]+) s", said.errors)]
    assert ended
    assert max(ended) < 8 + 4, "the limit, and what a busy machine adds; uv alone would take 32 s and more"
    assert re.search(r"^uv from the index: Request failed after 1 retry", said.errors, re.MULTILINE)
    assert re.search(r"^uv from its cache: tinyjson was not found in the cache", said.errors, re.MULTILINE)
    settled.faults()
    file = script(block("tinyjson") + "import tinyjson\nprint('ran')\n")
    assert roost("run", file, **NAMED).output == "ran\n"
    (record,) = Path(roost.environ["ROOST_HOME"]).glob("data/environments/*/roost.json")
    steps = json.loads(record.read_text())["steps"]
    assert steps[0] == "uv from the index: 2 distributions"
    assert steps[1].startswith("uv from its cache: ")
    assert steps[2].startswith("uv from the index: 2 installed, ")


@pytest.mark.covers("B6")
@pytest.mark.parametrize(
    "option",
    [(), ("--upgrade",), ("--with", "acme-core"), ("--with", "acme-models>=0.4"), ("--declared-only",), ("--no-mend",)],
    ids=" ".join,
)
def test_both_impostors_are_left_alone_under_every_option(roost, script, home, settled, option):
    mark = home / "impostor"
    more = {"UV_INDEX_STRATEGY": "unsafe-best-match", "PIP_EXTRA_INDEX_URL": settled.public, "IMPOSTOR_MARK": str(mark)}
    source = (
        block("acme-core", "acme-models")
        + "import acme_core, acme_models\nprint(acme_core.ORIGIN, acme_models.ORIGIN)\n"
    )
    said = roost("run", *option, script(source), **NAMED, **more)
    assert said.output == "private private\n", said.errors
    assert not mark.exists()
    assert not [path for path in settled.asked() if path.startswith("/public/") and "acme" in path]
    assert files_with(home, LOGIN[1]) == []
    assert LOGIN[1] not in said.errors
