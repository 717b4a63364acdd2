from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.scripts import edit, edit_lines
from roost.scripts.values import Declaration, Declared, Script

BLOCK = """#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     # web
#     "requests>=2",  # for the page
#     "Rich==13.0.0",
# ]
#
# [tool.uv]
# exclude-newer = "2026-01-01T00:00:00Z"
# ///
import requests
"""

LINES = """# what we need
requests>=2  # for the page
-r more.txt
rich == 13.0.0 ; python_version >= "3.8"
locked==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb

./local/package
"""


def script(path, form="python", **declared) -> Script:
    return Script(path, path.name, form, None, "", declared=Declared(**declared))


def written(tmp_path, source: str | bytes, name: str = "it.py"):
    path = tmp_path / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


def test_a_requirement_joins_the_block_and_the_rest_stays(tmp_path):
    path = written(tmp_path, BLOCK)
    made = edit.add(script(path), ["pandas<3"])
    assert path.read_text() == BLOCK
    edit.write(made)
    assert path.read_text() == BLOCK.replace('#     "Rich==13.0.0",\n', '#     "Rich==13.0.0",\n#     "pandas<3",\n')


def test_a_requirement_takes_the_place_of_an_older_one(tmp_path):
    made = edit.add(script(written(tmp_path, BLOCK)), ["Requests>=3"])
    assert made.after.decode() == BLOCK.replace('"requests>=2",  # for', '"Requests>=3",  # for')
    assert made.change == edit.Change(("Requests>=3",), ("requests>=2",))


def test_line_endings_and_encoding_of_a_script_stay(tmp_path):
    source = ("# -*- coding: latin-1 -*-\r\n" + BLOCK.partition("\n")[2].replace("\n", "\r\n") + "x = 'é'\r\n").encode(
        "latin-1"
    )
    made = edit.add(script(written(tmp_path, source)), ["six"])
    assert made.after == source.replace(b'#     "Rich==13.0.0",\r\n', b'#     "Rich==13.0.0",\r\n#     "six",\r\n')


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        pytest.param('"""Doc."""\n', '{}\n"""Doc."""\n', id="before the docstring"),
        pytest.param(
            "#!/bin/python\n# coding: utf-8\nimport a\n",
            "#!/bin/python\n# coding: utf-8\n{}\nimport a\n",
            id="behind the head",
        ),
        pytest.param("#!/bin/python\n\nimport a\n", "#!/bin/python\n{}\nimport a\n", id="a blank line is enough"),
        pytest.param("", "{}", id="empty"),
    ],
)
def test_a_script_without_any_declaration_gets_a_block(tmp_path, source, wanted):
    made = edit.add(script(written(tmp_path, source)), ["six", 'tomli; python_version<"3.11"'])
    block = '# /// script\n# dependencies = [\n#     "six",\n#     "tomli; python_version<\'3.11\'",\n# ]\n# ///\n'
    assert made.after.decode() == wanted.format(block)
    assert made.made


def test_install_lines_of_a_script_move_into_its_first_block(tmp_path):
    path = written(tmp_path, "# pip install pandas six\nimport pandas\n")
    lines = (Declaration("pandas", 1, None, "pip line"), Declaration("six", 1, None, "pip line"))
    made = edit.add(script(path, requirements=lines, via="pip line"), ["six>=1.16"])
    assert '#     "pandas",\n#     "six>=1.16",\n' in made.after.decode()


def test_a_requirements_file_is_edited_line_by_line(tmp_path):
    written(tmp_path, LINES, "requirements.txt")
    path = written(tmp_path, "import requests\n")
    assert edit.add(script(path), ["requests==3"]).after.decode() == LINES.replace("requests>=2  #", "requests==3  #")
    assert edit.add(script(path), ["six"]).after.decode() == LINES + "six\n"
    removed = edit.remove(script(path), ["LOCKED", "requests"]).after.decode()
    assert removed == '# what we need\n-r more.txt\nrich == 13.0.0 ; python_version >= "3.8"\n\n./local/package\n'


def test_the_file_named_for_the_script_is_edited_before_the_common_one(tmp_path):
    written(tmp_path, "a\n", "requirements.txt")
    written(tmp_path, "b\r\n", "it.requirements.txt")
    made = edit.add(script(written(tmp_path, "")), ["c"])
    assert made.file == tmp_path / "it.requirements.txt"
    assert made.after == b"b\r\nc\r\n"


def test_pins_are_raised_and_ranges_and_hashed_lines_stay(tmp_path):
    path = written(tmp_path, BLOCK)
    versions = {"rich": "14.1", "requests": "9", "locked": "2.0"}
    made = edit.upgrade(script(path), versions)
    assert made.after.decode() == BLOCK.replace("Rich==13.0.0", "Rich==14.1")
    written(tmp_path, LINES, "requirements.txt")
    path.write_text("")
    made = edit.upgrade(script(path), versions)
    assert made.after.decode() == LINES.replace("rich == 13.0.0 ;", "rich == 14.1 ;")
    assert made.change.notes == ("`locked==1.0` stays: its line carries hashes",)


def test_a_requirement_with_another_marker_is_a_requirement_of_its_own(tmp_path):
    text = "a==1; python_version<'3.9'\na==2; python_version>='3.9'\n"
    written(tmp_path, text, "requirements.txt")
    path = written(tmp_path, "")
    assert edit.add(script(path), ["a==3; python_version >= '3.9'"]).after.decode() == text.replace(
        "a==2; python_version>='3.9'", "a==3; python_version >= '3.9'"
    )
    assert edit.add(script(path), ["a==4"]).after == b"a==4\n"


@pytest.mark.parametrize(
    ("form", "name", "hint"),
    [
        ("notebook", "it.ipynb", "%pip install"),
        ("markdown", "it.md", "pip install"),
        ("zipapp", "it.pyz", "requirements.txt"),
    ],
)
def test_what_cannot_keep_a_block_says_what_to_do(tmp_path, form, name, hint):
    with pytest.raises(edit.CannotEdit) as caught:
        edit.add(script(written(tmp_path, "", name), form), ["six"])
    assert hint in caught.value.hints[0]


def test_a_projects_requirements_are_left_to_the_project(tmp_path):
    path = written(tmp_path, "import six\n")
    with pytest.raises(edit.CannotEdit):
        edit.add(script(path, via="pyproject", where="`pyproject.toml`"), ["six"])


def test_removing_what_is_not_declared_names_what_is(tmp_path):
    with pytest.raises(edit_lines.NotDeclared) as caught:
        edit.remove(script(written(tmp_path, BLOCK)), ["numpy"])
    assert caught.value.hints == ("it declares `requests`, `rich`",)


def test_a_requirement_that_is_none_changes_nothing(tmp_path):
    with pytest.raises(edit.InvalidRequirement):
        edit.add(script(written(tmp_path, BLOCK)), ["not a name"])


def test_the_mode_stays_and_a_link_stays_a_link(tmp_path):
    real = written(tmp_path, BLOCK, "real.py")
    real.chmod(0o754)
    link = tmp_path / "it.py"
    link.symlink_to(real)
    edit.write(edit.add(script(link), ["six"]))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o754
    assert '"six"' in real.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["it.py", "real.py"]


def test_a_file_changed_meanwhile_is_not_overwritten(tmp_path):
    path = written(tmp_path, BLOCK)
    made = edit.add(script(path), ["six"])
    path.write_text("# mine\n")
    with pytest.raises(edit.ChangedMeanwhile):
        edit.write(made)
    assert path.read_text() == "# mine\n"


@settings(deadline=None)
@given(st.text())
def test_any_text_of_a_requirements_file_comes_back_as_it_was(text):
    assert edit_lines.File(text).text() == text


@settings(deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_adding_and_removing_gives_the_same_lines(text):
    lines = edit_lines.File(text)
    before = lines.entries()
    lines.append("some-name-of-ours")
    assert [entry for entry in lines.entries() if entry] == [*(entry for entry in before if entry), "some-name-of-ours"]
