"""By which policy a script runs: its origin, the settings, the options; and that nothing runs by half of one."""

from __future__ import annotations

import pytest

from roost.errors import ConfigurationError
from roost.sandbox import policy

GIB = 1 << 30


def test_what_nobody_has_read_gets_a_sandbox_without_network():
    found = policy.of("mcp")
    assert (found.tier, found.network) == ("auto", ())
    assert found.limits == policy.UNTRUSTED.limits
    assert policy.of("file") == policy.FILE


def test_settings_tighten_and_loosen_by_origin():
    said = ["untrusted=timeout=10 tier=docker", "mcp=memory=4G disk=all net=example.org:443"]
    found = policy.of("mcp", said)
    assert (found.tier, found.network, found.limits.timeout) == ("docker", ("example.org:443",), 10.0)
    assert (found.limits.memory, found.limits.disk) == (4 * GIB, None)
    assert policy.of("untrusted", said).limits.memory == 2 * GIB
    assert policy.of("file", said) == policy.FILE


@pytest.mark.parametrize(
    "said",
    [
        "mpc=tier=none",
        "mcp=tier=strong",
        "mcp=net=example.org",
        "mcp=memory=lots",
        "mcp=timeout=-1",
        "mcp=cpu=2",
        "mcp=processes=0",
    ],
)
def test_a_policy_that_cannot_be_read_is_an_error_for_everybody(said):
    with pytest.raises(ConfigurationError):
        policy.of("untrusted", [said])


def test_a_line_says_what_is_in_force():
    line = policy.of("http").line("bubblewrap")
    assert line == (
        "origin=http tier=bubblewrap net=none timeout=60 processes=128 memory=2G file-size=256M disk=1G output=8M"
    )
    assert policy.FILE.line() == "origin=file tier=none net=all"


def test_a_bad_policy_in_the_settings_runs_nothing(roost, script, home):
    (home / "config").mkdir(parents=True)
    (home / "config" / "roost.toml").write_text(
        '[sandbox.policies]\nuntrusted = "tier=bubblewrap net=none memroy=1G"\n'
    )
    ran = roost("run", script("print('ran')\n"))
    assert (ran.status, ran.output) == (78, "")
    assert "`memroy=1G`" in ran.errors
