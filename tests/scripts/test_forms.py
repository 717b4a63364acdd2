"""Notebooks, Markdown, archives, standard input: what their program is."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roost import scripts
from roost.errors import Exit, RoostError
from roost.scripts import markdown, notebook
from roost.scripts.magics import translate
from tests.scripts.conftest import kinds, put


def cells(*sources: str, **more: object) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "source": source.splitlines(keepends=True), "outputs": []}
        for source in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made} | more)


def requirements(script: scripts.Script) -> list[str]:
    return [one.text for one in script.declared.requirements]


def test_a_notebook_s_code_cells_make_one_program(read):
    text = json.loads(cells("import numpy as np\n", "import pandas"))
    text["cells"].insert(
        1, {"cell_type": "markdown", "metadata": {}, "source": ["import never\n", "!pip install never"]}
    )
    text["cells"].insert(1, {"cell_type": "raw", "metadata": {}, "source": "import never"})
    script = read(json.dumps(text), "a.ipynb")
    assert kinds(script) == {"numpy": "required", "pandas": "required"}
    assert script.form == "notebook"
    assert script.program == b"import numpy as np\n\nimport pandas\n"
    assert [one.line for one in script.imports] == [1, 3]


@pytest.mark.parametrize(
    "line",
    [
        "!pip install -q 'six>=1' rich",
        "%pip install six>=1 rich",
        "!pip3 install 'six>=1' && pip install rich",
        "!python -m pip install --upgrade six>=1 rich",
        "!{sys.executable} -m pip install six>=1 rich",
        "!uv pip install six>=1 rich",
        "%%bash\npip install six>=1 rich",
        "!pip install \\\n  'six>=1' \\\n  rich",
    ],
)
def test_what_a_notebook_installs_is_declared(read, line):
    script = read(cells(line, "import six"), "a.ipynb")
    assert requirements(script) == ["six>=1", "rich"]
    assert script.declared.via == "pip line"
    assert b"pip install" not in script.program or script.program.count(b"#")
    ast.parse(script.program)


@pytest.mark.parametrize(
    ("source", "program"),
    [
        ("%matplotlib inline\nimport a", "pass  # %matplotlib inline\nimport a"),
        ("%time x = f()", "x = f()"),
        ("y = %timeit -n 3 f()", "y = f()"),
        ("%%time\nimport a\nx = 1", "# %%time\nimport a\nx = 1"),
        ("%%timeit -n 3\n!pip install six\nx", "# %%timeit -n 3\npass  # !pip install six\nx"),
        ("frame?", "# frame?"),
        ("?frame.head", "# ?frame.head"),
        ("%cd data", "__import__(\"os\").chdir('data')"),
        ("%env KEY=value", "__import__(\"os\").environ['KEY'] = 'value'"),
        ("x = 5 % 3\ny = a != b", "x = 5 % 3\ny = a != b"),
        ("x = '''\n!not a command\n%nor magic\n'''", "x = '''\n!not a command\n%nor magic\n'''"),
        ("x = (5\n% 3)", "x = (5\n% 3)"),
        ("if a:\n    !echo {name} done", "if a:\n    __import__(\"subprocess\").run(f'echo {name} done', shell=True)"),
        (
            "files = !ls",
            "files = __import__(\"subprocess\").run('ls', shell=True, stdout=-1, text=True).stdout.splitlines()",
        ),
        ("%%html\n<b>x</b>", "# %%html\n# <b>x</b>"),
    ],
)
def test_magics_are_written_as_python(source, program):
    lines = translate(source, first=1).lines
    assert "\n".join(lines) == program
    ast.parse(program)


def test_a_notebook_s_program_runs_in_plain_python(read, tmp_path):
    script = read(
        cells(
            "%cd .",
            "names = !printf 'a\\nb\\n'",
            "%%writefile made.txt\nhello",
            "print(names, open('made.txt').read().strip())",
            "display(3)",
        ),
        "a.ipynb",
    )
    done = subprocess.run(
        [sys.executable, "-c", script.program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-2:] == ["['a', 'b'] hello", "3"]


def test_old_notebooks_are_read(read):
    document = {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["import six\n"], "language": "python"}]}],
    }
    assert kinds(read(json.dumps(document), "old.ipynb")) == {"six": "required"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("{", "line 1"),
        ("[1, 2]", "no cells"),
        ("{}", "no cells"),
        ('{"cells": 3}', "no cells"),
        (cells("x", metadata={"kernelspec": {"language": "R", "name": "ir"}}), "its language is R"),
        ("[" * 100_000, "nested"),
        (cells("x = '\ud800'"), "half of a character"),
        (cells("!pip install \udfff"), "half of a character"),
    ],
)
def test_what_is_no_notebook_is_one_clear_error(folder, text, says):
    (folder / "a.ipynb").write_text(text)
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / "a.ipynb")
    assert (caught.value.code, caught.value.exit) == ("notebook-broken", Exit.UNREADABLE)
    assert says in caught.value.why[0]


def test_a_syntax_error_in_a_notebook_names_it(folder):
    (folder / "a.ipynb").write_text(cells("import a", "def f(:"))
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / "a.ipynb")
    assert caught.value.code == "syntax-broken"
    assert "line 3" in caught.value.why[0]


ANSWER = """Here it is. First `pip install tabulate`, then:

```bash
$ pip install requests beautifulsoup4
```

```python
import requests
```

Which prints

```
import never  # output
```

and

1. then
   ```py
   from bs4 import BeautifulSoup
   ```

~~~python3 title="x.py"
import rich
~~~
"""


def test_the_python_blocks_of_an_answer_make_one_program_with_its_lines(read):
    script = read(ANSWER, "answer.md")
    assert [(one.module, one.line) for one in script.imports] == [("requests", 8), ("bs4", 21), ("rich", 25)]
    assert requirements(script) == ["tabulate", "requests", "beautifulsoup4"]
    assert ANSWER.count("\n") + 1 == script.program.decode().count("\n")


def test_unlabelled_blocks_count_only_where_no_other_is_python(read):
    assert kinds(read("```\nimport six\nprint(1)\n```\n\n```\nhello\n```\n", "a.md")) == {"six": "required"}


def test_an_earlier_state_of_a_block_is_left_out(read):
    script = read("```python\nimport six\nx = 1\n```\nBetter:\n```python\nimport six\nx = 1\nprint(x)\n```\n", "a.md")
    assert script.program.decode().split() == ["import", "six", "x", "=", "1", "print(x)"]


def test_a_block_that_is_not_closed_is_a_block(read):
    assert kinds(read("text\n```python\nimport six\n", "a.md")) == {"six": "required"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("just prose\n", "no fenced block"),
        ("```js\nlet x\n```\n", "`js`"),
        ("```\nhello world\n```\n", "none of its 1"),
        ("", "no fenced block"),
    ],
)
def test_markdown_without_python_is_one_clear_error(folder, text, says):
    (folder / "a.md").write_text(text)
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / "a.md")
    assert caught.value.code == "not-a-script"
    assert says in caught.value.why[0]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.pyz", b"PK\5\6" + bytes(18), "no Python file"),
        ("cut.zip", b"PK\3\4" + bytes(60), "damaged"),
    ],
)
def test_broken_archives_are_one_clear_error(folder, name, data, says):
    (folder / name).write_bytes(data)
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / name)
    assert (caught.value.code, caught.value.exit) == ("archive-broken", Exit.UNREADABLE)
    assert says in caught.value.why[0]


def test_an_archive_without_main_is_told(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("other.py", "")
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / "a.zip")
    assert "`__main__.py`" in caught.value.why[0]


def test_an_archive_that_unpacks_to_too_much_is_refused(folder):
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__main__.py", "#" * (45 * 2**20))
    with pytest.raises(RoostError) as caught:
        scripts.read(folder / "a.zip")
    assert "more than" in caught.value.why[0]


@pytest.mark.parametrize("name", ["tool", "tool.txt", "tool.pyw", "TOOL.PY"])
def test_any_name_may_hold_python(read, name):
    assert kinds(read("#!/usr/bin/env -S roost run\nimport six\n", name)) == {"six": "required"}


def test_standard_input_knows_the_modules_of_its_folder_and_only_its_own_declarations(folder):
    put(folder, {"helper.py": "import rich\n", "requirements.txt": "never\n"})
    data = b"# pip install six\nimport six, helper\n"
    script = scripts.read_text(data, name="<stdin>", form="stdin", folder=folder)
    assert {one.module for one in script.imports} == {"six", "helper", "rich"}
    assert (script.path, script.program, requirements(script)) == (None, data, ["six"])


def test_a_program_that_is_too_large_for_a_pipe_is_read_by_its_head(folder):
    data = b"import six\n" + b"x = 1\n" * 1_000_000
    script = scripts.read_text(data, name="<stdin>", form="stdin", folder=folder)
    assert script.truncated
    assert kinds(script) == {"six": "required"}


@pytest.mark.parametrize("name", ["", "a b", "a/b.py", "a..b", "-x"])
def test_what_is_no_module_s_name_is_told(folder, name):
    with pytest.raises(RoostError) as caught:
        scripts.read_module(name, folder=folder)
    assert caught.value.exit == Exit.UNREADABLE


def test_names_with_odd_characters_are_read(read):
    for name in ("with blank.py", "quote'\".py", "new\nline.py", "-x.py", "grün.py", os.fsdecode(b"\xff.py")):
        assert kinds(read("import six\n", name)) == {"six": "required"}


@given(st.text(max_size=200))
def test_any_markdown_is_blocks(text):
    lines = text.split("\n")
    for block in markdown.blocks(text):
        assert 1 <= block.first <= len(lines) + 1
        assert len(block.lines) <= len(lines)


@given(st.lists(st.text(alphabet="!%?x =\n\"'({\\pipnstal#", max_size=60), max_size=3))
def test_any_cell_is_translated_line_by_line(sources):
    for source in sources:
        assert len(translate(source, first=1).lines) == source.count("\n") + 1


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["\ud800", "print(1)"]), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["cells", "worksheets", "source", "input", "cell_type", "metadata", "kernelspec", "language"]), inner | st.just("code"), max_size=4), max_leaves=12))  # fmt: skip
@example({"worksheets": [{"cells": 1}, {"cells": None}, 3]})
@example({"worksheets": [{"cells": {"cell_type": "code"}}]})
def test_any_json_is_a_notebook_or_an_error(document):
    try:
        program, installs, _ = notebook.convert(json.dumps(document), "a.ipynb")
    except RoostError as error:
        assert error.code == "notebook-broken"  # noqa: PT017  # both ends are right
    else:
        assert program.encode().endswith(b"\n")
        assert installs == []
