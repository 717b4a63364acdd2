"""Lock files: the file for one interpreter is selected, and what is written is read again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions import Artifact, pylock
from roost.distributions.tags import rank
from roost.scripts import Interpreter

HERE = Path("/nowhere")
PYTHON = Interpreter(Path("/usr/bin/python3"), "cpython", (3, 11, 7), "", "linux-x86_64-glibc2.36")


def python(version=(3, 11, 7), abi="", platform="linux-x86_64-glibc2.36", implementation="cpython") -> Interpreter:
    return Interpreter(Path("/usr/bin/python3"), implementation, version, abi, platform)


@pytest.mark.parametrize(
    ("one", "best"),
    [
        pytest.param(python(), "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", id="its own"),
        pytest.param(python(platform="linux-x86_64-glibc2.5"), "cp39-abi3-manylinux1_x86_64", id="an old libc"),
        pytest.param(python(platform="linux-x86_64-musl1.2"), "cp311-cp311-musllinux_1_1_x86_64", id="musl"),
        pytest.param(python(platform="linux-aarch64-glibc2.36"), "py3-none-any", id="another machine"),
        pytest.param(python((3, 12, 1)), "cp39-abi3-manylinux1_x86_64", id="the stable interface"),
        pytest.param(python((3, 13, 0), "t"), "cp313-cp313t-manylinux_2_17_x86_64", id="free-threaded"),
        pytest.param(python(platform="macosx-14-arm64"), "cp311-cp311-macosx_11_0_arm64", id="macos"),
        pytest.param(python((3, 10, 0), implementation="pypy"), "py3-none-any", id="another implementation"),
    ],
)
def test_the_wheel_whose_tag_fits_best_is_selected(one, best):
    tags = [
        "py3-none-any", "cp39-abi3-manylinux1_x86_64", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp311-cp311-win_amd64",
        "cp311-cp311-musllinux_1_1_x86_64", "cp311-cp311-macosx_11_0_arm64", "cp313-cp313t-manylinux_2_17_x86_64", "cp310-cp310-linux_x86_64",
    ]  # fmt: skip
    wheels = ", ".join(
        f'{{ url = "https://h.example/soup-1.0-{tag}.whl", hashes = {{ sha256 = "{"a" * 64}" }} }}' for tag in tags
    )
    text = f'lock-version = "1.0"\n[[packages]]\nname = "soup"\nversion = "1.0"\nwheels = [{wheels}]\n'
    (found,) = pylock.artifacts(text, one, folder=HERE)
    assert found.filename == f"soup-1.0-{best}.whl"


def test_where_no_wheel_fits_it_is_the_source_and_where_there_is_none_it_is_said():
    wheel = 'wheels = [{ url = "https://h.example/soup-1.0-cp38-cp38-win32.whl", hashes = {} }]'
    head = f'lock-version = "1.0"\n[[packages]]\nname = "soup"\nversion = "1.0"\n{wheel}\n'
    source = f'sdist = {{ url = "https://h.example/soup-1.0.tar.gz", hashes = {{ sha256 = "{"b" * 64}" }} }}\n'
    assert pylock.artifacts(head + source, PYTHON, folder=HERE)[0].filename == "soup-1.0.tar.gz"
    with pytest.raises(pylock.NothingFits):
        pylock.artifacts(head, PYTHON, folder=HERE)


def test_markers_of_packages_are_for_the_interpreter_of_the_lock():
    text = 'lock-version = "1.0"\n[[packages]]\nname = "old"\nversion = "1"\nmarker = "python_version < \'3.9\'"\n'
    assert (
        pylock.artifacts(text + 'sdist = { url = "https://h/old-1.tar.gz", hashes = {} }\n', PYTHON, folder=HERE) == ()
    )


@pytest.mark.parametrize("text", ["", "lock-version = ", 'lock-version = "2.0"\n', "not a lock"])
def test_what_is_no_lock_is_refused(text):
    with pytest.raises(pylock.UnreadableLock):
        pylock.artifacts(text, PYTHON, folder=HERE)


ARTIFACTS = (
    Artifact("archive", "1.0", "main.zip", "https://h.example/main.zip#subdirectory=deep", "a" * 64, None),
    Artifact("editable", "", "project", "file:///home/x/project#editable", None, None),
    Artifact("folder", "", "a b", "file:///home/x/a%20b", None, None),
    Artifact(
        "repository", "2.0", "repository", "git+https://h.example/repository#subdirectory=python", None, None, "c" * 40
    ),
    Artifact("source", "1.0", "source-1.0.tar.gz", "https://h.example/source-1.0.tar.gz", "b" * 64, 12),
    Artifact(
        "wheel", "1.0", "wheel-1.0-py3-none-any.whl", "https://h.example/wheel-1.0-py3-none-any.whl", "d" * 64, None
    ),
)


def test_what_is_written_is_read_again():
    text = pylock.write(ARTIFACTS, PYTHON)
    assert tomllib.loads(text)["lock-version"] == "1.0"
    assert pylock.artifacts(text, PYTHON, folder=HERE) == ARTIFACTS


@given(st.text(), st.text())
def test_any_text_can_be_written(version, url):
    artifact = Artifact("soup", version, "soup-1-py3-none-any.whl", f"https://h.example/{url}", "a" * 64, 1)
    tomllib.loads(pylock.write([artifact], PYTHON))


@given(st.text())
def test_any_name_of_a_wheel_is_ranked_or_not(filename):
    assert rank(filename, PYTHON) is None


def test_credentials_are_taken_out_of_urls():
    text = 'url = "https://user:p%40ss@h.example/simple/x-1.whl"'
    assert pylock.without_credentials(text) == 'url = "https://h.example/simple/x-1.whl"'
