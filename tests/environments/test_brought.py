"""What wheels bring is looked at before an environment is ready: what nobody chose may not run at every start, or stand in another's place."""

from __future__ import annotations

import pytest

from roost import environments
from roost.distributions import Options, Requirement, trust
from roost.distributions.lock import lock
from roost.environments import manifest, startup
from roost.environments.brought import HarmfulDistribution
from tests.archives.made import tarred
from tests.environments.conftest import run

CODE = "import os; os.environ['PLANTED'] = 'yes'\n"
SETUPTOOLS = (
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    "enabled and __import__('_distutils_hack').add_shim(); "
)
NAMESPACE = (
    "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('zope',));"
    "importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
    "m = has_mfs and sys.modules.setdefault('zope', importlib.util.module_from_spec("
    "importlib.machinery.PathFinder.find_spec('zope', [os.path.dirname(p)])));"
    "m = m or sys.modules.setdefault('zope', types.ModuleType('zope'));mp = (m or []) and m.__dict__.setdefault('__path__',[]);"
    "(p not in mp) and mp.append(p)"
)


BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "pantry-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("pantry.pth", os.getcwd() + chr(10))
        wheel.writestr("pantry-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: pantry\\nVersion: 1.0\\n")
        wheel.writestr("pantry-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: it\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("pantry-1.0.dist-info/RECORD", "pantry.pth,,\\npantry-1.0.dist-info/METADATA,,\\npantry-1.0.dist-info/WHEEL,,\\npantry-1.0.dist-info/RECORD,,\\n")
    return name

build_wheel = build_editable
"""


def build(room, *names: str, inferred: bool = True, allow: tuple[str, ...] = ()):
    """Build what imports led to, or what was declared."""
    plan = room.plan()
    source = "inferred" if inferred else "declared"
    plan = plan.replace(requirements=tuple(Requirement(name, name, "for the test", source) for name in names))
    options = Options(allow=allow)
    found = lock(plan, home=room.home, settings=room.settings, options=options, report=room.report)
    return environments.ensure(found, home=room.home, settings=room.settings, options=options, report=room.report)


def refusal(room, *names: str, **more) -> str:
    with pytest.raises(HarmfulDistribution) as caught:
        build(room, *names, **more)
    assert room.inside() == []
    assert caught.value.exit == 77
    return caught.value.why[0]


@pytest.mark.thorough
def test_code_that_would_run_at_every_start_is_refused_where_only_an_import_led_to_it(index, room):
    index.add("soup", modules={"soup.py": "", "soup.pth": CODE})
    assert refusal(room, "soup") == "`soup` has `soup.pth`, whose code runs at every start of Python"
    with pytest.raises(HarmfulDistribution) as caught:
        build(room, "soup")
    assert caught.value.why[1] == "nobody declared `soup`: an import alone led to it"
    assert "--allow soup" in caught.value.hints[0]


@pytest.mark.thorough
def test_whoever_declares_allows_or_trusts_a_distribution_gets_it_and_is_told(index, room):
    index.add("soup", modules={"soup.py": "", "soup.pth": CODE})
    built = build(room, "soup", allow=("soup",))
    assert run(built, "import os; print(os.environ['PLANTED'])").stdout == "yes\n"
    assert manifest.read(built.path).starts == (
        (f"lib/python{room.python.short}/site-packages/soup.pth", "soup", "code"),
    )
    assert "`soup` has `soup.pth`, whose code runs at every start of Python" in room.report.of("note")
    environments.remove(room.home, built)
    environments.remove(room.home, build(room, "soup", inferred=False))
    trust.trust(room.home, "soup")
    assert build(room, "soup").fresh


@pytest.mark.thorough
def test_what_a_declared_distribution_requires_is_chosen_with_it(index, room):
    index.add("soup", requires=("stock",))
    index.add("stock", modules={"stock.py": "", "stock.pth": CODE})
    index.add("bread")
    assert "`stock` has `stock.pth`" in refusal(room, "soup", "bread")
    plan = room.plan()
    needs = (Requirement("soup", "soup", "", "declared"), Requirement("bread", "bread", "", "inferred"))
    found = lock(
        plan.replace(requirements=needs), home=room.home, settings=room.settings, options=Options(), report=room.report
    )
    assert found.inferred == ("bread",)
    assert room.ensure(found).fresh


@pytest.mark.thorough
def test_usual_files_that_run_at_every_start_are_no_matter(index, room):
    index.add("soup", modules={
        "soup.py": "", "distutils-precedence.pth": SETUPTOOLS, "zope-nspkg.pth": NAMESPACE + "\n", "plain.pth": "# a comment\n\nsoup_more\n",
        "_distutils_hack.py": "def add_shim(): pass\n", "zope/x.py": "",
    })  # fmt: skip
    built = build(room, "soup")
    assert {(file.rpartition("/")[2], sort) for file, _, sort in manifest.read(built.path).starts} == {
        ("distutils-precedence.pth", "known"), ("zope-nspkg.pth", "known"), ("plain.pth", "paths"),
    }  # fmt: skip
    assert run(built, "import zope.x").returncode == 0
    assert room.report.of("note") == []


@pytest.mark.parametrize(("text", "sort"), [
    (SETUPTOOLS, "known"), (NAMESPACE, "known"), ("a\nb\n", "paths"), ("", "paths"), (SETUPTOOLS + CODE, "code"), (SETUPTOOLS + "\n" + CODE, "code"),
    ("\ufeffimport os", "code"), (" import os", "code"), ("import\tos", "code"), ("a\u2028import os", "code"), ("a\x0bimport os", "code"),
    (NAMESPACE.replace("'zope'", "'zope'+__import__('evil')", 1), "code"), ("importlib_folder\n", "paths"),
])  # fmt: skip
def test_the_code_of_a_pth_file(text, sort):
    assert startup.read(text.encode())[0] == sort


@pytest.mark.thorough
@pytest.mark.parametrize(("files", "said"), [
    ({"sitecustomize.py": "x = 1\n"}, "`sitecustomize.py`, whose code runs at every start"),
    ({"usercustomize/__init__.py": ""}, "`usercustomize`, whose code runs at every start"),
    ({"soup.start": "soup:main\n"}, "`soup.start`, whose code runs at every start"),
    ({"soup.pth": "/tmp\n"}, "which adds `/tmp` to where modules are looked for"),
    ({"soup.pth": "../../../..\n"}, "which adds `../../../..` to where"),
])  # fmt: skip
def test_other_ways_to_be_there_at_every_start_are_refused_as_well(index, room, files, said):
    index.add("soup", modules={"soup.py": "", **files})
    assert said in refusal(room, "soup")


@pytest.mark.thorough
@pytest.mark.parametrize(("files", "said"), [
    ({"_roost.py": ""}, "`soup` has `_roost.py`, a name of roost's own files"),
    ({"_virtualenv.py": ""}, "would put its own `lib/python3.11/site-packages/_virtualenv.py`"),
    ({"_roost_mend/__init__.py": ""}, "a name of roost's own files"),
    ({"soup-1.0.data/data/pyvenv.cfg": "home = /evil\n"}, "would put its own `pyvenv.cfg` in the place of the environment's"),
    ({"soup-1.0.data/scripts/activate": "#!/bin/sh\n"}, "would put its own `bin/activate`"),
    ({"soup-1.0.data/data/lib/python3.11/_roost/pip/__init__.py": ""}, "`lib/python3.11/_roost/pip/__init__.py`"),
    ({"soup-1.0.data/data/.suspect": ""}, "`.suspect`"),
])  # fmt: skip
def test_what_is_the_environments_or_roosts_own_is_refused_whoever_chose_it(index, room, files, said):
    index.add("soup", modules={"soup.py": "", **files})
    assert said in refusal(room, "soup", inferred=False, allow=("soup",))


@pytest.mark.thorough
def test_data_files_scripts_and_headers_lie_where_they_may(index, room):
    index.add("soup", scripts={"soup": "soup:main"}, modules={
        "soup.py": "def main(): print('served')\n", "soup-1.0.data/data/share/soup/a.txt": "", "soup-1.0.data/data/etc/soup.conf": "",
        "soup-1.0.data/headers/soup.h": "", "soup-1.0.data/scripts/spoon": "#!python\n", "soup-1.0.data/data/lib/libsoup.so": "",
    })  # fmt: skip
    built = build(room, "soup")
    assert (built.path / "share/soup/a.txt").exists()
    assert manifest.read(built.path).starts == ()


@pytest.mark.thorough
def test_another_distributions_module_is_not_overwritten_by_one_that_nobody_chose(index, room):
    index.add("bread", modules={"bread/__init__.py": "x = 1\n", "tests/__init__.py": "1\n", "README.md": "a"})
    index.add("soup", modules={"soup.py": "", "bread/__init__.py": "x = 'evil'\n"})
    index.add("crumb", modules={"bread/__init__.py": "x = 3\n", "bread/a.py": "1\n", "bread/b.py": "1\n"})
    index.add("crust", modules={"bread/__init__.py": "x = 4\n", "bread/a.py": "2\n", "bread/b.py": "2\n"})
    index.add("salt", modules={"salt.py": "", "tests/__init__.py": "2\n", "README.md": "b", "bread/more.py": ""})
    assert refusal(room, "bread", "soup") == "`bread` and `soup` both have a `bread/__init__.py`, and each another one"
    assert "`crumb` and `crust` both have a `bread/__init__.py` and 2 more of the same names" in refusal(
        room, "crumb", "crust"
    )
    assert build(room, "bread", "salt").fresh  # what many leave lying about by mistake
    built = build(room, "bread", "soup", inferred=False)
    assert "`bread` and `soup` both have a `bread/__init__.py`, and each another one" in room.report.of("note")
    assert built.fresh


@pytest.mark.thorough
def test_a_folder_of_the_users_own_is_installed_as_it_lies(roost, script, tmp_path):
    project = tmp_path / "work/pantry"
    project.mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = 'pantry'\nversion = '1.0'\n"
    )
    (project / "pantry.py").write_text("shelf = 'full'\n")
    (project / "backend.py").write_text(BACKEND)
    file = script("import pantry; print(pantry.shelf)")
    (tmp_path / "work/requirements.txt").write_text("-e ./pantry\n")
    ran = roost("run", file)
    assert ran.output == "full\n", ran.errors
    assert "looked for" not in ran.errors


@pytest.mark.thorough
def test_what_a_source_distribution_was_built_to_is_looked_at_as_any_wheel(room, tmp_path):
    source = tarred(tmp_path / "pantry-1.0.tar.gz", [
        ("pantry-1.0/PKG-INFO", b"Metadata-Version: 2.1\nName: pantry\nVersion: 1.0\n"), ("pantry-1.0/backend.py", BACKEND.replace("os.getcwd()", "'import os'").encode()),
        ("pantry-1.0/pyproject.toml", b"[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = 'pantry'\nversion = '1.0'\n"),
    ])  # fmt: skip
    built = room.build(f"pantry @ {source.as_uri()}")
    assert [sort for _, _, sort in manifest.read(built.path).starts] == ["code"]
    assert "`pantry` has `pantry.pth`, whose code runs at every start of Python" in room.report.of("note")


@pytest.mark.thorough
def test_namespaces_that_each_declares_for_itself_are_no_matter(index, room):
    one = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    index.add("soup", modules={"shared/__init__.py": one, "shared/soup.py": ""})
    index.add("bread", modules={"shared/__init__.py": "# a namespace\n" + one, "shared/bread.py": ""})
    assert build(room, "soup", "bread").fresh


@pytest.mark.thorough
def test_a_record_that_names_what_lies_outside_is_refused(index, room):
    """uv writes its own records; pip and archives bring what somebody else wrote."""
    from roost.environments import brought

    index.add("soup")
    built = build(room, "soup")
    info = next(built.path.glob("lib/*/site-packages/soup-1.0.dist-info/RECORD"))
    info.chmod(0o644)
    info.write_text(info.read_text() + "../../../../../etc/passwd,,\n/etc/hosts,,\n")
    (info.parent.parent / "stray.pth").write_text("import os\n")
    said = [one.what for one in brought.look(built.path, room.python.short).harm]
    assert said[0] == "has `../../../../../etc/passwd`, which lies outside of the environment"
    assert said[1] == "has `/etc/hosts`, which lies outside of the environment"
    assert any("stray.pth` runs at every start of Python, and no distribution records it" in one for one in said)


@pytest.mark.thorough
def test_env_show_names_what_runs_at_every_start(index, roost, script):
    index.add("soup", modules={"soup.py": "", "soup.pth": CODE})
    ran = roost("run", "--with", "soup", script("import os; print(os.environ['PLANTED'])"))
    assert ran.output == "yes\n", ran.errors
    name = roost("env", "list", "--json").data["environments"][0]["name"]
    assert "soup.pth  soup  runs code of its own" in roost("env", "show", name).output
    data = roost("env", "show", name, "--json").data["environment"]
    assert [(one["distribution"], one["sort"]) for one in data["starts"]] == [("soup", "code")]
