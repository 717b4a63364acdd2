"""What the user declared, and where it was found."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roost import scripts
from roost.errors import Exit, RoostError
from roost.scripts import pep723, pip_lines, pyproject, requirements
from roost.scripts.poetry import specifiers
from roost.scripts.requirements import Line, logical_lines
from tests.scripts.conftest import put

BLOCK = (
    '# /// script\n# requires-python = ">=3.9"\n# dependencies = [\n#   "httpx[http2]<1",\n#   "rich",\n# ]\n# ///\n'
)
PROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ["attrs>=23", "six"]\n'


def declared(folder: Path, files: dict[str, str], entry: str = "script.py") -> scripts.values.Declared:
    put(folder, files)
    return scripts.read(folder / entry).declared


def texts(found: scripts.values.Declared) -> list[str]:
    return [one.text for one in found.requirements]


def refused(folder: Path, files: dict[str, str], entry: str = "script.py") -> RoostError:
    put(folder, files)
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / entry)
    assert (caught.value.code, caught.value.exit) == ("metadata-broken", Exit.UNREADABLE)
    return caught.value


@pytest.mark.covers("C1")
def test_the_strongest_place_that_says_anything_decides(folder):
    put(folder, {"script.py": "# pip install six\nimport six\n"})
    order: list[tuple[str | None, list[str]]] = []

    def look() -> None:
        found = scripts.read(folder / "script.py").declared
        order.append((found.via, texts(found)))

    look()
    put(folder, {"pyproject.toml": PROJECT})
    look()
    put(folder, {"requirements.txt": "rich\n", "requirements-dev.txt": "pytest\n"})
    look()
    put(folder, {"script.requirements.txt": "click\n"})
    look()
    put(folder, {"script.py": BLOCK + "# pip install six\nimport six\n"})
    look()
    assert order == [
        ("pip line", ["six"]),
        ("pyproject", ["attrs>=23", "six"]),
        ("requirements", ["rich"]),
        ("requirements", ["click"]),
        ("pep723", ["httpx[http2]<1", "rich"]),
    ]


def test_a_lock_beside_the_script_is_named_with_what_is_declared(folder):
    put(folder, {"pylock.my_tool.toml": "", "pylock.toml": ""})
    found = declared(folder, {"my.tool.py": BLOCK}, "my.tool.py")
    assert (found.lock, found.via) == (folder / "pylock.my_tool.toml", "pep723")
    (folder / "pylock.my_tool.toml").unlink()
    assert scripts.read(folder / "my.tool.py").declared.lock == folder / "pylock.toml"


def test_an_inline_block_is_read_with_its_lines(folder):
    found = declared(folder, {"script.py": "#!/usr/bin/env python\n" + BLOCK})
    assert [(one.text, one.line) for one in found.requirements] == [("httpx[http2]<1", 5), ("rich", 6)]
    assert (found.requires_python, found.where) == (">=3.9", "the PEP 723 block of `script.py`")


def test_settings_of_uv_in_the_block_count(folder):
    block = """\
# /// script
# dependencies = ["a", "b[x]>=1 ; python_version > '3'", "c", "d"]
# [tool.uv]
# exclude-newer = "2025-01-01T00:00:00Z"
# index-url = "http://one/simple"
# [tool.uv.sources]
# A = { git = "https://h/a.git", tag = "v1" }
# b = { url = "https://h/b.whl" }
# c = { path = "../c" }
# [[tool.uv.index]]
# url = "http://two/simple"
# ///
"""
    found = declared(folder, {"script.py": block})
    assert texts(found) == [
        "a @ git+https://h/a.git@v1",
        "b[x] @ https://h/b.whl ; python_version > '3'",
        f"c @ file://{folder.parent}/c",
        "d",
    ]
    assert (found.indexes, found.index_url) == (("http://two/simple",), "http://one/simple")
    assert found.exclude_newer == "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("# /// script\n# dependencies = [\n# ///\n", "end of document"),
        ("# /// script\n# a = 1\n# b = = 2\n# ///\n", "line 3"),
        ("# /// script\n# dependencies = 3\n# ///\n", "list of requirements"),
        ("# /// script\n# dependencies = ['a b c']\n# ///\n", "line 2: `a b c` is no requirement"),
        ("# /// script\n# requires-python = 3.9\n# ///\n", "must be text"),
        ("# /// script\n# y = 1\n# ///\n\n# /// script\n# x = 1\n# ///\n", "second one at line 5"),
        ("# /// script\n# dependencies = []\n", "not closed"),
    ],
)
def test_a_broken_block_is_one_clear_error(folder, block, says):
    assert says in " ".join(refused(folder, {"script.py": block}).why)


@pytest.mark.parametrize(
    "block",
    [
        'dependencies = ["a", "b>=2"]\n',
        'requires-python = ">=3.9"  # why\ndependencies = [\n  "a",  # one "quoted"\n\n  # "gone"\n  "b",\n]\n',
        "dependencies = []\n\n",
        'dependencies=["a#b"]',
        "",
    ],
)
def test_an_ordinary_block_is_read_without_loading_toml(block):
    assert pep723.plain(block) == tomllib.loads(block)


PIECES = st.sampled_from(
    [
        "requires-python",
        "dependencies",
        "x",
        " = ",
        "=",
        "[",
        "]",
        '"',
        '"a"',
        '"b>=2"',
        "'c'",
        ",",
        "\n",
        " ",
        "#",
        "\\",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
@example('dependencies = ["""a"""]')
@example('dependencies = ["a" "b"]')
@example('dependencies = ["a",,]')
@example('dependencies = ["a"] x')
@example('dependencies = ["a"]\ndependencies = ["a"]')
@example('requires-python = ">=3.9" requires-python = "x"')
@example('dependencies = [["a"]]')
@example('"dependencies" = ["a"]')
def test_what_is_read_of_a_block_without_toml_is_what_toml_says(block):
    found = pep723.plain(block)
    if found is not None:
        assert found == tomllib.loads(block)


def test_other_blocks_are_left_alone(folder):
    assert declared(folder, {"script.py": "# /// tool\n# a = 1\n# ///\n"}).where is None


def test_a_requirements_file_is_read_as_pip_does(folder):
    put(
        folder,
        {
            "requirements.txt": """\
# a comment
--index-url http://one/simple
--extra-index-url=http://two/simple
-r more/base.txt
-c limits.txt
Flask>=3  # web
requests[socks] \\
    >=2 ; python_version < "4"
six==1.17.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
git+https://h/p.git@main#egg=p
pkg @ https://h/p.zip#sha256=cc
./local
-e ./editable[x]
--no-binary :all:
""",
            "more/base.txt": "attrs\n-r ../requirements.txt\n./here\n",
            "limits.txt": "flask<4\n",
            "local/pyproject.toml": "",
        },
    )
    put(folder, {"script.py": ""})
    script = scripts.read(folder / "script.py")
    found = script.declared
    assert texts(found) == [
        "attrs", f"{folder}/more/here", "Flask>=3", 'requests[socks]     >=2 ; python_version < "4"', "six==1.17.0",
        "p @ git+https://h/p.git@main#egg=p", "pkg @ https://h/p.zip#sha256=cc", f"{folder}/local", f"-e {folder}/editable[x]",
    ]  # fmt: skip
    assert (found.indexes, found.index_url) == (("http://two/simple",), "http://one/simple")
    assert found.constraints == ("flask<4",)
    assert next(one.hashes for one in found.requirements if one.text == "six==1.17.0") == ("sha256:aaaa", "sha256:bbbb")
    assert {path.name for path in script.inputs} == {"script.py", "requirements.txt", "base.txt", "limits.txt"}
    assert any("--no-binary" in note for note in script.notes)


def test_variables_in_a_requirements_file_are_filled_in(folder, monkeypatch):
    monkeypatch.setenv("INDEX_TOKEN", "t0k")
    put(folder, {"requirements.txt": "-i http://${INDEX_TOKEN}@one/simple\nsix\n"})
    assert declared(folder, {"script.py": ""}).index_url == "http://t0k@one/simple"


def test_what_powershell_writes_is_read(folder):
    (folder / "requirements.txt").write_text("six==1.17.0\r\n", "utf-16")
    assert texts(declared(folder, {"script.py": ""})) == ["six==1.17.0"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("six\nfoo bar\n", "line 2"),
        ("numpy=1.26=py311_0\n", "line 1"),
        ("-r gone.txt\n", "gone.txt"),
        ("six>>1\n", "line 1"),
        ("\0\0\0", "binary"),
    ],
)
def test_a_broken_requirements_file_is_one_clear_error(folder, text, says):
    error = refused(folder, {"script.py": "", "requirements.txt": text})
    assert says in " ".join((error.what, *error.why))


def test_an_empty_requirements_file_declares_nothing_and_counts(folder):
    found = declared(folder, {"script.py": "# pip install six\n", "requirements.txt": "# none\n"})
    assert (found.requirements, found.via, found.where) == ((), "requirements", "`requirements.txt`")


def test_requirements_above_the_package_count(folder):
    found = declared(
        folder, {"requirements.txt": "six\n", "app/__init__.py": "", "app/__main__.py": ""}, "app/__main__.py"
    )
    assert texts(found) == ["six"]


def test_the_nearest_project_that_contains_the_script_counts_and_is_named(folder):
    found = declared(
        folder,
        {"pyproject.toml": PROJECT, "tools/inner/pyproject.toml": "[tool.ruff]\n", "tools/inner/x.py": ""},
        "tools/inner/x.py",
    )
    assert texts(found) == ["attrs>=23", "six"]
    assert found.requires_python == ">=3.10"
    assert found.where == f"`{folder / 'pyproject.toml'}`"
    assert [one.line for one in found.requirements] == [5, 5]


def test_a_project_far_above_or_beyond_the_repository_does_not_count(folder):
    put(folder, {"pyproject.toml": PROJECT})
    assert declared(folder, {"a/b/c/d/e/f/x.py": ""}, "a/b/c/d/e/f/x.py").where is None
    put(folder, {"inner/.git/HEAD": ""})
    assert declared(folder, {"inner/x.py": ""}, "inner/x.py").where is None


def test_home_is_nobody_s_project(folder, monkeypatch):
    put(folder, {"pyproject.toml": PROJECT})
    monkeypatch.setenv("HOME", str(folder))
    assert declared(folder, {"notes/x.py": ""}, "notes/x.py").where is None
    assert declared(folder, {"x.py": ""}, "x.py").where is not None


def test_a_folder_that_everybody_writes_to_is_nobody_s_project(folder):
    put(folder, {"pyproject.toml": PROJECT, "mine/x.py": ""})
    folder.chmod(0o1777)
    assert scripts.read(folder / "mine/x.py").declared.where is None


def test_dependencies_that_setuptools_takes_from_a_file_are_read(folder):
    project = '[project]\nname = "a"\ndynamic = ["version", "dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["deps.in"]}\n'
    assert texts(declared(folder, {"x.py": "", "pyproject.toml": project, "deps.in": "six\n"}, "x.py")) == ["six"]


def test_poetry_s_table_is_read(folder):
    table = """\
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2.31"
rich = {version = "~13.2", extras = ["x"]}
extra = {version = "1", optional = true}
tool = {git = "https://h/t.git", rev = "abc"}
any = "*"
"""
    found = declared(folder, {"x.py": "", "pyproject.toml": table}, "x.py")
    assert texts(found) == ["requests>=2.31,<3", "rich[x]>=13.2,<13.3", "tool @ git+https://h/t.git@abc", "any"]
    assert found.requires_python == ">=3.9,<4"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("^1.2.3", ">=1.2.3,<2"), ("^0.2.3", ">=0.2.3,<0.3"), ("^0.0.3", ">=0.0.3,<0.0.4"), ("^0", ">=0,<1"), ("~1.2", ">=1.2,<1.3"), ("~1", ">=1,<2"),
     ("1.*", "==1.*"), (">=1, <2", ">=1,<2"), ("1.2", "==1.2"), ("*", ""), ("~=1.4", "~=1.4"), ("^1 || ^2", ">=1,<2")],
)  # fmt: skip
def test_poetry_s_constraints_become_specifiers(written, expected):
    assert specifiers(written) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[project\n",
        "[project]\ndependencies = 3\n",
        "[project]\ndependencies = ['a b']\n",
        "[project]\nrequires-python = 3\n",
    ],
)
def test_a_broken_project_is_one_clear_error(folder, text):
    assert "pyproject.toml" in refused(folder, {"x.py": "", "pyproject.toml": text}, "x.py").what


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pip install requests", ["requests"]),
        ("$ pip install requests beautifulsoup4", ["requests", "beautifulsoup4"]),
        ("pip3 install -U --user requests", ["requests"]),
        ("python3 -m pip install 'httpx[http2]>=0.27'", ["httpx[http2]>=0.27"]),
        ("python -m pip install -r requirements.txt", []),
        ("pip install -i http://x/simple requests", ["requests", "--extra-index-url http://x/simple"]),
        ("Install it with `pip install python-docx` first.", ["python-docx"]),
        ("Requires: pip install pillow numpy before you run it", ["pillow", "numpy"]),
        ("pip install pandas, numpy", ["pandas", "numpy"]),
        ("pip install pandas.", ["pandas"]),
        ("(pip install rich)", ["rich"]),
        ("pip install six && pip install rich", ["six", "rich"]),
        ("pip install six; python x.py", ["six"]),
        ("pip install git+https://h/p.git", ["git+https://h/p.git"]),
        ("pip install <package>", []),
        ("pip install the package", []),
        ("uv add rich", ["rich"]),
        ("uv pip install rich", ["rich"]),
        ("pip uninstall rich", []),
        ("pip is installed", []),
        ("we pip installed it", []),
        ("apt install python3-pip", []),
        ("pip install", []),
    ],
)
def test_install_lines_are_read(line, found):
    assert list(pip_lines.requirements_of(line)) == found


def test_install_lines_count_in_comments_docstrings_and_commands_and_not_in_messages(folder):
    source = '''
"""A tool.

    pip install docstring-one
"""
# pip install comment-one
import os, sys
os.system("pip install command-one")
try:
    import x
except ImportError:
    print("pip install message-one")
    sys.exit(1)
def f():
    "pip install docstring-two"
'''
    found = declared(folder, {"script.py": source})
    assert texts(found) == ["docstring-one", "comment-one", "command-one", "docstring-two"]
    assert [one.line for one in found.requirements] == [4, 6, 8, 15]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param("pkg @ https://h/p.zip#egg=pkg\n", [Line("pkg @ https://h/p.zip#egg=pkg", 1)], id="fragment kept"),
        pytest.param("a \\\n  b\n\nc # x\n", [Line("a   b", 1), Line("c", 4)], id="continued"),
        pytest.param("# only\n   \n", [], id="nothing"),
        pytest.param("a\\", [Line("a", 1)], id="open end"),
        pytest.param("# x \\\na\n", [Line("a", 2)], id="a comment does not go on"),
    ],
)
def test_logical_lines(source, lines):
    assert list(logical_lines(source)) == lines


@given(st.text())
def test_any_text_is_logical_lines(source):
    assert all(line.text and line.number >= 1 for line in logical_lines(source))


def quietly(function, *arguments, **keywords) -> None:
    try:
        function(*arguments, **keywords)
    except RoostError as error:
        assert error.why or error.what  # noqa: PT017  # an error that says why is as right as an answer


def made(tmp_path_factory):
    """Give a folder of its own: what lies above other tests' folders would count for their scripts."""
    folder = tmp_path_factory.getbasetemp() / "any-text"
    folder.mkdir(exist_ok=True)
    return folder


@given(st.text(alphabet="-rceif=[]>~<. \n#\\;@/abc019'\"$&{}", max_size=80))
def test_any_requirements_file_is_read_or_one_error(tmp_path_factory, text):
    path = made(tmp_path_factory) / "requirements.txt"
    path.write_text(text)
    quietly(requirements.read, path)


@given(st.text(alphabet="# /script\ndependencies = []\"'>1.[tool.uv]", max_size=120))
def test_any_block_is_read_or_one_error(text):
    quietly(pep723.read, f"# /// script\n{text}\n# ///\n", name="x.py", folder="/")


@given(st.text(alphabet="[project]\ndependencies = []\"'tool.poetry^~1{}", max_size=120))
def test_any_project_is_read_or_one_error(tmp_path_factory, text):
    path = made(tmp_path_factory) / "pyproject.toml"
    path.write_text(text)
    quietly(pyproject.read, path)


@given(st.text(max_size=80))
def test_any_line_has_install_lines_or_none(text):
    assert isinstance(pip_lines.requirements_of(f"pip install {text}"), tuple)
    specifiers(text)


@pytest.mark.parametrize(
    "line",
    [
        "# pip install soup --extra-index-url https://own/simple",
        "# pip install --index-url=https://own/simple soup",
        "# pip install -i 'https://own/simple' soup",
    ],
)
def test_an_install_line_names_an_index(folder, line):
    found = declared(folder, {"script.py": f"{line}\nimport soup\n"})
    assert ([one.text for one in found.requirements], found.indexes) == (["soup"], ("https://own/simple",))


def test_tables_of_uv_and_roost_name_indexes(folder):
    found = declared(
        folder,
        {
            "script.py": """# /// script
# dependencies = ["soup"]
# [[tool.uv.index]]
# name = "team"
# url = "https://team/simple"
# explicit = true
# [tool.uv.sources]
# Soup = { index = "team" }
# [tool.roost.index]
# url = "https://all/simple"
# extra = ["own=https://own/simple"]
# find-links = ["wheels"]
# pins = { "acme-*" = "own" }
# ///
"""
        },
    )
    assert found.indexes == ("own=https://own/simple", "team=https://team/simple")
    assert (found.index_url, found.explicit) == ("https://all/simple", ("team",))
    assert (found.sources, found.pins) == ((("soup", "team"),), (("acme-*", "own"),))
    assert found.find_links == (str(folder / "wheels"),)


def test_a_repository_cannot_be_editable(folder):
    put(folder, {"requirements.txt": "-e git+https://host/soup.git#egg=soup\n-f wheels\n"})
    found = declared(folder, {"script.py": ""})
    assert [one.text for one in found.requirements] == ["soup @ git+https://host/soup.git#egg=soup"]
    assert found.find_links == (str(folder / "wheels"),)
