"""Many that want the same at once: one resolution, one build, and each is right."""

from __future__ import annotations

import pytest

from roost import home as homes


@pytest.mark.covers("A5")
@pytest.mark.thorough
def test_many_starters_of_one_script_resolve_and_build_once(index, roost, script, tmp_path):
    index.add("soup", "1.0", requires=("stock",))
    index.add("stock", "2.0")
    path = script("import soup\nprint(soup.__version__)\n")
    roost("run", path, ROOST_HOME=str(tmp_path / "elsewhere"))
    alone = asked(index)
    processes = [roost.start("run", path) for _ in range(8)]
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, output) == (0, "1.0\n"), errors
    home = homes.locate(roost.environ)
    assert len([path for path in home.environments.iterdir() if not path.name.startswith(".")]) == 1
    assert asked(index) == 2 * alone
    assert not list(home.locks.glob("request-*"))


def asked(index) -> int:
    """How often what nothing imports was looked for: by resolving and installing alone."""
    return len([path for path in index.asked if path.startswith("/simple/stock/")])
