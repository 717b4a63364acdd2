from __future__ import annotations


def test_trust_is_given_listed_and_taken_back(roost):
    assert roost("trust", "Some_Name", "other").output == "other\nsome-name\n"
    assert roost("trust", "list", "--json").data["trusted"] == ["other", "some-name"]
    assert roost("trust", "rm", "OTHER").output == "some-name\n"


def test_an_explanation_says_what_stands_against_a_name(index, roost):
    index.add("soup", uploaded="2020-01-01T00:00:00Z")
    index.add("young", history=False, uploaded=None)
    assert roost("trust", "explain", "soup", "--json").data["allowed"] is True
    told = roost("trust", "explain", "young").output
    assert "`young` is not installed unless you declare or allow it" in told
    assert "because it has 1 release" in told
    assert "because no configured index has it" in roost("trust", "explain", "nowhere").output
    roost("trust", "young")
    assert "because you trust it" in roost("trust", "explain", "young").output
