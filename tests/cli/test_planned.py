"""What others planned and these commands do: requirements beside a script, pins."""

from __future__ import annotations

import pytest

SAY = "import soup, bread\nprint(soup.__version__, bread.__version__)\n"


@pytest.fixture
def shop(index):
    for name in ("soup", "bread"):
        index.add(name, "1.0")
        index.add(name, "1.1")


@pytest.mark.covers("C7 requirements")
def test_requirements_beside_a_script_count_and_the_rest_is_found(shop, roost, script, index):
    script("# the kitchen's\nsoup==1.0  # not the new one\n-c limits.txt\n", "requirements.txt")
    script("bread<1.1\n", "limits.txt")
    said = roost("run", "--allow", "bread", script(SAY))
    assert said.output == "1.0 1.0\n", said.errors


@pytest.mark.covers("C7 pins")
@pytest.mark.thorough
def test_pins_are_set_and_raised_one_several_or_all(shop, roost, script):
    path = script(SAY)
    assert roost("add", path, "soup==1.0", "bread==1.0").status == 0
    assert roost("run", path).output == "1.0 1.0\n"
    assert roost("upgrade", path, "soup").status == 0
    assert roost("run", path).output == "1.1 1.0\n"
    assert roost("upgrade", path, "soup", "bread").status == 0
    assert roost("run", path).output == "1.1 1.1\n"
    assert roost("add", path, "soup==1.0", "bread==1.0").status == 0
    assert roost("upgrade", path).status == 0
    assert roost("run", path).output == "1.1 1.1\n"
