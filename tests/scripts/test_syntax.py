"""What a tree says: imports and how they matter, calls, addresses."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.scripts.seen import Seen
from roost.scripts.syntax import walk


def seen(source: str, file: str | None = "/place/script.py") -> Seen:
    return walk(ast.parse(dedent(source)), file=file)


def imports(source: str) -> list[tuple[str, str]]:
    return [(one.module, one.kind) for one in seen(source).imports]


def marker(test: str) -> str | None:
    return seen(f"import sys, os, platform\nif {test}:\n    import x\n").imports[-1].marker


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        pytest.param("x = None", "optional", id="a fallback is assigned"),
        pytest.param("pass", "optional", id="passed over"),
        pytest.param("print('no colours')", "optional", id="said and gone on"),
        pytest.param("raise", "required", id="raised again"),
        pytest.param("raise SystemExit('pip install x')", "required", id="raised as an exit"),
        pytest.param("print('install x'); sys.exit(1)", "required", id="printed and left"),
        pytest.param("print('install x'); exit()", "required", id="left by exit"),
        pytest.param("os._exit(3)", "required", id="left at once"),
        pytest.param("import traceback; traceback.print_exc(); sys.exit(1)", "required", id="shown and left"),
        pytest.param("os.system('pip install x'); import x", "required", id="installed and imported again"),
        pytest.param(
            "subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])", "required", id="installed"
        ),
        pytest.param("import y as x", "alternative", id="another one is imported"),
        pytest.param("import logging; logging.warning('slow'); x = None", "optional", id="a helper is no alternative"),
    ],
)
def test_an_import_in_a_try_is_needed_unless_the_handler_copes(handler, kind):
    source = f"import sys, os, subprocess\ntry:\n    import x\nexcept ImportError:\n    {handler}\n"
    assert imports(source)[3] == ("x", kind)


@pytest.mark.parametrize(
    "clause", ["ImportError", "ModuleNotFoundError", "(ImportError, AttributeError)", "builtins.ImportError"]
)
def test_every_way_to_catch_an_import_error_counts(clause):
    assert imports(f"try:\n    import x\nexcept {clause}:\n    x = None\n") == [("x", "optional")]


@pytest.mark.parametrize("clause", ["ValueError", "(OSError, KeyError)"])
def test_other_errors_do_not_make_an_import_optional(clause):
    assert imports(f"try:\n    import x\nexcept {clause}:\n    x = None\n") == [("x", "required")]


def test_a_clause_for_every_error_counts_only_when_it_was_written_for_the_import():
    assert imports("try:\n    import x\nexcept Exception:\n    x = None\n") == [("x", "optional")]
    assert imports("try:\n    import x\nexcept:\n    pass\n") == [("x", "optional")]
    around_everything = """
        try:
            import x
            data = x.load('a')
            print(data)
        except Exception as error:
            print('failed', error)
    """
    assert imports(around_everything) == [("x", "required")]


def test_alternatives_share_a_group_in_the_order_they_are_tried():
    source = """
        try:
            import orjson as json
        except ImportError:
            try:
                import ujson as json
            except ImportError:
                import json
        try:
            from lxml import etree
        except ImportError:
            from xml.etree import ElementTree as etree
    """
    assert [(one.module, one.kind, one.group) for one in seen(source).imports] == [
        ("orjson", "alternative", 1),
        ("ujson", "alternative", 1),
        ("json", "alternative", 1),
        ("lxml", "alternative", 2),
        ("xml.etree", "alternative", 2),
    ]


def test_one_of_two_is_needed_when_the_last_handler_leaves():
    source = """
        try:
            import a as x
        except ImportError:
            try:
                import b as x
            except ImportError:
                sys.exit('install a or b')
    """
    assert [(one.module, one.kind, one.group) for one in seen(source).imports] == [
        ("a", "alternative", 1),
        ("b", "alternative", 1),
    ]


def test_both_are_optional_when_the_last_handler_copes_with_neither():
    source = """
        try:
            import a as x
        except ImportError:
            try:
                import b as x
            except ImportError:
                x = None
    """
    assert imports(source) == [("a", "optional"), ("b", "optional")]


def test_what_needs_an_optional_import_is_optional_too():
    assert imports(
        "try:\n    import a\nexcept ImportError:\n    pass\nelse:\n    import b\nfinally:\n    import c\n"
    ) == [
        ("a", "optional"),
        ("b", "optional"),
        ("c", "required"),
    ]


@pytest.mark.parametrize("name", ["ImportError", "ModuleNotFoundError", "Exception"])
def test_a_suppressed_import_error_makes_optional(name):
    assert imports(f"from contextlib import suppress\nwith suppress({name}):\n    import x\n")[1] == ("x", "optional")


@pytest.mark.parametrize(
    "test", ["TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING", "False", "0", "TYPE_CHECKING and x"]
)
def test_imports_for_type_checkers_are_typing(test):
    source = (
        f"import typing, typing as t\nfrom typing import TYPE_CHECKING\nif {test}:\n    import a\nelse:\n    import b\n"
    )
    assert imports(source)[3:] == [("a", "typing"), ("b", "required")]


def test_a_constant_that_pretends_type_checking_counts():
    assert imports("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import a\n") == [("a", "typing")]


def test_imports_in_functions_are_lazy_and_those_in_classes_and_under_main_are_not():
    source = """
        def f():
            import a
            try:
                import b
            except ImportError:
                b = None
        async def g():
            import c
        class K:
            import d
            def m(self):
                import e
        if __name__ == "__main__":
            import f
    """
    assert imports(source) == [
        ("a", "lazy"),
        ("b", "optional"),
        ("c", "lazy"),
        ("d", "required"),
        ("e", "lazy"),
        ("f", "required"),
    ]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("sys.platform == 'win32'", "sys_platform == 'win32'"),
        ("'win32' == sys.platform", "sys_platform == 'win32'"),
        ("sys.platform != 'darwin'", "sys_platform != 'darwin'"),
        ("sys.platform.startswith('win')", "sys_platform == 'win32'"),
        ("sys.platform.startswith('linux')", "sys_platform == 'linux'"),
        ("not sys.platform.startswith('win')", "sys_platform != 'win32'"),
        ("'win' in sys.platform", "sys_platform == 'win32'"),
        ("sys.platform in ('win32', 'cygwin')", "sys_platform == 'win32' or sys_platform == 'cygwin'"),
        ("sys.platform not in ['win32']", "sys_platform != 'win32'"),
        ("os.name == 'nt'", "os_name == 'nt'"),
        ("platform.system() == 'Windows'", "platform_system == 'Windows'"),
        ("platform.system().lower() == 'darwin'", "platform_system == 'Darwin'"),
        ("platform.machine() == 'arm64'", "platform_machine == 'arm64'"),
        ("platform.python_implementation() == 'PyPy'", "platform_python_implementation == 'PyPy'"),
        ("sys.version_info >= (3, 11)", "python_version >= '3.11'"),
        ("sys.version_info > (3, 8)", "python_version >= '3.8'"),
        ("(3, 9) <= sys.version_info", "python_version >= '3.9'"),
        ("sys.version_info[:2] > (3, 8)", "python_version > '3.8'"),
        ("sys.version_info < (3,)", "python_version < '3'"),
        ("sys.version_info[0] == 2", "python_version < '3'"),
        ("sys.version_info[0] >= 3", "python_version >= '3'"),
        ("sys.version_info.major == 3", "python_version >= '3'"),
        ("sys.version_info.minor >= 10", "python_version >= '3.10'"),
        ("sys.version_info >= (3, 8) and os.name == 'posix'", "python_version >= '3.8' and os_name == 'posix'"),
        ("os.name == 'nt' or sys.platform == 'cygwin'", "os_name == 'nt' or sys_platform == 'cygwin'"),
        ("debug and os.name == 'nt'", "os_name == 'nt'"),
        ("debug or os.name == 'nt'", None),
        ("debug", None),
    ],
)
def test_conditions_become_markers(test, expected):
    assert marker(test) == expected


def test_else_is_the_opposite():
    source = """
        import sys, os
        if sys.platform == "win32" and sys.version_info >= (3, 8):
            import a
        elif os.name == "posix":
            import b
        else:
            import c
    """
    found = seen(source).imports[2:]
    assert [one.kind for one in found] == ["conditional"] * 3
    assert found[1].marker == "(sys_platform != 'win32' or python_version < '3.8') and os_name == 'posix'"
    assert found[2].marker == "(sys_platform != 'win32' or python_version < '3.8') and os_name != 'posix'"


def test_flags_stand_for_their_condition():
    source = """
        import sys, platform
        WINDOWS = sys.platform == "win32"
        PY3 = sys.version_info[0] == 3
        SYSTEM = platform.system()
        if WINDOWS:
            import a
        if not PY3:
            import b
        if SYSTEM == "Darwin":
            import c
    """
    assert [one.marker for one in seen(source).imports[2:]] == [
        "sys_platform == 'win32'",
        "python_version < '3'",
        "platform_system == 'Darwin'",
    ]


@pytest.mark.parametrize(
    ("call", "modules"),
    [
        ("importlib.import_module('a.b')", ["a.b"]),
        ("import_module('a')", ["a"]),
        ("__import__('a')", ["a"]),
        ("__import__('a' + '.b')", ["a.b"]),
        ("__import__('.'.join(['a', 'b']))", ["a.b"]),
        ("__import__(f'{BASE}.c')", ["base.c"]),
        ("__import__(BASE)", ["base"]),
        ("importlib.import_module('.sub', 'pkg')", ["pkg.sub"]),
        ("importlib.import_module('..sub', package='pkg.inner')", ["pkg.sub"]),
        ("[importlib.import_module(m) for m in names]", []),
        ("__import__(unknown)", []),
        ("__import__('no name')", []),
        ("importlib.util.find_spec('a')", []),
    ],
)
def test_literal_dynamic_imports_are_found(call, modules):
    source = f"import importlib\nfrom importlib import import_module\nBASE = 'base'\n{call}\n"
    found = [one for one in seen(source).imports if one.dynamic]
    assert [one.module for one in found] == modules


def test_a_loop_over_literals_imports_each():
    source = """
        import importlib
        NEEDED = {"cv2": "opencv-python", "yaml": "pyyaml"}
        for name in ["numpy", "pandas"]:
            importlib.import_module(name)
        for module, package in NEEDED.items():
            __import__(module)
    """
    assert [one.module for one in seen(source).imports if one.dynamic] == ["numpy", "pandas", "cv2", "yaml"]


def test_calls_are_named_in_full_below_an_import_and_by_method_otherwise():
    source = """
        import pandas as pd
        from sqlalchemy import create_engine as make
        frame = pd.read_excel("a.xlsx", engine="calamine", sheet_name=n)
        frame.to_parquet("b.parquet")
        frame.plot.bar()
        make(url)
        len("abc")
    """
    calls = {name: (arguments, keywords) for name, _, arguments, keywords in seen(source).calls}
    assert calls["pandas.read_excel"] == (("a.xlsx",), (("engine", "calamine"), ("sheet_name", None)))
    assert calls[".to_parquet"] == (("b.parquet",), ())
    assert ".plot" in calls
    assert "sqlalchemy.create_engine" in calls
    assert "len" not in calls


def test_addresses_give_their_scheme_and_no_password():
    found = seen(
        'import db\nA = "postgresql+psycopg2://me:secret@host/x"\ndb.connect("mysql://me:secret@h")\nB = "https://x.org/"\nC = f"redis://{h}"\n'
    )
    assert found.urls == [("postgresql+psycopg2://", 2), ("mysql://", 3), ("redis://", 5)]
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("change", "folder"),
    [
        ("sys.path.insert(0, 'lib')", "lib"),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))", "/place/lib"),
        ("sys.path.insert(0, os.path.abspath(os.path.join(os.path.dirname(__file__), '..')))", "/place/.."),
        ("sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))", "/"),
        ("sys.path.append(str(Path(__file__).parent / 'lib'))", "/place/lib"),
        ("sys.path.append(str(Path(__file__).resolve().parents[1] / 'src'))", "/src"),
        ("sys.path.append(HERE + '/lib')", "/place/lib"),
        ("sys.path[0:0] = ['lib']", "lib"),
        ("sys.path += ['lib']", "lib"),
        ("sys.path = ['lib'] + sys.path", "lib"),
        ("sys.path.extend(['lib'])", "lib"),
        ("sys.path.append(f'{HERE}/lib')", "/place/lib"),
        ("site.addsitedir('lib')", "lib"),
    ],
)
def test_literal_changes_of_the_path_are_worked_out(change, folder):
    source = f"import os, sys, site\nfrom pathlib import Path\nHERE = os.path.dirname(__file__)\n{change}\n"
    assert [path for path, _ in seen(source).paths] == [folder]


@pytest.mark.parametrize(
    "change", ["sys.path.append(sys.argv[1])", "sys.path.append(os.environ['LIB'])", "sys.path.remove('x')"]
)
def test_changes_that_only_running_would_tell_are_left_alone(change):
    assert seen(f"import os, sys\n{change}\n").paths == []


def test_installs_in_code_are_found():
    source = """
        import os, pip, subprocess, sys
        def install(package):
            subprocess.check_call([sys.executable, "-m", "pip", "install", package])
        os.system("pip install a")
        subprocess.run([sys.executable, "-m", "pip", "install", "b>=1", "-q"])
        install("c")
        for name in ("d", "e"):
            install(name)
        NEEDED = ["f", "g"]
        subprocess.check_call([sys.executable, "-m", "pip", "install"] + NEEDED)
        subprocess.check_call([sys.executable, "-m", "pip", "install", *NEEDED])
        os.system(f"{sys.executable} -m pip install h")
        pip.main(["install", "i"])
    """
    lines = [line for line, _ in seen(source).installs]
    assert lines == [
        "pip install a", "python -m pip install 'b>=1' -q", "pip install c", "pip install d", "pip install e",
        "python -m pip install f g", "python -m pip install f g", "python -m pip install h",
        "pip install i",
    ]  # fmt: skip


def test_a_check_of_the_version_is_noted():
    assert seen("import sys\nif sys.version_info < (3, 9):\n    sys.exit('too old')\n").guards == [(">=", "3.9", 2)]
    assert seen("import sys\nassert sys.version_info >= (3, 10)\n").guards == [(">=", "3.10", 2)]


def test_thousands_of_elifs_are_walked_without_recursion():
    source = "if a == 0:\n    import x0\n" + "".join(f"elif a == {n}:\n    import x{n}\n" for n in range(1, 900))
    tree = ast.parse(source)
    assert len(walk(tree, file=None).imports) == 900


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(alphabet="import fromas.x=()[]{}:,\n 'f\"*sys.path+3<>ortyexceptImportError", max_size=120))
def test_any_tree_is_walked(source):
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError):
        return
    assert all(one.line >= 1 for one in walk(tree, file="/x.py").imports)
