"""The Pythons that can parse and run a script."""

from __future__ import annotations

import ast
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost import scripts
from roost.home import locate
from roost.scripts import dialects, lexer, python2, pythons, stdlib
from tests.scripts.conftest import kinds


@pytest.mark.parametrize(
    ("source", "specifier"),
    [
        ("import os, six\n", ""),
        ("import tomllib\n", ">=3.11"),
        ("import imp\n", "<3.12"),
        ("import asyncore, tomllib\nfrom distutils.version import LooseVersion\n", ">=3.11,<3.12"),
        ("import cgi\n", "<3.13"),
        ("from typing import override\n", ">=3.12"),
        ("from itertools import pairwise\n", ">=3.10"),
        ("from collections import Mapping\n", "<3.10"),
        ("from importlib import metadata\n", ">=3.8"),
        ("import importlib.resources, zoneinfo\n", ">=3.9"),
        ("import math\nmath.lcm(1, 2)\n", ">=3.9"),
        ("from fractions import gcd\n", "<3.9"),
        ("if (n := 3): pass\n", ">=3.8"),
        ("def f(a, /): pass\n", ">=3.8"),
        ("match x:\n    case 1: pass\n", ">=3.10"),
        ("try: pass\nexcept* OSError: pass\n", ">=3.11"),
        ("type X = int\n", ">=3.12"),
        ("def f[T](x: T) -> T: return x\n", ">=3.12"),
        ('print(f"{a["b"]}")\n', ">=3.12"),
        ("class A[T = int]: pass\n", ">=3.13"),
        ("x = t'{a}'\n", ">=3.14"),
        ("try: pass\nexcept ValueError, TypeError: pass\n", ">=3.14"),
        ("import asyncio\nasyncio.async(f())\n", "<3.7"),
        ("import sys\nif sys.version_info < (3, 9):\n    sys.exit('no')\n", ">=3.9"),
    ],
)  # fmt: skip
def test_syntax_and_library_bound_the_pythons(read, source, specifier):
    script = read(source)
    assert script.python.specifier == specifier
    assert script.python.python2 is None
    assert len(script.python.reasons) == len([part for part in specifier.split(",") if part])


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import imp\nexcept ImportError:\n    imp = None\n",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n",
        "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n",
        "import sys\nif sys.version_info < (3, 12):\n    import distutils\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import override\n",
        "try:\n    from collections import Mapping\nexcept ImportError:\n    from collections.abc import Mapping\n",
    ],
)
def test_what_the_script_can_do_without_does_not_narrow(read, source):
    assert read(source).python.specifier == ""


def test_a_local_module_of_the_same_name_does_not_narrow(read, folder):
    (folder / "imp.py").write_text("")
    assert read("import imp\n").python.specifier == ""


def test_a_distribution_that_brings_a_module_back_does_not_narrow(read, folder):
    (folder / "requirements.txt").write_text("setuptools\nlegacy_cgi\nstandard-imghdr\n")
    assert read("import distutils.core, cgi, imghdr\n").python.specifier == ""


def test_a_local_module_that_is_needed_narrows(read, folder):
    (folder / "helper.py").write_text("import tomllib\n")
    script = read("import helper\n")
    assert script.python.specifier == ">=3.11"
    assert "helper.py" in script.python.reasons[0]


def test_what_is_only_reached_perhaps_gives_way(read):
    assert read("import tomllib\ndef f():\n    import binhex\n").python.specifier == ">=3.11"


def test_bounds_that_exclude_each_other_are_told(read):
    script = read("import tomllib, binhex\n")
    assert script.python.specifier == ">=3.11"
    assert any("no Python can run all of it" in note for note in script.notes)


@pytest.mark.parametrize(
    ("wanted", "source", "specifier"),
    [
        (">=3.10", "import six\n", ">=3.10"),
        (">=3.10", "import imp\n", ">=3.10,<3.12"),
        (">=3.10", "if (n := 1): pass\n", ">=3.10"),
        (">=3.13", "import imp\n", ">=3.13"),
        ("~=3.11.0", "import tomllib\n", "~=3.11.0"),
        ("nonsense", "import tomllib\n", ">=3.11"),
    ],
)
def test_what_the_author_wants_is_narrowed_never_widened(read, wanted, source, specifier):
    script = read(f'# /// script\n# requires-python = "{wanted}"\n# ///\n{source}')
    assert script.python.specifier == specifier


PYTHON2 = """\
import urllib2, ConfigParser
try:
    import json
except ImportError, e:
    import simplejson as json
def f(a, (b, c)):
    print >>out, "x", `a`
    if a <> b: raise ValueError, "no"
    os.chmod(p, 0755); n = 10L
    exec "x = 1" in d
print "done %s" % ur"a", b
"""


def test_python_2_is_recognised_and_still_read(read):
    script = read(PYTHON2)
    assert script.python.python2 == "`except …, name:` at line 4"
    assert kinds(script) == {
        "urllib2": "required",
        "ConfigParser": "required",
        "json": "alternative",
        "simplejson": "alternative",
    }


@pytest.mark.parametrize(
    "line",
    ['print "a"', "print a, b", 'print >>f, "a"', 'print("a") % b, c', "exec code in d", "raise E, 'x'", "x = `y`", "a <> b", "x = 0777", "x = 10L", "x = ur'a'",
     "try:\n    pass\nexcept (A, B), e:\n    pass", "if a:\n\tx = 1\nif b:\n        y = 1\n\tz = 2"],
)  # fmt: skip
def test_every_mark_of_python_2_is_enough(line):
    try:
        ast.parse(line)
    except SyntaxError:
        assert python2.rewritten(f"import six\n{line}\n") is not None  # only what Python 3 refuses


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n",
        "x = = 1\n",
        "this is prose, not code\n",
        "if True\n    x\n",
        "print('a'\n",
        "x = 'abc\n",
        "class\n",
        "import\n",
    ],
)
def test_what_is_broken_is_not_taken_for_another_python(source):
    assert dialects.other(source, file=None, interpreters=None) is None


def test_a_newer_python_of_the_machine_reads_what_only_it_can(folder):
    newer = [one for one in pythons.installed(locate(), os.environ) if one.version[:2] >= (3, 12)]
    if not newer:
        pytest.skip("there is no newer Python here")
    path = folder / "script.py"
    path.write_text(
        'type X = int\nimport pandas as pd\nprint(f"{pd.read_excel("a.xlsx")}")\nimport os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), "lib"))\nimport helper\n'
    )
    (folder / "lib").mkdir()
    (folder / "lib/helper.py").write_text("import six\n")
    without = scripts.read(path)
    script = scripts.read(path, interpreters=lambda: newer)
    assert script.python == without.python
    assert script.python.specifier == ">=3.12"
    assert (
        [one.module for one in script.imports]
        == [one.module for one in without.imports]
        == ["pandas", "os", "sys", "helper", "six"]
    )
    assert "pandas.read_excel" in {one.name for one in script.calls}


def test_our_own_python_is_enough_for_most():
    asked: list[int] = []
    scripts.read_text(
        b"import six\n", name="-c", form="command", folder=locate().data, interpreters=lambda: asked.append(1) or ()
    )
    assert asked == []


@pytest.mark.parametrize(
    ("module", "life"),
    [
        ("json", (None, None)), ("tomllib", ("3.11", None)), ("imp", (None, "3.12")), ("distutils.core", (None, "3.12")),
        ("importlib.metadata", ("3.8", None)), ("xml.etree.ElementTree", (None, None)), ("requests", None), ("urllib2", None), ("telnetlib", (None, "3.13")),
    ],
)  # fmt: skip
def test_the_life_of_library_modules_is_known(module, life):
    assert stdlib.lifetime(module) == life


@pytest.mark.parametrize(
    ("module", "now"),
    [
        ("urllib2", "urllib.request"),
        ("ConfigParser", "configparser"),
        ("Tkinter", "tkinter"),
        ("requests", None),
        ("json", None),
    ],
)
def test_where_python_2_s_modules_went_is_known(module, now):
    assert stdlib.python2(module) == now


def test_the_table_knows_our_own_library():
    import sys

    unknown = {name for name in sys.stdlib_module_names if stdlib.lifetime(name) is None}
    assert unknown == set()


@given(st.text(alphabet="fFrtbu'\"{}\\#\n abc:!", max_size=60))
def test_any_text_has_strings_and_comments_in_order(text):
    found = list(lexer.pieces(text))
    at = 0
    for piece in found:
        assert at <= piece.start < piece.end <= len(text)
        at = piece.end
    shape = lexer.blanked(text, found)
    assert len(shape) == len(text)
    assert shape.count("\n") == text.count("\n")


@given(st.text(alphabet="print execaise except,:`<>07L()\"'\n\tXy=", max_size=80))
def test_any_text_is_another_python_s_or_none(text):
    reading = dialects.other(text, file=None, interpreters=None)
    assert reading is None or reading.python2 or reading.floor or reading.ceiling
