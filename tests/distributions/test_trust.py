"""What an index offers is installed unasked only if it can be trusted; a refusal is an answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions import near, trust
from roost.errors import ConfigurationError
from roost.settings import Settings


def the(plan):
    (one,) = plan.unresolved
    return one


def test_a_well_kept_distribution_is_installed_as_a_wheel_with_its_reason(index, planned):
    index.add("zorbing_kit", "2.0")
    plan = planned("import zorbing_kit\n")
    (requirement,) = plan.requirements
    assert (requirement.text, requirement.wheels_only, requirement.source) == ("zorbing-kit", True, "inferred")
    assert plan.answers[0].means == "index"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param(
            {"uploaded": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 5 * 86400))},
            "days old",
            id="new",
        ),
        pytest.param({"history": False}, "it has 1 release", id="one release"),
        pytest.param({"uploaded": None}, "does not say how old", id="no dates"),
    ],
)
def test_a_distribution_without_a_history_is_refused(index, planned, facts, reason):
    index.add("zorbing_kit", **facts)
    found = the(planned("import zorbing_kit\n"))
    assert found.kind == "refused"
    assert reason in found.sentence
    assert "--allow zorbing-kit" in found.hint
    assert "roost trust zorbing-kit" in found.hint


@pytest.mark.parametrize(
    ("name", "meant"), [("reqeusts", "requests"), ("requestss", "requests"), ("login_flask", "flask-login")]
)
def test_a_near_miss_of_a_popular_name_is_refused_whatever_its_history(index, planned, name, meant):
    index.add(name)
    found = the(planned(f"import {name}\n"))
    assert found.kind == "refused"
    assert f"`{meant}` was probably meant" in found.sentence


def test_a_misspelt_name_that_no_index_has_is_told_what_was_meant(planned):
    assert "`requests` was probably meant" in the(planned("import reqeusts\n")).sentence


def test_a_distribution_that_does_not_provide_the_import_is_not_installed(index, planned):
    index.add("zorbing_kit", modules={"something_else.py": ""})
    plan = planned("import zorbing_kit\n")
    assert plan.requirements == ()
    assert "`something_else`, not `zorbing_kit`" in the(plan).sentence


def test_a_distribution_without_the_submodule_is_not_installed(index, planned):
    index.add("zorbing_kit", modules={"zorbing_kit/__init__.py": ""})
    assert planned("import zorbing_kit.payments.models\n").requirements == ()


def test_a_distribution_that_never_had_what_is_imported_is_something_else(index, planned):
    index.add("zorbing_kit", modules={"zorbing_kit.py": '"""Invoice."""\ndef roll(): pass  # Invoice\n'})
    assert [one.text for one in planned("from zorbing_kit import roll\n").requirements] == ["zorbing-kit"]
    assert the(planned("from zorbing_kit import Invoice\n")).kind == "refused"


def test_only_source_distributions_are_not_built_unasked(index, planned):
    index.add("zorbing_kit", source_only=True)
    found = the(planned("import zorbing_kit\n"))
    assert found.kind == "nothing installable"
    assert "only source distributions" in found.sentence


def test_wheels_for_other_pythons_are_nothing_installable(index, planned):
    index.add("zorbing_kit", tag="cp27-cp27m-win32")
    assert the(planned("import zorbing_kit\n")).kind == "nothing installable"


def test_a_root_that_newer_releases_dropped_bounds_the_requirement(index, planned):
    index.add("zorbing_kit", "1.3")
    index.add("zorbing_kit", "2.0", modules={"zorbing.py": ""})
    assert [one.text for one in planned("import zorbing_kit\n").requirements] == ["zorbing-kit<2"]


def test_a_name_may_be_allowed_once_or_for_good(index, planned, place):
    index.add("zorbing_kit", history=False)
    assert [one.text for one in planned("import zorbing_kit\n", allow=("Zorbing.Kit",)).requirements] == ["zorbing-kit"]
    assert trust.trust(place, "zorbing_kit")
    assert not trust.trust(place, "zorbing-kit")
    plan = planned("import zorbing_kit\n")
    assert plan.answers[0].means == "trusted"
    assert trust.trusted(place) == ("zorbing-kit",)
    assert trust.revoke(place, "Zorbing_Kit")
    assert planned("import zorbing_kit\n").requirements == ()


def test_an_allowed_source_distribution_may_be_built(index, planned):
    index.add("zorbing_kit", source_only=True)
    (requirement,) = planned("import zorbing_kit\n", allow=("zorbing-kit",)).requirements
    assert not requirement.wheels_only


def test_a_common_word_is_never_asked_for(index, planned):
    index.add("utils")
    assert the(planned("import utils\n")).kind == "own file missing"
    assert index.asked == []


def test_a_name_that_only_the_users_own_index_has_is_the_users_word(index, planned):
    from tests import index as indexes

    private, server = indexes.serve()
    try:
        private.add("zorbing_kit", history=False, uploaded=None)
        settings = Settings(index_url=f"{index.url}simple/", index_extra=(f"{private.url}simple/",))
        assert [one.text for one in planned("import zorbing_kit\n", settings=settings).requirements] == ["zorbing-kit"]
        index.add("zorbing_kit", history=False)
        for file in (private, index):
            file.asked.clear()
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def nobodys(index):
    """Settings with an extra index that tells no times and is nobody's own, and that index."""
    from tests import index as indexes

    extra, server = indexes.serve()
    settings = Settings(
        index_url=f"{index.url}simple/", index_extra=(f"wheels={extra.url}simple/",), index_public=("wheels",)
    )
    yield settings, extra
    server.shutdown()
    server.server_close()


def test_a_name_that_only_an_index_that_is_nobodys_own_has_is_judged(nobodys, planned):
    settings, extra = nobodys
    extra.add("zorbing_kit", uploaded=None)
    found = the(planned("import zorbing_kit\n", settings=settings))
    assert found.kind == "refused"
    assert "the index does not say how old it is" in found.sentence
    assert "roost run --allow zorbing-kit" in found.hint
    source = "# /// script\n# dependencies = ['zorbing-kit']\n# ///\nimport zorbing_kit\n"
    pinned = settings.replace(index_pins=("zorbing-*=wheels",))
    for text, more in (
        ("import zorbing_kit\n", {"settings": settings, "allow": ("zorbing-kit",)}),
        ("import zorbing_kit\n", {"settings": pinned}),
        (source, {"settings": settings}),
    ):
        assert [one.text for one in planned(text, **more).requirements] == ["zorbing-kit"]


def test_the_default_indexs_history_vouches_for_what_an_index_without_times_has_too(nobodys, index, planned):
    settings, extra = nobodys
    extra.add("zorbing_kit", uploaded=None)
    index.add("zorbing_kit")
    assert [one.text for one in planned("import zorbing_kit\n", settings=settings).requirements] == ["zorbing-kit"]
    index.add("young_kit", history=False)
    extra.add("young_kit", uploaded=None)
    assert the(planned("import young_kit\n", settings=settings)).kind == "refused"


def test_an_index_that_is_away_is_a_sentence_and_no_failure(index, planned):
    index.fail("/simple/", 503)
    plan = planned("import requests, zorbing_kit\n")
    assert [one.text for one in plan.requirements] == ["requests"]
    assert "503" in the(plan).sentence


def test_offline_says_so(index, planned):
    assert "offline" in the(planned("import zorbing_kit\n", offline=True)).sentence
    assert index.asked == []


@pytest.mark.parametrize("text", ["[trusted", "trusted = 3", "\xff"])
def test_a_list_that_cannot_be_read_says_so(place, text):
    place.config.mkdir(parents=True)
    place.trust_file.write_text(text, "latin-1")
    with pytest.raises(ConfigurationError):
        trust.trusted(place)


@pytest.mark.parametrize("name", ["", "-x", "a b", "../x", "a\n[b]"])
def test_only_names_can_be_trusted(place, name):
    with pytest.raises(ConfigurationError):
        trust.trust(place, name)


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_one_off_is_symmetric(one, other):
    assert near._one_off(one, other) == near._one_off(other, one)


@given(st.text("abcdef", min_size=1, max_size=8), st.integers(0, 8), st.sampled_from("abcdef"))
def test_one_letter_more_is_one_off(name, at, letter):
    assert near._one_off(name, name[:at] + letter + name[at:])
