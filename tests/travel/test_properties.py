"""What comes from outside is read whatever it says; what is written is read back."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from roost.errors import RoostError
from roost.travel import archive, comments
from roost.travel.errors import BadArchive
from roost.travel.forms import block, conda, dockerfile, requirements
from roost.travel.needs import Need, Needs, portable
from roost.travel.secrets import bare

pytestmark = pytest.mark.thorough

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
TEXTS = st.builds(
    lambda name, extra, operator, version, marker: f"{name}{extra}{operator}{version}{marker}",
    NAMES, st.sampled_from(["", "[a]", "[a,b]"]), st.sampled_from(["==", ">=", "<", "~=1.", "!="]), VERSIONS,
    st.sampled_from(["", " ; python_version >= '3.8'", ' ; sys_platform == "linux" and extra == "a"']),
)  # fmt: skip
HASHES = st.lists(st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True), max_size=3).map(tuple)
COMMENTS = st.text(max_size=30).map(comments.clean)
NEEDS = st.builds(
    Needs,
    name=NAMES,
    requirements=st.lists(st.builds(Need, text=TEXTS, hashes=HASHES, comment=COMMENTS), max_size=6).map(tuple),
    constraints=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    indexes=st.lists(NAMES.map(lambda name: f"https://{name}.example/simple/"), max_size=2, unique=True).map(tuple),
    python=VERSIONS.map(lambda version: f">={version}") | st.just(""),
)

FEW = settings(
    max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)


def same(one: Needs, other: Needs, *, hashes: bool) -> None:
    assert [need.text for need in one.requirements] == [need.text for need in other.requirements]
    assert (one.constraints, one.indexes, one.python) == (other.constraints, other.indexes, other.python)
    if hashes:
        assert [need.hashes for need in one.requirements] == [need.hashes for need in other.requirements]


@FEW
@given(NEEDS)
def test_a_requirements_file_gives_back_what_was_written(needs):
    with tempfile.TemporaryDirectory() as folder:
        written = requirements.write(needs, constraints="limits.txt")
        for name, text in (("it.txt", written.text), *written.beside):
            Path(folder, name).write_text(text, "utf-8")
        found = requirements.read(Path(folder, "it.txt"))
        same(found, needs, hashes=True)
        assert [need.comment for need in found.requirements] == [need.comment for need in needs.requirements]


@FEW
@given(NEEDS)
def test_a_block_gives_back_what_was_written(needs):
    from roost.scripts import pep723
    from roost.travel.needs import of_declared

    declared = pep723.read(block.pep723(needs).text, name="it.py", folder="/")
    assert declared is not None
    same(of_declared("it", declared), needs, hashes=False)


@FEW
@given(NEEDS)
def test_a_project_gives_back_what_was_written(needs):
    from roost.scripts import pyproject
    from roost.travel.needs import of_declared

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(block.pyproject(needs).text, "utf-8")
        declared = pyproject.read(Path(folder, "pyproject.toml"))
    assert declared is not None
    same(of_declared("it", declared), needs, hashes=False)


@pytest.mark.parametrize("form", [conda, dockerfile])
@FEW
@given(NEEDS)
def test_the_exact_forms_give_back_what_was_written(form, needs):
    exact = needs.replace(python="==3.11.*", constraints=())
    if form is dockerfile and not all(need.hashes for need in exact.requirements):
        exact = exact.replace(requirements=tuple(need.replace(hashes=()) for need in exact.requirements))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "it")
        written = form.write(exact) if form is conda else form.write(exact, files=("it.py",), index=None)
        file.write_text(written.text, "utf-8")
        Path(folder, "aside").mkdir()
        read = form.read(file, Path(folder, "aside"))
    same(read, exact, hashes=True)
    assert read.lost == ()


@pytest.mark.parametrize("form", [conda, dockerfile])
@FEW
@given(st.text())
@example("dependencies: [a: {}]")
@example("dependencies: [[[]], 1, null, {pip: [1]}]")
@example("RUN pip install -r\nFROM\nCOPY\nRUN 'a")
def test_any_text_is_read_or_an_error(form, text):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "it")
        file.write_text(text, "utf-8", errors="replace")
        Path(folder, "aside").mkdir()
        with contextlib.suppress(RoostError):
            form.read(file, Path(folder, "aside"))


@FEW
@given(st.binary(max_size=400))
@example(b"\x1f\x8b\x08\x00")
@example(b"")
def test_any_bytes_are_no_archive(data):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "it.roost.tar.gz")
        file.write_bytes(data)
        with pytest.raises(BadArchive):
            archive.read(file)


@FEW
@given(st.from_regex(r"[A-Za-z0-9_:@%~-]{1,20}", fullmatch=True), NAMES, st.text(max_size=30))
def test_a_secret_in_an_address_never_stays(secret, host, around):
    text = f"{around} https://user:{secret}XX@{host}.example/simple/"
    assert f":{secret}XX@" not in bare(text)[0]
    needs = Needs("it", (Need(f"it @ https://{secret}XX@{host}.example/it.whl"),), indexes=(text.rpartition(" ")[2],))
    assert f"{secret}XX" not in repr(portable(needs))
