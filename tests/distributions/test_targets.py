"""Markers, evaluated for the Python that was chosen."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import InvalidMarker, Marker

from roost.distributions import targets
from roost.scripts import Choice

TARGET = targets.of(Choice(None, "3.11", ""))
NAMES = (
    "python_version",
    "python_full_version",
    "sys_platform",
    "platform_system",
    "os_name",
    "implementation_name",
    "platform_machine",
)


@pytest.mark.parametrize(
    "marker",
    ["python_version < '3.10'", "python_version >= '3.11'", "'3.9' < python_version", "sys_platform == 'linux'", "sys_platform != 'win32' and os_name == 'posix'",
     "(python_version < '3' or sys_platform == 'linux') and python_version > '3.2'", "python_full_version >= '3.11.0'", "python_version in '3.10 3.11'",
     "python_version ~= '3.9'", 'platform_machine == "x86_64"', "python_version < '3.11rc1'"],
)  # fmt: skip
def test_a_marker_holds_as_packaging_says(marker):
    assert TARGET.holds(marker) == Marker(marker).evaluate(dict(TARGET.environment))


@pytest.mark.parametrize("marker", [None, "", "nonsense", "python_version <", "unknown_name == '1'"])
def test_no_marker_and_one_that_cannot_be_read_hold(marker):
    assert TARGET.holds(marker)


@given(
    st.recursive(
        st.builds(
            "{} {} '{}'".format,
            st.sampled_from(NAMES),
            st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]),
            st.sampled_from(["3", "3.8", "3.11", "3.11.0", "linux"]),
        ),
        lambda deeper: st.builds("({} {} {})".format, deeper, st.sampled_from(["and", "or"]), deeper),
        max_leaves=4,
    )
)
def test_markers_of_every_shape_hold_as_packaging_says(marker):
    with contextlib.suppress(Exception):
        expected = Marker(marker).evaluate(dict(TARGET.environment))
        assert TARGET.holds(marker) == expected


@given(st.text())
def test_any_marker_is_read(marker):
    assert TARGET.holds(marker) in {True, False}
    with contextlib.suppress(InvalidMarker):
        Marker(marker)
