"""What a manifest may say, and what requirements of strangers may be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.packages import ManifestInvalid, RequirementsRefused, lines, manifest

KIT = """
version: "1.0"
name: three-surface
display_name: Three surfaces
description: 'It has "quotes", and it''s fine.'
entrypoint: src.main:handler
runtime: python3.11
environment: {GREETING: "hello", PORT: 8080, PYTHONUNBUFFERED: 1}
dependencies: ["fastapi>=0.110.0"]
metadata: {version: "0.3.0", tags: [example]}
rest: {entry: "src.rest.index:mount"}
a2a: {service: "src.a2a.server:create_grpc_server"}
ui: {path: ui}
author: null
colour: red
"""


def refused(text: str | bytes) -> str:
    with pytest.raises(ManifestInvalid) as caught:
        manifest.read(text if isinstance(text, bytes) else text.encode())
    return caught.value.why[0]


def test_a_manifest_of_the_field_is_read():
    found = manifest.read(KIT.encode())
    assert (found.name, found.version, found.entrypoint) == ("three-surface", "0.3.0", "src.main:handler")
    assert found.surfaces == ("rest", "a2a", "ui")
    assert dict(found.environment) == {"GREETING": "hello", "PORT": "8080", "PYTHONUNBUFFERED": "1"}
    assert found.unknown == ("colour",)


def test_a_version_without_quotes_stays_as_it_is_written():
    assert manifest.read(b"name: a\nversion: 1.10\n").version == "1.10"


@pytest.mark.parametrize(("text", "said"), [
    ("a: &x 1\nname: a\n", "anchor"), ("name: a\nb: [&x 1, *x]\n", "anchor"), ("name: !!str a\n", "tag"), ("name: a\nname: b\n", "line 2: `name` is there twice"),
    ("x: " + "[" * 5000, "nested more than 20 deep"), ("name: a\n---\nname: b\n", "second document"), ("- a\n", "no mapping"), ("", "no mapping"),
    (b"name: \xff\n", "not UTF-8"), ("name: [a\n", "no YAML"), ("name: a\nx: [" + "1," * 30000 + "]", "more than 20,000 values"),
    ("version: '1'\n", "`name` is missing"), ("name: no\n", "truth value"), ("name: a\nentrypoint: 5\n", "a number"), ("name: a\nenvironment: []\n", "a mapping"),
    ("name: a\ndependencies: [{a: b}]\n", "list of texts"), ("name: a\nentrypoint: ../x:run\n", "module:attribute"),
    ("name: a\nentrypoint: 'main:f; import os'\n", "module:attribute"), ("name: a\nrest: {entry: 'a b'}\n", "`rest.entry`"),
    ("name: a\nenvironment: {LD_PRELOAD: x}\n", "`LD_PRELOAD`"), ("name: a\nenv: {PYTHONPATH: x}\n", "`PYTHONPATH`"), ("name: a\nenvironment: {path: x}\n", "`path`"),
    ("name: a\nenvironment: {PIP_INDEX_URL: x}\n", "code is loaded"), ("name: a\nenvironment: {'a b': x}\n", "variable"), ("name: a\nenvironment: {A: [1]}\n", "must be a text"),
    ("? [a]\n: b\n", "a key is no text"),
])  # fmt: skip
def test_what_a_manifest_may_not_say(text, said):
    assert said in refused(text)


def test_a_manifest_is_small():
    assert "allowed" in refused("name: a\ndescription: " + "x" * (1 << 20))


@pytest.mark.parametrize("name", [
    "../../x", "a/b", "", ".", "..", "x\\ny", "x\\0y", "--help", "$(id)", "a" * 300, "con", "com1.x", "x.", "\\u202eabc", "x y", "X;rm -rf ~", ".venv", "~root", "x\\n",
])  # fmt: skip
def test_names_that_are_no_names(name):
    assert "`name` may be" in refused(f'name: "{name}"\n')


@pytest.mark.parametrize("name", ["weather-bot", "a", "agent.v2", "my_agent", "a" * 64])
def test_names_that_are_names(name):
    assert manifest.read(f"name: {name}\n".encode()).name == name


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with suppress(ManifestInvalid):
        assert manifest.read(text.encode("utf-8", "surrogatepass")).name


@pytest.mark.parametrize("line", [
    "--index-url https://evil.example/simple", "-i https://evil.example", "-r /etc/passwd", "-c ../../secret.txt", "-e git+https://evil.example/x.git;id",
    "requests; rm -rf ~", "requests --global-option=--x", "$(touch /tmp/x)", "git+ssh://git@evil.example/x", "file:///etc/passwd", "./local.whl",
    "../../x.tar.gz", "--pre", "reque\u0455ts", "requests\u202e", "requests @ http://127.0.0.1:9/x.whl", "-f .", "/abs.whl", "x.whl\\\n -r y",
])  # fmt: skip
def test_lines_that_are_more_than_a_name(line):
    with pytest.raises(RequirementsRefused) as caught:
        lines.read(f"six\n{line}\n", "requirements.txt")
    assert "requirements.txt, line 2: `" in caught.value.why[0]


def test_lines_that_are_a_name_with_versions():
    text = "requests==2.32.3\n# comment\nnumpy>=1.26 ; python_version >= '3.9'\npandas[excel]~=2.2  # comment\n\nruamel.yaml\n"
    found = ("requests==2.32.3", "numpy>=1.26 ; python_version >= '3.9'", "pandas[excel]~=2.2", "ruamel.yaml")
    assert lines.read(text, "requirements.txt") == found
