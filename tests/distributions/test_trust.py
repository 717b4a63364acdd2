"""What an index offers is installed unasked only if it can be trusted; a refusal is an answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions import judgements, judging, near, trust
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


@pytest.mark.parametrize("form", ["json", "html"])
def test_what_is_in_quarantine_is_refused_whoever_allows_it(index, planned, place, form):
    index.add("zorbing_kit")
    index.statuses["zorbing-kit"] = ("quarantined", "malware")
    index.forms = (form,)
    trust.trust(place, "zorbing-kit")
    found = the(planned("import zorbing_kit\n", allow=("zorbing-kit",)))
    assert found.kind == "refused"
    assert found.sentence == "`zorbing-kit` is not installed: the index has put it in quarantine (malware)"
    assert found.hint is None


@pytest.mark.parametrize("status", ["archived", "deprecated"])
def test_what_its_maintainers_have_given_up_is_installed_and_that_is_said(index, planned, status):
    index.add("zorbing_kit")
    index.statuses["zorbing-kit"] = (status, "use\nharness")
    plan = planned("import zorbing_kit\n")
    assert [one.text for one in plan.requirements] == ["zorbing-kit"]
    assert plan.answers[0].reason.endswith(f"; its status is `{status}` (use harness)")


def test_releases_that_were_withdrawn_are_not_installed(index, planned):
    index.add("zorbing_kit", yanked=True)
    assert "only releases that were withdrawn" in the(planned("import zorbing_kit\n")).sentence
    index.add("half_kit", "1.0", yanked=True)
    index.add("half_kit", "2.0")
    assert [one.text for one in planned("import half_kit\n").requirements] == ["half-kit"]


def test_facts_are_counted_from_what_the_index_says(index, client):
    index.add("zorbing_kit", "1.0", uploaded="2020-01-01T00:00:00Z")
    index.add("zorbing_kit", "2.0", uploaded="2024-05-01T00:00:00Z", yanked=True)
    index.add("zorbing_kit", "3.0", uploaded="2024-06-01T00:00:00Z", attested=True)
    found = client().project("zorbing-kit")
    facts = judging.gather("zorbing-kit", found, found.project.files[-1])
    assert (facts.releases, facts.yanked, facts.attested, facts.rank) == (5, 1, True, None)
    assert (judging.day(facts.first), judging.day(facts.newest)) == ("2020-01-01", "2024-06-01")
    assert time.time() - facts.asked < 60
    assert client(offline=True).project("zorbing-kit").project == found.project


def let_in(name: str, **more) -> judgements.Judgement:
    facts = {
        "version": "2.0",
        "sha256": "0" * 64,
        "since": 1.7e9,
        "by": "facts",
        "because": "it is good",
        "imports": (name.replace("-", "_"),),
    }
    return judgements.Judgement(**{"name": name} | facts | more)


def test_what_was_let_in_before_is_so_without_an_index_with_its_date(planned, place):
    judgements.keep(place, [let_in("zorbing-kit"), let_in("other-kit", by="you")])
    plan = planned("import zorbing_kit, other_kit\n", offline=True)
    assert [one.text for one in plan.requirements] == ["zorbing-kit"]
    assert "it was let in on 2023-11-14, because it is good; no index could be asked" in plan.answers[0].reason
    assert "other_kit" in the(plan).sentence


def test_the_first_day_of_a_file_stays_and_its_facts_are_the_newest(place):
    judgements.keep(place, [let_in("zorbing-kit"), let_in("zorbing-kit", since=1.8e9, because="it is better")])
    (one,) = judgements.read(place, "zorbing-kit")
    assert (one.since, one.because) == (1.7e9, "it is better")


FILE = 'schema = "roost.trust-lock/1"\n[[distribution]]\nname = "Zorbing_Kit"\n'


@pytest.fixture
def file(tmp_path, index):
    """Write a file of trusted names, and give settings that name it."""

    def write(text: str) -> Settings:
        (tmp_path / "trust.lock.toml").write_text(text)
        return Settings(index_url=f"{index.url}simple/", trust_files=(str(tmp_path / "trust.lock.toml"),))

    return write


def test_a_file_that_the_user_names_lets_a_name_in(index, planned, file):
    index.add("zorbing_kit", "1.0", history=False)
    index.add("zorbing_kit", "2.0")
    for more, text in (("", "zorbing-kit"), ('versions = "<2"\n', "zorbing-kit<2")):
        assert [one.text for one in planned("import zorbing_kit\n", settings=file(FILE + more)).requirements] == [text]
    (one,) = [one for one in index.projects["zorbing-kit"] if "2.0" in one.name]
    plan = planned("import zorbing_kit\n", settings=file(f'{FILE}sha256 = ["{one.sha256}"]\n'))
    assert [one.text for one in plan.requirements] == ["zorbing-kit==2.0"]
    for none in ('versions = ">2"\n', f'sha256 = ["{"0" * 64}"]\n'):
        assert the(planned("import zorbing_kit\n", settings=file(FILE + none))).kind == "refused"


def test_a_file_beside_the_script_that_nobody_names_lets_nothing_in(index, planned):
    index.add("zorbing_kit", history=False)
    source = "# /// script\n# [tool.roost]\n# trust-files = ['trust.lock.toml']\n# [tool.roost.trust]\n# files = ['trust.lock.toml']\n# ///\nimport zorbing_kit\n"
    files = dict.fromkeys(("trust.lock.toml", "trust.toml", "roost.toml"), FILE + '[trusted]\nzorbing-kit = ""\n')
    assert the(planned(source, files=files)).kind == "refused"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[distribution",
        'schema = "other"',
        FILE.replace("Zorbing_Kit", ""),
        FILE + 'versions = "x"',
        FILE + "sha256 = 3",
        "\xff",
    ],
)
def test_a_file_of_trusted_names_that_says_something_else_is_an_error(index, planned, file, text):
    settings = file(text)
    with pytest.raises(ConfigurationError, match="cannot read the trusted names"):
        planned("import zorbing_kit\n", settings=settings)


@pytest.mark.parametrize("name", ["trust.lock.toml", "/nowhere/trust.lock.toml"])
def test_a_file_of_trusted_names_must_be_there_and_absolute(planned, name):
    with pytest.raises(ConfigurationError):
        planned("import zorbing_kit\n", settings=Settings(trust_files=(name,)))


@given(st.text(), st.text())
def test_what_a_stranger_writes_is_one_line_that_can_be_shown(text, more):
    line = judging.one_line(f"{text}\n{more}")
    assert line.isprintable()
    assert len(line) <= 200
