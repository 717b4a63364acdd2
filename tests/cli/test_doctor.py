from __future__ import annotations

import pytest

from tests import daemons, parts


def states(done) -> dict[str, str]:
    return {finding["name"]: finding["state"] for finding in done.data["findings"]}


@pytest.mark.thorough
def test_a_machine_where_all_is_well(index, roost):
    done = roost("doctor", "--json")
    assert done.status == 0
    assert done.data["schema"] == "roost.doctor/1"
    found = states(done)
    assert found["engine"] == found["folders"] == found["locks"] == found["index"] == "ok"


@pytest.mark.thorough
def test_an_index_that_does_not_answer_has_something_to_do(index, roost):
    index.faults["/simple/"] = 503
    done = roost("doctor")
    assert done.status == 0
    assert "`--offline` takes what is remembered" in done.output
    assert states(roost("doctor", "--offline", "--json"))["index"] == "skipped"


@pytest.mark.thorough
def test_broken_settings_and_a_home_that_cannot_be_are_named(roost, home):
    (home / "config").mkdir(parents=True)
    (home / "config/roost.toml").write_text("nonsense = 1\n")
    done = roost("doctor", "--offline", "--json")
    assert done.status == 69
    assert states(done)["settings"] == "failed"
    assert states(roost("doctor", "--offline", "--json", ROOST_HOME="relative"))["home"] == "failed"


@pytest.mark.thorough
@pytest.mark.parametrize(("version", "state"), [("24.0.9", "warning"), ("20.10.24+dfsg1", "warning"), ("25.0.0", "ok")])
def test_a_docker_whose_filter_is_the_weaker_one_is_told(roost, tmp_path, version, state):
    parts.program("docker")
    with daemons.answering(tmp_path / "socket", version):
        done = roost("doctor", "--offline", "--json", DOCKER_HOST=f"unix://{tmp_path}/socket")
    assert done.status == 0
    [found] = [one for one in done.data["findings"] if one["name"] == "docker"]
    assert found["state"] == state, found
    assert version in found["says"]
    assert (found["todo"] is None) == (state == "ok")
