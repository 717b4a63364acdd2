"""What uv is told of the world."""

from __future__ import annotations

import pytest

from roost.distributions import engine
from roost.home import locate
from roost.settings import Settings


@pytest.fixture
def place(tmp_path):
    return locate({"ROOST_HOME": str(tmp_path)})


def test_certificates_proxies_and_index_credentials_are_passed_on_and_no_other_secret(place):
    ours = {
        "PATH": "/bin", "HOME": "/home/x", "SSL_CERT_FILE": "/c", "https_proxy": "http://p.example", "UV_INDEX_OURS_PASSWORD": "for the index",
        "AWS_SECRET_ACCESS_KEY": "no", "OPENAI_API_KEY": "no", "UV_PUBLISH_TOKEN": "no", "UV_CACHE_DIR": "/theirs", "PYTHONPATH": "/theirs",
    }  # fmt: skip
    known = engine.environment(place, Settings(), ours)
    assert {known[name] for name in ("SSL_CERT_FILE", "https_proxy", "UV_INDEX_OURS_PASSWORD")} == {
        "/c",
        "http://p.example",
        "for the index",
    }
    assert "no" not in known.values()
    assert known["UV_CACHE_DIR"] == str(place.engine_cache)
    assert "PYTHONPATH" not in known


def test_uv_is_found_without_path():
    assert engine.find({}).endswith("uv")


class Told:
    def __init__(self):
        self.said = []

    def progress(self, text):
        self.said.append(text)


def test_what_uv_says_becomes_progress():
    told = Told()
    progress = engine.Progress(told)
    lines = [
        "Resolved 3 packages in 5ms",
        "Downloading numpy (18.1MiB)",
        "   Building soup==1.0",
        " Downloaded numpy",
        "      Built soup==1.0",
        "noise",
    ]
    for line in lines:
        progress(line)
    assert told.said == [
        "Resolved 3 distributions in 5ms", "downloading numpy (18.1MiB)", "downloading numpy (18.1MiB), building soup==1.0", "building soup==1.0",
    ]  # fmt: skip
    assert (progress.downloaded, progress.built) == (1, 1)
