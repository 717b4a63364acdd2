"""What a wheel provides, read from its directory alone."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions.wheels import RangeReader, from_names, read


@pytest.mark.parametrize(
    ("path", "modules"),
    [
        pytest.param("soup.py", ("soup",), id="module"),
        pytest.param("soup/__init__.py", ("soup",), id="package"),
        pytest.param("soup/spoon/deep.py", ("soup", "soup.spoon", "soup.spoon.deep"), id="namespaces"),
        pytest.param("_soup.cpython-311-x86_64-linux-gnu.so", ("_soup",), id="extension"),
        pytest.param("soup/_fast.abi3.so", ("soup", "soup._fast"), id="extension in a package"),
        pytest.param("soup-1.0.data/purelib/soup.py", ("soup",), id="purelib"),
        pytest.param("soup-1.0.data/scripts/soup.py", (), id="script"),
        pytest.param("soup-1.0.dist-info/RECORD", (), id="metadata"),
        pytest.param("soup.libs/libz.so", (), id="bundled library"),
        pytest.param("soup/data.json", (), id="data"),
        pytest.param("my-folder/x.py", (), id="no identifier"),
    ],
)
def test_a_path_stands_for_modules(path, modules):
    assert from_names([path]).modules == modules


def test_roots_are_what_can_stand_first():
    contents = from_names(["a/b.py", "c.py"])
    assert contents.roots == ("a", "c")
    assert contents.provides("a.b")
    assert not contents.provides("b")


@given(st.lists(st.text()))
def test_any_names_are_read(paths):
    assert all(part.isidentifier() for module in from_names(paths).modules for part in module.split("."))


@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.integers(0, 320), st.integers(-1, 320)), max_size=8),
    st.integers(0, 300),
)
def test_a_range_reader_reads_as_a_file_does(data, reads, tail):
    near, far = (
        io.BytesIO(data),
        RangeReader(len(data), data[max(0, len(data) - tail) :], lambda first, last: data[first : last + 1]),
    )
    for at, size in reads:
        assert far.seek(at) == near.seek(at)
        assert far.read(size) == near.read(size)


def test_only_the_directory_of_a_long_wheel_is_fetched():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("soup/__init__.py", random.Random(0).randbytes(500_000))
        for number in range(2000):
            archive.writestr(f"soup/part{number:04}.py", b"")
    data = buffer.getvalue()
    fetched = []

    def fetch(first, last):
        fetched.append(last - first + 1)
        return data[first : last + 1]

    contents = read(RangeReader(len(data), data[-65536:], fetch))
    assert len(contents.modules) == 2001
    assert sum(fetched) < 300_000


def test_what_is_no_archive_says_so():
    with pytest.raises(ValueError, match="zip"):
        read(io.BytesIO(b"<html>not found</html>"))
