"""What holds for every lock, every manifest and every list of requirements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.digests import sha256
from roost.distributions import Artifact, Lock, Requirement, pylock
from roost.distributions.plan import _distinct
from roost.distributions.requests import Request, recall, remember
from roost.environments import manifest
from roost.environments.integrity import _recorded, entries
from roost.environments.key import key
from roost.environments.manifest import Manifest
from roost.home import locate
from roost.scripts import Interpreter

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}(\.[0-9])?(rc1|\.post2)?", fullmatch=True)
DIGESTS = st.integers(0, 15).map(lambda number: f"{number:x}" * 64)


@st.composite
def artifacts(draw) -> Artifact:
    name, version, digest = draw(NAMES), draw(VERSIONS), draw(DIGESTS)
    filename = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    return Artifact(name, version, filename, f"https://h.example/files/{filename}", digest, draw(st.integers(1, 10**9)))


def distinct(found: list[Artifact]) -> tuple[Artifact, ...]:
    return tuple(sorted({one.name: one for one in found}.values(), key=lambda one: one.name))


LOCKED = st.lists(artifacts(), max_size=6).map(distinct)
PYTHONS = st.builds(
    Interpreter,
    path=st.just(Path("/usr/bin/python3")),
    implementation=st.sampled_from(["cpython", "pypy"]),
    version=st.tuples(st.just(3), st.integers(8, 14), st.integers(0, 20)),
    abi=st.sampled_from(["", "t", "d"]),
    platform=st.sampled_from(
        ["linux-x86_64-glibc2.36", "linux-x86_64-musl1.2", "linux-aarch64-glibc2.36", "macosx-14-arm64"]
    ),
)


def lock(found: tuple[Artifact, ...], python: Interpreter) -> Lock:
    return Lock(python, found, "", tuple(one.name for one in found))


@given(LOCKED, PYTHONS, st.randoms(use_true_random=False), st.integers(0, 30))
def test_the_key_is_of_what_is_installed_and_of_nothing_else(found, python, random, patch):
    mixed = [one.replace(url=f"https://other.example/{one.filename}", size=None) for one in found]
    random.shuffle(mixed)
    other = python.replace(version=(*python.version[:2], patch), path=Path("/opt/python"))
    text = Lock(other, tuple(mixed), "another text", ("other", "roots"), ("steps",))
    assert key(text) == key(lock(found, python))
    assert len(key(text)) == 64


@given(LOCKED, PYTHONS, artifacts(), PYTHONS)
def test_another_content_or_python_is_another_key(found, python, more, other):
    one = key(lock(found, python))
    if (more.name, more.version, more.sha256) not in {(had.name, had.version, had.sha256) for had in found}:
        assert key(lock((*found, more), python)) != one
    same = (python.implementation, python.version[:2], python.abi, python.platform) == (other.implementation, other.version[:2], other.abi, other.platform)  # fmt: skip
    assert (key(lock(found, other)) == one) is same
    for place, had in enumerate(found):
        changed = had.replace(sha256="f" * 63 + "e")
        assert key(lock((*found[:place], changed, *found[place + 1 :]), python)) != one


MANIFESTS = st.builds(
    Manifest,
    key=DIGESTS,
    created=st.floats(0, 4e9),
    python=st.just("3.11.7"),
    short=st.just("3.11"),
    platform=st.just("linux-x86_64-glibc2.36"),
    base=st.tuples(st.text(max_size=20), st.integers(0, 10**9), st.integers(0, 2**62)),
    distributions=st.lists(st.tuples(NAMES, VERSIONS), max_size=4).map(tuple),
    artifacts=LOCKED,
    roots=st.lists(NAMES, max_size=3).map(tuple),
    steps=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    files=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    pth=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    seals=st.lists(st.tuples(st.text(max_size=20), st.integers(0, 10**6), DIGESTS), max_size=3).map(tuple),
)


@pytest.mark.thorough
@settings(max_examples=60)
@given(MANIFESTS, st.data())
def test_a_manifest_is_read_as_it_was_written_or_not_at_all(tmp_path_factory, written, data):
    folder = tmp_path_factory.mktemp("environment")
    manifest.write(folder, written)
    assert manifest.read(folder) == written
    file = folder / manifest.FILE
    whole = file.read_bytes()
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 2))])
    assert manifest.read(folder) is None


@given(st.one_of(st.binary(), st.recursive(st.one_of(st.none(), st.integers(), st.text()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_any_bytes_are_a_manifest_or_none(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    (folder / manifest.FILE).write_bytes(data)
    found = manifest.read(folder)
    assert found is None or isinstance(found, Manifest)


@given(st.binary())
def test_any_bytes_are_a_record(tmp_path_factory, data):
    """What is no RECORD says of no file that it is whole, and raises nothing."""
    folder = tmp_path_factory.getbasetemp() / "lib/python3.11/site-packages"
    info = folder / "x-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "RECORD").write_bytes(data)
    list(entries(info / "RECORD"))
    list(_recorded(folder.parents[2], folder, "x", info, thorough=True))


@pytest.mark.thorough
@settings(max_examples=60)
@given(LOCKED)
def test_a_lock_comes_back_from_its_file_and_from_memory(tmp_path_factory, found):
    python = Interpreter(Path("/usr/bin/python3"), "cpython", (3, 11, 7), "", "linux-x86_64-glibc2.36")
    text = pylock.write(found, python)
    assert pylock.artifacts(text, python, folder=Path("/nowhere")) == found
    home = locate({"ROOST_HOME": str(tmp_path_factory.mktemp("home"))})
    asked = Request(tuple(one.name for one in found), (), tuple(one.name for one in found), python)
    kept = Lock(python, found, text, asked.roots)
    remember(home, asked, kept)
    known = recall(home, asked)
    assert known is not None
    assert (known.lock.artifacts, known.lock.text, known.lock.roots) == (found, text, asked.roots)
    assert key(known.lock) == key(kept)


REQUIREMENTS = st.builds(
    lambda name, bound, optional, wheels: Requirement(name, name + bound, "why", "inferred", optional=optional, wheels_only=wheels),
    NAMES, st.sampled_from(["", ">=1", "==2.0", "[extra]"]), st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(REQUIREMENTS, max_size=8))
def test_merging_requirements_keeps_each_text_once_in_order_and_what_is_needed_stays_needed(wanted):
    merged = list(_distinct(wanted))
    assert [one.text for one in merged] == list(dict.fromkeys(one.text for one in wanted))
    for one in merged:
        assert one.optional == all(had.optional for had in wanted if had.text == one.text)
    assert list(_distinct(merged)) == merged


@given(st.lists(REQUIREMENTS, max_size=6, unique_by=lambda one: one.text), st.randoms(use_true_random=False))
def test_the_order_of_requirements_does_not_make_another_request(wanted, random):
    python = Interpreter(Path("/usr/bin/python3"), "cpython", (3, 11, 7), "", "linux-x86_64-glibc2.36")
    mixed = list(wanted)
    random.shuffle(mixed)

    def digest(some: list[Requirement]) -> str:
        names = tuple(one.name for one in some if one.wheels_only)
        return Request(tuple(one.text for one in some), names, tuple(one.name for one in some), python).digest

    assert digest(mixed) == digest(wanted)
    assert digest(wanted) != digest([*wanted, Requirement("zzz-other", "zzz-other", "why", "inferred")])
    assert len(sha256(b"")) == len(digest(wanted))
