from __future__ import annotations

import time

import pytest

from roost.distributions import tables


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


def test_an_explanation_has_every_fact_with_its_source_and_date(index, roost):
    index.add("young", history=False, uploaded="2026-01-05T00:00:00Z", attested=True)
    index.statuses["young"] = ("archived", "no time")
    told = roost("trust", "explain", "young", "--json").data
    today = time.strftime("%Y-%m-%d", time.gmtime())
    facts = {one["what"]: one for one in told["facts"]}
    assert facts["releases"] == {"what": "releases", "said": "1", "source": f"`{index.url}simple/`", "date": today}
    assert facts["first release"]["said"].startswith("2026-01-05, ")
    assert facts["status"]["said"] == "archived: no time"
    assert facts["attestations"]["said"] == "there are"
    assert facts["imports"]["said"] == "young"
    assert facts["downloads"]["date"] == tables.made("popular.tsv")
    assert told["changes"][0] == "2 releases more"
    assert "`roost trust young` for good" in told["changes"][-1]
    assert told["meant"] is None


def test_an_explanation_works_from_the_last_answer_when_no_index_is_asked(index, roost):
    index.add("young", history=False)
    online = roost("trust", "explain", "young", "--json").data
    assert roost("trust", "explain", "young", "--offline", "--json").data == online
    unknown = roost("trust", "explain", "reqeusts", "--offline", "--json").data
    assert unknown["allowed"] is False
    assert unknown["reasons"][0] == "nothing is known of it"
    assert unknown["meant"] == "requests"


def test_an_explanation_says_what_no_word_helps_against(index, roost):
    index.add("young")
    index.statuses["young"] = ("quarantined", "malware")
    roost("trust", "young")
    told = roost("trust", "explain", "young", "--json").data
    assert (told["allowed"], told["changes"]) == (False, ["the end of the quarantine"])
    assert told["reasons"] == ["the index has put it in quarantine (malware)"]
    index.add("flask")
    (known,) = roost("trust", "explain", "flask", "--json").data["reasons"]
    assert known.endswith("of the most downloaded, and known to have `flask`")


def test_trust_has_the_words_that_people_try_too(roost):
    assert roost("trust", "add", "Some_Name").output == "some-name\n"
    assert roost("trust", "remove", "some-name").output.startswith("nothing is trusted")


@pytest.mark.thorough
def test_what_was_let_in_is_listed_explained_and_shared(index, roost, script, home, tmp_path):
    index.add("zorbing_kit", "2.0", requires=("harness",))
    index.add("harness", "1.0", uploaded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3 * 86400)))
    path = script("import zorbing_kit\nprint(zorbing_kit.__version__)\n")
    refused = roost("run", path)
    assert refused.status == 77
    assert "brings `harness`, which nobody vouches for: its first release is 3 days old" in refused.errors
    assert f"roost run --allow harness {path}" in refused.errors
    assert roost("run", "--allow", "harness", path).output == "2.0\n"
    assert roost("run", path).status == 77
    rows = roost("trust", "list", "--json").data["let_in"]
    assert [(one["name"], one["version"], one["by"]) for one in rows] == [
        ("harness", "1.0", "you"),
        ("zorbing-kit", "2.0", "facts"),
    ]
    assert "zorbing-kit  2.0" in roost("trust", "list").output
    file = tmp_path / "trust.lock.toml"
    assert roost("trust", "export", file, "--json").data["distributions"] == 2
    other = {"ROOST_HOME": str(tmp_path / "other")}
    assert roost("run", path, **other).status == 77
    assert roost("run", path, ROOST_TRUST_FILES=str(file), **other).output == "2.0\n"
    assert roost("run", path, ROOST_TRUST_FILES=str(file), **other).output == "2.0\n"
    assert roost("run", path, **other).status == 77
    shared = file.read_text()
    file.write_text('schema = "roost.trust-lock/1"\n')
    assert roost("run", path, ROOST_TRUST_FILES=str(file), **other).status == 77
    file.write_text(shared)
    (verdict,) = roost("env", "why", path, "harness", "--json", **other).data["environments"][0]["let_in"]
    assert verdict["because"] == f"`{file}` trusts it"
    assert (
        f"harness 1.0 was let in on {time.strftime('%Y-%m-%d', time.gmtime())}"
        in roost("env", "why", path, "harness", **other).output
    )


@pytest.mark.thorough
def test_what_is_added_while_a_script_runs_is_judged_with_what_it_brings(index, roost, script):
    index.add("zorbing_kit", requires=("harness",))
    index.add("harness", uploaded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3 * 86400)))
    path = script("import sys\n__import__(sys.argv[1])\n")
    refused = roost("run", path, "zorbing_kit")
    assert refused.status == 1
    assert "brings `harness`, which nobody vouches for" in refused.errors
    assert roost("run", "--allow", "harness", path, "zorbing_kit").status == 0


def test_a_file_for_others_can_be_written_where_nothing_was_let_in(roost):
    assert roost("trust", "export", "trust.lock.toml").status == 0
    assert roost("trust", "list", ROOST_TRUST_FILES=str(roost.cwd / "trust.lock.toml")).status == 0
    missing = roost("trust", "list", ROOST_TRUST_FILES="/nowhere.toml")
    assert missing.status == 78
    assert "cannot read the trusted names in `/nowhere.toml`" in missing.errors


@pytest.mark.thorough
@pytest.mark.covers("B5")
@pytest.mark.parametrize("sandbox", [(), ("--sandbox", "limits")], ids=["plain", "sandboxed"])
def test_what_was_allowed_once_while_a_script_ran_is_in_no_other_run(index, roost, script, sandbox):
    index.add("soup")
    index.add("zorbing_kit", requires=("harness",))
    index.add("harness", uploaded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3 * 86400)))
    path = script("import sys\nfor name in sys.argv[1:]:\n    print(__import__(name).__name__)\n")
    assert roost("run", *sandbox, path, "soup").output == "soup\n"
    for _ in range(2):
        done = roost("run", *sandbox, "--allow", "harness", path, "soup", "zorbing_kit")
        assert (done.status, done.output) == (0, "soup\nzorbing_kit\n"), done.errors
    assert "added" not in done.errors  # another run that allows it starts with it
    for _ in range(2):
        done = roost("run", *sandbox, path, "soup", "zorbing_kit")
        assert (done.status, done.output) == (1, "soup\n")
        assert "brings `harness`, which nobody vouches for" in done.errors
        assert "added soup" not in done.errors
    roost("trust", "harness")
    assert roost("run", *sandbox, path, "zorbing_kit").status == 0
