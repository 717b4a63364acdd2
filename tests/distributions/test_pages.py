"""Pages of indexes, in both forms."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions.pages import UnreadablePage, read_page, version_of

HERE = "https://index.example/simple/soup/"
SHA = "a" * 64


def test_json_gives_every_fact():
    entry = {
        "filename": "soup-1.0-py3-none-any.whl", "url": "../../files/soup-1.0-py3-none-any.whl", "hashes": {"sha256": SHA},
        "upload-time": "2020-01-01T00:00:00.000000Z", "requires-python": ">=3.8", "yanked": "broken", "size": 7,
    }  # fmt: skip
    page = json.dumps(
        {"meta": {"api-version": "1.4"}, "name": "soup", "files": [entry], "project-status": {"status": "quarantined"}}
    )
    project = read_page("soup", "application/vnd.pypi.simple.v1+json", page.encode(), HERE)
    (file,) = project.files
    assert project.status == "quarantined"
    assert file.url == "https://index.example/files/soup-1.0-py3-none-any.whl"
    assert (file.sha256, file.uploaded, file.requires_python, file.yanked, file.size) == (
        SHA,
        1577836800.0,
        ">=3.8",
        True,
        7,
    )


def test_html_gives_the_same_as_far_as_it_can():
    page = f"""<!DOCTYPE html><html><head><meta name="pypi:project-status" content="archived"></head><body>
    <a href="/files/soup-1.0-py3-none-any.whl#sha256={SHA}" data-requires-python="&gt;=3.8" data-yanked="">soup</a><br/>
    <a href="https://elsewhere.example/soup-0.9.tar.gz" data-upload-time="2020-01-01T00:00:00Z">old</a>
    <a href="/about.html">about</a></body></html>"""
    project = read_page("soup", "text/html", page.encode(), HERE)
    wheel, source = project.files
    assert project.status == "archived"
    assert (wheel.url, wheel.sha256) == ("https://index.example/files/soup-1.0-py3-none-any.whl", SHA)
    assert (wheel.requires_python, wheel.yanked, wheel.uploaded) == (">=3.8", True, None)
    assert (source.filename, source.uploaded, source.yanked) == ("soup-0.9.tar.gz", 1577836800.0, False)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("application/json", b"{", id="broken json"),
        pytest.param("application/json", b'{"files": 3}', id="other json"),
        pytest.param("application/json", b'{"files": [[]]}', id="other entries"),
        pytest.param("text/html", b"please log in", id="plain text"),
        pytest.param("image/png", b"", id="picture"),
    ],
)
def test_what_is_no_page_says_so(kind, body):
    with pytest.raises(UnreadablePage):
        read_page("soup", kind, body, HERE)


@pytest.mark.parametrize("sha", ["../../etc/passwd", "A" * 63, "g" * 64, 3])
def test_a_digest_that_is_none_never_becomes_a_files_name(sha):
    page = json.dumps({"files": [{"filename": "a-1-py3-none-any.whl", "url": "a.whl", "hashes": {"sha256": sha}}]})
    assert read_page("a", "application/json", page.encode(), HERE).files[0].sha256 is None


@given(
    st.sampled_from(["application/json", "text/html", "", "application/vnd.pypi.simple.v1+json"]),
    st.binary() | st.text().map(str.encode),
)
def test_any_page_is_read_or_refused(kind, body):
    with contextlib.suppress(UnreadablePage):
        read_page("soup", kind, body, HERE)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda deeper: st.lists(deeper) | st.dictionaries(st.text(), deeper),
    )
)
def test_any_json_is_read_or_refused(value):
    with contextlib.suppress(UnreadablePage):
        read_page("soup", "application/json", json.dumps({"files": [value], "meta": value}).encode(), HERE)


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("soup_spoon-1.0-py3-none-any.whl", "1.0"),
        ("soup-spoon-1.0.tar.gz", "1.0"),
        ("Soup.Spoon-1.0rc1.zip", "1.0rc1"),
        ("other-1.0.tar.gz", None),
        ("broken.whl", None),
    ],
)
def test_a_file_name_tells_its_version(filename, version):
    assert version_of(filename, "soup-spoon") == version
