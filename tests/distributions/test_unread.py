"""What a script says that nobody has read vouches for nothing: neither its list, nor its indexes, nor the files beside it."""

from __future__ import annotations

import pytest

from roost.distributions import judgements, trust


def block(*lines: str) -> str:
    return "\n".join(["# /// script", *(f"# {line}" for line in lines), "# ///", ""])


def test_what_is_declared_is_judged_as_what_is_imported(index, planned):
    index.add("zorbing_kit")
    index.add("young_kit", history=False)
    source = block("dependencies = ['zorbing-kit>=1', 'young-kit', 'flask', 'nowhere-kit']")
    assert len(planned(source).requirements) == 4
    plan = planned(source, unread=True)
    assert [(one.text, one.source, one.wheels_only) for one in plan.requirements] == [
        ("zorbing-kit>=1", "inferred", True),
        ("flask", "inferred", False),
    ]
    young, nowhere = plan.unresolved
    assert young.sentence.startswith("`young-kit` was not installed unasked: it has 1 release")
    assert "line 2" in young.sentence
    assert "roost run --allow young-kit" in young.hint
    assert nowhere.sentence.startswith("`nowhere-kit` is on no index")


def test_a_misspelt_name_is_refused_with_the_one_that_was_meant(index, planned):
    index.add("reqeusts")
    (one,) = planned(block("dependencies = ['reqeusts']"), unread=True).unresolved
    assert "`requests` was probably meant" in one.sentence


@pytest.mark.parametrize(
    "text", ["kit @ https://example.org/kit.zip", "kit @ git+https://example.org/kit", "./kit", "conda:kit"]
)
def test_addresses_folders_and_conda_packages_are_refused(index, planned, text):
    source = block("[tool.roost]", "conda = ['kit']") if text == "conda:kit" else "import os\n"
    files = {} if text == "conda:kit" else {"requirements.txt": f"{text}\n"}
    plan = planned(source, files=files, unread=True)
    assert plan.requirements == ()
    assert plan.conda is None
    (one,) = plan.unresolved
    assert one.kind == "refused"
    assert "nobody has read" in one.sentence


def test_an_index_of_the_scripts_own_vouches_for_nothing_and_is_not_asked(index, planned):
    from tests import index as indexes

    own, server = indexes.serve()
    try:
        own.add("zorbing_kit", history=False, uploaded=None)
        source = block("[[tool.uv.index]]", "name = 'mine'", f"url = '{own.url}simple/'") + "import zorbing_kit\n"
        assert [one.text for one in planned(source).requirements] == ["zorbing-kit"]
        own.asked.clear()
        plan = planned(source, unread=True)
        assert (plan.requirements, own.asked, plan.script.declared.indexes) == ((), [], ())
    finally:
        server.shutdown()
        server.server_close()


def test_a_lock_beside_it_is_not_taken(index, planned):
    plan = planned("import os\n", files={"pylock.it.toml": 'lock-version = "1.0"\npackages = []\n'}, unread=True)
    assert plan.script.declared.lock is None


def test_the_users_word_counts(index, planned, place, tmp_path):
    index.add("young_kit", "2.0", history=False)
    source = block("dependencies = ['young-kit>=1']")
    assert [one.text for one in planned(source, unread=True, allow=("young-kit",)).requirements] == ["young-kit>=1"]
    trust.trust(place, "young-kit")
    assert planned(source, unread=True).unresolved == ()
    trust.revoke(place, "young-kit")
    from roost.settings import Settings

    file = tmp_path / "trust.lock.toml"
    file.write_text(judgements.text(place, ()) + '[[distribution]]\nname = "young-kit"\nversions = "==2.0"\n')
    settings = Settings(index_url=f"{index.url}simple/", trust_files=(str(file),))
    plan = planned(source, unread=True, settings=settings)
    assert [one.text for one in plan.requirements] == ["young-kit>=1", "young-kit==2.0"]
    assert planned(source, unread=True, extra=("young-kit",)).requirements[-1].source == "option"
