"""Requirement lines, read as packaging reads them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from roost.distributions.coverage import read
from roost.distributions.names import UnreadableRequirement, canonical, parse


@pytest.mark.parametrize(
    "text",
    ["requests", "Zope.Interface", "a==1.0", "a >=1,<2", "a[b,C_d]~=1.2", "a (>=1.0)", "a!=1.*", "a ; python_version < '3'", "a @ https://h/a.whl",
     "a[b]>=1 ; extra == 'x'", "a===1.0-custom"],
)  # fmt: skip
def test_a_line_means_what_packaging_says(text):
    ours, theirs = parse(text), Requirement(text)
    assert ours.name == canonical(theirs.name)
    assert ours.extras == tuple(sorted(map(canonical, theirs.extras)))
    assert SpecifierSet(ours.versions) == theirs.specifier
    assert ours.url == theirs.url
    assert (ours.marker is None) == (theirs.marker is None)


@pytest.mark.parametrize("text", ["", "a b", "a ==", "==1", "a=1", "-r other.txt", "a>=1,,<2", "a[b", "a)("])
def test_what_is_no_requirement_says_so(text):
    with pytest.raises(UnreadableRequirement):
        parse(text)


@given(
    st.text() | st.from_regex(r"[a-z]{1,4}(\[[a-z,]{0,4}\])? ?((==|>=|<|~=|=) ?[0-9.*]{1,4},? ?){0,2}", fullmatch=True)
)
def test_any_line_is_read_or_refused(text):
    with contextlib.suppress(UnreadableRequirement):
        parsed = parse(text)
        assert parsed.name == canonical(Requirement(text.strip()).name)


@pytest.mark.parametrize(
    ("text", "name", "written"),
    [
        ("./tools/soup-1.0-py3-none-any.whl", "soup", "/place/tools/soup-1.0-py3-none-any.whl"),
        ("-e ./soup_kitchen", "soup-kitchen", "-e /place/soup_kitchen"),
        ("git+https://h/team/soup.git@v1", "soup", "git+https://h/team/soup.git@v1"),
        ("git+https://h/x.git#egg=soup", "soup", "git+https://h/x.git#egg=soup"),
        ("https://h/soup-1.0.tar.gz", "soup", "https://h/soup-1.0.tar.gz"),
        ("soup @ git+https://h/x.git", "soup", "soup @ git+https://h/x.git"),
        ("Soup==1", "soup", "Soup==1"),
    ],
)
def test_paths_and_addresses_are_requirements_too(text, name, written):
    wanted = read(text, folder=Path("/place"))
    assert (wanted.name, wanted.text) == (name, written)
