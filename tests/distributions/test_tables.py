"""Looking names up in the tables."""

from __future__ import annotations

import subprocess
import sys

import pytest

from roost.distributions import tables


def test_the_longest_dotted_prefix_wins():
    blob = tables.by_prefix("azure.storage.blob.aio")
    assert blob is not None
    assert (blob.prefix, blob.distribution) == ("azure.storage.blob", "azure-storage-blob")


def test_a_curated_line_names_other_providers_and_its_marker():
    cv2, win32 = tables.by_prefix("cv2"), tables.by_prefix("win32api")
    assert cv2 is not None
    assert win32 is not None
    assert "opencv-python-headless" in cv2.others
    assert win32.marker == "sys_platform == 'win32'"
    assert cv2.marker == cv2.note == ""


@pytest.mark.parametrize(
    "module", ["", "numpy", "a" * 300, "zz.zz", "cv3", "cv22", "#", "# Import", "Ünïcode", "google", "-"]
)
def test_what_is_not_in_the_prefix_tables_gives_nothing(module):
    assert tables.by_prefix(module) is None


def test_providers_come_by_rank():
    found = tables.providers("cv2")
    assert found[0].name == "opencv-python"
    assert [known.rank for known in found] == sorted(known.rank for known in found)
    assert tables.providers("surely_nobody_provides_this") == ()


def test_the_check_says_yes_no_or_not_known():
    assert tables.provides("pillow", "PIL") is True
    assert tables.provides("pillow", "cv2") is False
    assert tables.provides("surely-no-such-distribution", "cv2") is None


def test_ranks_are_of_popular_names_only():
    first = tables.rank("requests")
    assert first is not None
    assert first < 100
    assert tables.rank("surely-no-such-distribution") is None


def test_families_suggest_only_distributions_that_provide_the_root():
    assert [known.name for known in tables.suggested("google.cloud.redis")] == ["google-cloud-redis"]
    assert [known.name for known in tables.suggested("flask_login")] == ["flask-login"]
    assert tables.suggested("flask_surely_not_there") == ()
    assert tables.suggested("cv2") == ()


@pytest.mark.parametrize(
    ("module", "program"),
    [("bpy.types", "Blender"), ("maya.cmds", "Maya"), ("idaapi", "IDA Pro"), ("machine", "MicroPython")],
)
def test_modules_of_host_programs_are_named(module, program):
    found = tables.host(module)
    assert found is not None
    assert found.host == program
    assert program in found.sentence


def test_a_host_module_that_is_also_a_distribution_depends_on_what_else_is_imported():
    ujson = tables.host("ujson", beside=("ujson", "machine", "requests"))
    assert ujson is not None
    assert (ujson.host, ujson.distribution) == ("MicroPython", "ujson")
    assert tables.host("ujson", beside=("ujson", "requests")) is None
    assert tables.host("board", beside=("board", "digitalio")) is None
    assert tables.host("json") is None


def test_a_host_module_whose_distribution_is_seldom_meant_stays_the_hosts():
    bpy = tables.host("bpy")
    assert bpy is not None
    assert (bpy.distribution, bpy.when) == ("bpy", "declared")


def test_words_for_own_files_are_told_from_distributions():
    assert all(map(tables.is_common, ("utils", "config", "local_settings", "my_helpers", "test_things")))
    assert not any(map(tables.is_common, ("numpy", "schedule", "rich", "click", "schema", "parse", "tables", "")))


def needs(kind, name, *arguments, imported=(), **keywords):
    rules = [
        rule
        for rule in tables.implicit_rules()
        if rule.kind == kind and rule.matches(name) and rule.applies(frozenset(imported))
    ]
    return {rule.need for rule in rules if rule.holds(arguments, tuple(keywords.items()))}


@pytest.mark.parametrize(
    ("arguments", "keywords", "expected"),
    [
        pytest.param(("a.xlsx",), {}, {"openpyxl"}, id="by suffix"),
        pytest.param(("a.xls",), {}, {"xlrd"}, id="old Excel"),
        pytest.param(("a.ods",), {}, {"odfpy"}, id="OpenDocument"),
        pytest.param((None,), {}, {"openpyxl"}, id="a path that is not literal"),
        pytest.param((), {"io": "a.xls"}, {"xlrd"}, id="the path by keyword"),
        pytest.param(("a.xlsx",), {"engine": "calamine"}, {"python-calamine"}, id="a literal engine"),
        pytest.param(("a.xlsx",), {"engine": None}, set(), id="an engine that is not literal"),
    ],
)
def test_an_excel_file_needs_the_engine_of_its_kind(arguments, keywords, expected):
    assert needs("call", "pandas.read_excel", *arguments, **keywords) == expected


def test_a_method_counts_only_where_its_library_is_imported():
    assert needs("call", ".to_parquet", "a", imported=("pandas",)) == {"pyarrow"}
    assert needs("call", ".to_parquet", "a", imported=("requests",)) == set()


def test_a_backend_that_is_imported_needs_no_other():
    assert needs("import", "keras.layers", imported=("keras",)) == {"tensorflow"}
    assert needs("import", "keras", imported=("keras", "torch")) == set()
    assert needs("import", "keras_tuner", imported=("keras_tuner",)) == set()


def test_patterns_with_a_star_match_whole_names():
    assert needs("call", "networkx.draw_circular") == {"matplotlib"}
    assert needs("call", "networkx.redraw") == set()


@pytest.mark.parametrize(
    ("scheme", "imported", "expected"),
    [
        ("postgresql+psycopg", (), {"psycopg[binary]"}),
        ("mysql+pymysql", (), {"pymysql"}),
        ("postgresql", ("sqlalchemy",), {"psycopg2-binary"}),
        ("postgresql", ("requests",), set()),
        ("redis", ("celery",), {"redis"}),
    ],
)
def test_a_scheme_needs_its_driver(scheme, imported, expected):
    assert needs("url", scheme, imported=imported) == expected


def test_looking_up_imports_little():
    code = (
        "import importlib.util, sys, roost.values\n"
        f"spec = importlib.util.spec_from_file_location('tables', {tables.__file__!r})\n"
        "module = importlib.util.module_from_spec(spec); before = set(sys.modules); spec.loader.exec_module(module)\n"
        "module.by_prefix('cv2'); module.providers('cv2'); module.host('bpy'); print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
