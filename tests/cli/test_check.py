from __future__ import annotations

import pytest

from tests.cli.test_command_line import modules

HEAVY = {
    "argparse", "asyncio", "email", "http", "http.client", "importlib.metadata", "logging", "packaging", "packaging.requirements",
    "parso", "ssl", "socket", "subprocess", "tomlkit", "tomllib", "typing", "typing_extensions", "unittest", "urllib.request",
    "zipfile", "uv",
}  # fmt: skip


@pytest.mark.covers("C3")
def test_a_plan_names_distributions_imports_and_reasons(index, roost, script):
    index.add("soup", "2.0")
    path = script("# /// script\n# dependencies = ['Soup==2.0', 'stock[hot]>=1']\n# ///\nimport os\nimport soup\n")
    data = roost("check", "--no-build", "--json", path).data
    assert data["schema"] == "roost.plan/1"
    assert [text.replace(" ", "").lower() for text in data["distributions"]] == ["soup==2.0", "stock[hot]>=1"]
    assert data["python"]["version"].count(".") == 2
    assert data["python"]["reason"]
    [system, declared] = data["imports"]
    assert (system["name"], system["line"], system["kind"], system["answer"]) == (
        "os",
        4,
        "required",
        "standard library",
    )
    assert (declared["name"], declared["answer"], declared["distribution"]) == ("soup", "declared", "soup")
    assert data["unresolved"] == []
    assert data["environment"] is None


def test_the_page_says_what_and_why(index, roost, script):
    index.add("soup", "2.0")
    done = roost("check", script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\n"))
    assert done.status == 0
    assert "its environment is ready and its imports succeed" in done.output
    assert "soup" in done.output
    assert "2.0" in done.output


def test_an_unanswered_import_is_an_answer_unless_strict(index, roost, script):
    path = script("import sys\nimport nowhere_to_be_found\n")
    done = roost("check", "--no-build", "--json", path)
    assert done.status == 0
    [open_one] = done.data["unresolved"]
    assert open_one["name"] == "nowhere_to_be_found"
    assert open_one["line"] == 2
    assert open_one["class"]
    assert open_one["sentence"]
    strict = roost("check", "--no-build", "--strict", path)
    assert strict.status == 69
    assert "nowhere_to_be_found" in strict.output


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param("from soup import Ladle", "`soup` 2.0 has no `Ladle`", id="name"),
        pytest.param("import soup.ladle", "`soup` 2.0 has no module `soup.ladle`", id="submodule"),
        pytest.param("from soup.ladle import spoon", "`soup` 2.0 has no module `soup.ladle`", id="name of a submodule"),
    ],
)
def test_an_import_that_no_release_has_any_more_is_found_by_trying(index, roost, script, source, sentence):
    index.add("soup", "2.0", modules={"soup/__init__.py": "", "soup/pot.py": ""})
    path = script(f"# /// script\n# dependencies = ['soup']\n# ///\nimport soup.pot\nfrom soup import pot\n{source}\n")
    data = roost("check", "--json", path).data
    [gone] = data["unresolved"]
    assert gone["class"] == "api gone"
    assert gone["line"] == 6
    assert gone["sentence"].startswith(sentence)
    assert data["environment"]["distributions"] == [{"name": "soup", "version": "2.0"}]


def test_what_the_library_forgot_to_declare_is_named(index, roost, script):
    index.add("soup", "2.0", modules={"soup.py": "import stock_cube_absent\n"})
    [broken] = roost("check", "--json", script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup\n")).data[
        "unresolved"
    ]
    assert "imports `stock_cube_absent`" in broken["sentence"]


def test_an_optional_import_that_fails_is_nothing_to_say(index, roost, script):
    index.add("soup", "2.0", modules={"soup.py": ""})
    path = script(
        "# /// script\n# dependencies = ['soup']\n# ///\nimport soup\ntry:\n    from soup import Ladle\nexcept ImportError:\n    Ladle = None\n"
    )
    assert roost("check", "--json", path).data["unresolved"] == []


@pytest.mark.thorough
def test_requirements_that_do_not_go_together_are_an_answer(index, roost, script):
    index.add("soup", "2.0")
    path = script("# /// script\n# dependencies = ['soup>=3']\n# ///\nimport soup\n")
    done = roost("check", "--json", path)
    assert done.status == 0
    assert done.data["failure"]["code"]
    assert done.data["failure"]["why"]
    assert roost("check", "--strict", path).status == 69


def test_standard_input_is_checked(roost):
    data = roost("check", "--no-build", "--json", "-", stdin="import os\n").data
    assert data["script"]["name"] == "<stdin>"
    assert [one["name"] for one in data["imports"]] == ["os"]


def test_a_check_of_a_plain_script_loads_nothing_heavy(script):
    loaded = modules("check", "--no-build", str(script("import os\nimport requests\nprint(1)\n")))
    assert loaded & HEAVY == set()


def test_imports_are_tried_with_the_folders_that_a_run_adds(index, roost, script):
    index.add("soup", "2.0", modules={"soup.py": "import kitchen\n"})
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport kitchen, soup\n", "scripts/it.py")
    script("", "src/kitchen.py")
    script("[project]\nname = 'kitchen'\n", "pyproject.toml")
    assert roost("check", "--json", path).data["unresolved"] == []
