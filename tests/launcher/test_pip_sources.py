"""Where ./roost gets pip from when there is neither uv nor pip: what is configured, and only what the lock allows."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.launcher.checkouts import CHECKOUT

FILE = "pip-9.9-py3-none-any.whl"
PROGRAM = """
import sys
from pathlib import Path
import pip_sources, steps
pin = pip_sources.read_pin(Path(sys.argv[1]))
try:
    print(pip_sources.from_index(pin, Path(sys.argv[2])).read_bytes().hex())
except pip_sources.NotHere as reason:
    print(reason)
"""


@pytest.fixture
def wheel(tmp_path: Path) -> bytes:
    with zipfile.ZipFile(tmp_path / FILE, "w") as archive:
        archive.writestr("pip/__main__.py", "print('pip 9.9 from here')")
    return (tmp_path / FILE).read_bytes()


@pytest.fixture
def index(tmp_path: Path, wheel: bytes) -> Iterator[str]:
    """A simple index with one page; asks for a name and a password below /private."""
    for place in ("html", "json", "private"):
        folder = tmp_path / "index" / place / "pip"
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(wheel)
        (folder / "index.html").write_text(
            f'<a href="pip-9.8.tar.gz">x</a> <a data-x="&gt;" href="{FILE}#sha256=00&amp;x">{FILE}</a>'
        )
    page = json.dumps({"files": [{"filename": FILE, "url": f"../pip/{FILE}"}]})
    (tmp_path / "index/json/pip/index.html").write_text(page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path / "index")))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/private") and self.headers["Authorization"] != "Basic bWU6aXQncyBtZQ==":
            return self.send_error(401)
        return super().do_GET()

    def guess_type(self, path):
        return (
            "application/vnd.pypi.simple.v1+json"
            if "/json/" in str(path) and str(path).endswith(".html")
            else super().guess_type(path)
        )

    def log_message(self, *_):
        pass


def asked(tmp_path: Path, wheel: bytes, *, digest: str | None = None, **environ: str) -> str:
    lock = tmp_path / "pip.lock"
    lock.write_text(f"pip==9.9 \\\n    --hash=sha256:{digest or hashlib.sha256(wheel).hexdigest()}\n")
    (tmp_path / "kept").mkdir(exist_ok=True)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    program = tmp_path / "program.py"
    program.write_text(f"import sys; sys.path.insert(0, {str(CHECKOUT / 'tools/checkout')!r})\n{PROGRAM}")
    ran = subprocess.run(
        [sys.executable, "-I", "-B", program, lock, tmp_path / "kept"], env={"HOME": str(home), "no_proxy": "*", "PIP_CONFIG_FILE": "/dev/null"} | environ,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


@pytest.mark.parametrize("place", ["html", "json"])
@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_EXTRA_INDEX_URL"])
def test_it_comes_from_the_index_that_a_variable_names(place, variable, index, wheel, tmp_path):
    assert asked(tmp_path, wheel, **{variable: index + place}) == wheel.hex()


def test_it_comes_from_a_folder(wheel, tmp_path):
    assert asked(tmp_path, wheel, PIP_FIND_LINKS=str(tmp_path)) == wheel.hex()
    assert asked(tmp_path, wheel, UV_FIND_LINKS=tmp_path.as_uri()) == wheel.hex()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".pip/pip.conf", "[global]\nindex-url = {0}html\n"),
        (".config/pip/pip.conf", "[global]\nindex-url = http://127.0.0.1:9/\n[install]\nindex_url = {0}html/\n"),
        (".config/uv/uv.toml", '[[index]]\nname = "ours"\nurl = "{0}html"\n'),
        (".config/uv/uv.toml", 'index-url = "{0}json"\n'),
    ],
)
def test_it_comes_from_the_index_that_a_file_names(file, text, index, wheel, tmp_path):
    place = tmp_path / "home" / file
    place.parent.mkdir(parents=True)
    place.write_text(text.format(index))
    assert asked(tmp_path, wheel, PIP_CONFIG_FILE="") == wheel.hex()


def test_credentials_go_to_the_index_and_are_not_shown(index, wheel, tmp_path):
    named = index.replace("//", "//me:it%27s%20me@") + "private"
    assert asked(tmp_path, wheel, PIP_INDEX_URL=named) == wheel.hex()
    refused = asked(tmp_path, wheel, PIP_INDEX_URL=named.replace("it", "not"))
    assert refused == f"{index}private/pip/: answers 401 Unauthorized"


def test_another_file_under_that_name_is_refused(index, wheel, tmp_path):
    said = asked(tmp_path, wheel, digest="0" * 64, PIP_INDEX_URL=index + "html")
    assert said.endswith(f"its sha256 {hashlib.sha256(wheel).hexdigest()} is not the locked one")


def test_an_index_that_does_not_have_it_is_passed_over(index, wheel, tmp_path):
    (tmp_path / "empty").mkdir()
    found = asked(
        tmp_path,
        wheel,
        PIP_FIND_LINKS=str(tmp_path / "empty"),
        UV_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_INDEX_URL=index + "html",
    )
    assert found == wheel.hex()


def test_no_index_is_said(wheel, tmp_path):
    assert asked(tmp_path, wheel).startswith("no index is configured")
