"""An environment that is damaged, by whatever, is found out and mended: the run after the failure is right."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

import pytest

from roost import home as homes

PLATFORM = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
MODULES = {
    "roast/__init__.py": "from roast.pan import heat\nVALUE = heat() + 1\n" + "# a long line of nothing\n" * 20,
    "roast/pan.py": "import roast.data\ndef heat():\n    return int(roast.data.TEXT)\n",
    "roast/data.py": "import pathlib\nTEXT = (pathlib.Path(__file__).parent / 'data.txt').read_text()\n",
    "roast/data.txt": "41\n",
}
SCRIPT = "import roast\nprint(roast.VALUE)\n"


@pytest.fixture
def roast(index):
    index.add("roast", "2.0", modules=MODULES, tag=PLATFORM)
    return index


@pytest.fixture
def place(roast, roost):
    """Give the environment that has `roast`."""
    return lambda: next(homes.locate(roost.environ).environments.glob("roast-*"))


@pytest.fixture
def site(place):
    return lambda: next(place().glob("lib/*/site-packages"))


def in_place(path: Path, text: str | None = None) -> None:
    """Write through the hard link, as an editor or a script does that opens a file for writing."""
    with path.open("r+b") as file:
        if text is None:
            file.truncate(path.stat().st_size // 2)
        else:
            file.truncate(0)
            file.write(text.encode())


def removed(site: Path) -> None:
    shutil.rmtree(site / "roast")


DAMAGE = {
    "a package deleted": removed,
    "a module deleted": lambda site: (site / "roast/pan.py").unlink(),
    "a data file deleted": lambda site: (site / "roast/data.txt").unlink(),
    "a module cut": lambda site: in_place(site / "roast/__init__.py", "from roast.pan import heat\n"),
    "a module cut in a word": lambda site: in_place(site / "roast/pan.py", "import roast.data\ndef heat("),
    "a module emptied": lambda site: in_place(site / "roast/pan.py", ""),
    "a module of zeros": lambda site: in_place(site / "roast/pan.py", "\0" * 80),
    "a module that names nothing": lambda site: in_place(
        site / "roast/pan.py", "def heat():\n    return temperature\n"
    ),
    "a crash": lambda site: in_place(site / "roast/pan.py", "import ctypes\nctypes.string_at(0)\n"),
    "a bus error": lambda site: in_place(
        site / "roast/pan.py", "import os, signal\nos.kill(os.getpid(), signal.SIGBUS)\n"
    ),
    "metadata deleted": lambda site: [
        (site / "roast/__init__.py").unlink(),
        shutil.rmtree(site / "roast-2.0.dist-info"),
    ],
    "the record cut": lambda site: [in_place(site / "roast-2.0.dist-info/RECORD"), (site / "roast/pan.py").unlink()],
    "the hook cut": lambda site: in_place(site / "_roost.py"),
    "the hook deleted": lambda site: (site / "_roost.py").unlink(),
    "the hook's file deleted": lambda site: (site / "_roost.pth").unlink(),
    "the mending half of the hook deleted": lambda site: (site / "_roost_mend.py").unlink(),
    "python's configuration deleted": lambda site: (site.parents[2] / "pyvenv.cfg").unlink(),
    "python dangling": lambda site: dangle(site.parents[2] / "bin/python"),
    "the manifest cut": lambda site: [in_place(site.parents[2] / "roost.json"), (site / "roast/pan.py").unlink()],
    "the manifest emptied": lambda site: [
        in_place(site.parents[2] / "roost.json", ""),
        (site / "roast/pan.py").unlink(),
    ],
    "all": lambda site: [path.write_bytes(b"") for path in site.rglob("*") if path.is_file()],
}


def dangle(link: Path) -> None:
    link.unlink()
    link.symlink_to("/gone/python")


@pytest.fixture(params=["known", "warm"])
def runs(request) -> int:
    """How often the script ran before: once, by its record; or often."""
    return {"known": 1, "warm": 3}[request.param]


@pytest.mark.covers("A5")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.thorough
def test_damage_is_mended_by_the_run_after_the_failure(roost, script, site, damage, runs):
    path = script(SCRIPT)
    for _ in range(runs):
        assert roost("run", path).output == "42\n"
    forget_bytecode(site())
    damage(site())
    first = roost("run", path)
    assert first.output in {"", "42\n"}, "never a wrong result"
    second = roost("run", path)
    assert (second.status, second.output) == (0, "42\n"), first.errors + second.errors
    third = roost("run", path)
    assert (third.status, third.output, third.errors) == (0, "42\n", "")
    assert roost("env", "verify").status == 0


def forget_bytecode(site: Path) -> None:
    for file in site.rglob("__pycache__/*.pyc"):
        file.unlink()


@pytest.mark.thorough
def test_a_deleted_package_is_put_back_while_the_script_waits(roast, roost, script, site):
    path = script(
        "import os, shutil, sysconfig\nprint('once')\n"
        "if os.path.exists('now'):\n    shutil.rmtree(sysconfig.get_path('purelib') + '/roast')\n" + SCRIPT
    )
    roost("run", path)
    (roost.cwd / "now").touch()
    done = roost("run", path)
    assert (done.status, done.output) == (0, "once\n42\n"), done.errors
    assert (
        done.errors
        == "roost: mended the environment: `roast`: `lib/python3.11/site-packages/roast/__init__.py` is missing\n".replace(
            "python3.11", site().parent.name
        )
    )


def test_what_mends_is_said_in_one_line(roast, roost, script, site, place):
    path = script(SCRIPT)
    roost("run", path)
    forget_bytecode(site())
    in_place(site() / "roast/pan.py", "def heat(")
    assert "`roast/pan.py` is not as it was installed" in roost("run", path).errors
    done = roost("run", path)
    assert (done.status, done.output) == (0, "42\n")
    (line,) = done.errors.splitlines()
    assert line.startswith(f"note: the environment `{place().name}` is damaged (`roast`: ")
    assert line.endswith("roast/pan.py` has 9 bytes instead of 62); it is built again")


@pytest.mark.thorough
def test_a_damaged_file_is_fetched_anew_and_whoever_shares_it_is_mended_too(roast, roost, script, site):
    roast.add("bread", "1.0")
    one, other = script(SCRIPT), script("import bread\n" + SCRIPT, name="other.py")
    for path in (script("import bread\n", name="first.py"), one, other):  # so that the last is linked from the cache
        assert roost("run", path).status == 0
    damaged = site() / "roast/pan.py"
    forget_bytecode(site())
    assert damaged.stat().st_nlink > 2
    in_place(damaged, "def heat():\n    return 1/0\n" + "#" * 39)  # as long as before
    asked = len(roast.asked)
    assert "`roast/pan.py` is not as it was installed" in roost("run", one).errors
    assert roost("run", one).output == "42\n"
    assert [path for path in roast.asked[asked:] if path.startswith("/files/roast-2.0")]
    done = roost("run", other)
    assert (done.status, done.output) == (0, "42\n"), done.errors
    assert "is damaged" in done.errors


@pytest.mark.thorough
def test_a_damaged_cache_is_found_while_an_environment_is_built_from_it(roast, roost, script, site):
    roost("run", script(SCRIPT))
    in_place(site() / "roast/pan.py")
    roost("env", "rm", "roast")
    roast.add("bread", "1.0")
    done = roost("run", script("import bread\n" + SCRIPT, name="other.py"))
    assert (done.status, done.output) == (0, "42\n"), done.errors


@pytest.mark.thorough
def test_offline_what_was_not_shared_is_mended_and_what_was_is_said(roast, roost, script, site):
    path = script(SCRIPT)
    roost("run", path)
    forget_bytecode(site())
    (site() / "roast/pan.py").unlink()
    roost("run", "--offline", path)
    assert roost("run", "--offline", path).output == "42\n"
    forget_bytecode(site())
    in_place(site() / "roast/pan.py", "def heat(")
    roost("run", "--offline", path)
    done = roost("run", "--offline", path)
    assert done.status == 69
    assert "is damaged" in done.errors
    assert "run once with the network" in done.errors
    assert roost("run", path).output == "42\n"


@pytest.mark.thorough
def test_bytecode_that_was_cut_is_written_again(roast, roost, script, site):
    path = script(SCRIPT)
    for _ in range(3):
        roost("run", path)
    for cached in site().rglob("roast/__pycache__/*.pyc"):
        in_place(cached)
    assert "marshal data too short" in roost("run", path).errors
    assert roost("run", path).output == "42\n"


@pytest.mark.thorough
def test_a_library_that_cannot_be_imported_for_itself_is_looked_at_once(roast, roost, script, site, place):
    roast.add("sour", "1.0", modules={"sour.py": "raise ImportError('always')\n"}, requires=("roast",))
    path = script("import sour\n")
    roost("run", path)
    place = next(homes.locate(roost.environ).environments.glob("sour-*"))
    assert (place / ".suspect").stat().st_size
    for _ in range(2):
        done = roost("run", path)
        assert done.status == 1
        assert "damaged" not in done.errors
        assert not (place / ".suspect").stat().st_size


@pytest.mark.thorough
def test_a_failure_of_the_script_itself_leaves_no_suspicion(roast, roost, script, place):
    for text in (
        "1/0\n",
        "roast.pan.heat(1)\n",
        "raise ImportError('mine')\n",
        "raise SystemExit(3)\n",
    ):
        assert roost("run", script("import roast\n" + text)).status
        assert not (place() / ".suspect").stat().st_size


@pytest.mark.thorough
def test_verify_reads_every_file(roast, roost, script, site, place):
    roost("run", script(SCRIPT))
    whole = roost("env", "verify")
    assert (whole.status, whole.output) == (0, f"{place().name}: as it was installed\n")
    file = site() / "roast/pan.py"
    facts = file.stat()
    in_place(file, file.read_text().replace("int", "str"))
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # as a failing disk does it: nothing else tells
    (site() / "planted.pth").write_text("import os\n")
    found = roost("env", "verify", "roast", "--json")
    assert found.status == 65
    assert [(one["distribution"], one["what"]) for one in found.data["environments"][0]["damage"]] == [
        ("roast", "is not as it was installed"),
        (None, "was not installed by any distribution"),
    ]
    assert "built again at its next use" in roost("env", "verify").output
    assert roost("run", roost.cwd / "it.py").output == "42\n"
    assert roost("env", "verify").status == 0
    assert not (site() / "planted.pth").exists()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["planted.pth", "sitecustomize.py"])
def test_what_is_planted_among_the_start_files_is_gone_before_it_is_obeyed(roast, roost, script, site, name):
    path = script(SCRIPT)
    for _ in range(3):
        roost("run", path)
    for _ in range(2):
        (site() / name).write_text("import sys; sys.stdout.write('planted ')\n")
        done = roost("run", path)
        assert (done.status, done.output) == (0, "42\n"), done.errors
        assert f"`{site().relative_to(site().parents[2])}/{name}` was not installed by any distribution" in done.errors
        assert not (site() / name).exists()
        assert roost("run", path).errors == ""


@pytest.mark.thorough
def test_what_else_is_put_beside_distributions_is_looked_at_once(roast, roost, script, site, place):
    path = script(SCRIPT)
    for _ in range(3):
        roost("run", path)
    before = place().stat().st_ino
    (site() / "notes.txt").write_text("mine\n")
    for _ in range(3):
        done = roost("run", path)
        assert (done.output, done.errors) == ("42\n", "")
    ready = (place() / "roost.json").stat().st_mtime_ns
    assert site().stat().st_mtime_ns <= ready, "nothing is left to be looked at"
    assert place().stat().st_ino == before, "it was not built again"


@pytest.mark.thorough
def test_a_home_restored_with_other_times_is_whole(roast, roost, script, place):
    path = script(SCRIPT)
    for _ in range(3):
        roost("run", path)
    for file in (path for path in place().rglob("*") if not path.is_symlink()):
        os.utime(file)
    for _ in range(3):
        done = roost("run", path)
        assert (done.output, done.errors) == ("42\n", "")
    assert (place() / ".used").exists(), "it was not built again"


@pytest.mark.thorough
def test_files_that_are_shared_cannot_be_written_by_who_is_not_root(roast, roost, script, site):
    roost("run", script(SCRIPT))
    shared = [path for path in site().rglob("*") if path.is_file() and path.stat().st_nlink > 1]
    assert shared
    assert not [path for path in shared if path.stat().st_mode & 0o222]


@pytest.mark.covers("C2")
@pytest.mark.parametrize("known", [True, False])
def test_a_source_that_was_cut_and_is_a_program_still_gives_nothing_wrong(roast, roost, script, site, known):
    path = script("import roast\nprint(roast.VALUE)\n\ndef late():\n    import roast.pan\n")
    for _ in range(3 if known else 1):
        assert roost("run", path).output == "42\n"
    in_place(site() / "roast/__init__.py", "VALUE = 41\n")
    ran = roost("run", path)
    assert ran.status != 0
    assert ran.output == ""
    assert "`roast/__init__.py` is not as it was installed" in ran.errors
    mended = roost("run", path)
    assert (mended.status, mended.output) == (0, "42\n"), mended.errors


@pytest.mark.thorough
def test_bytecode_is_not_made_of_a_source_that_was_cut(roast, roost, script, site, place):
    path = script(SCRIPT)
    assert roost("run", path, PYTHONDONTWRITEBYTECODE="1").output == "42\n"
    in_place(site() / "roast/__init__.py", "VALUE = 41\n")
    assert roost("run", path).output != "41\n"
    assert roost("run", path).output == "42\n"


def test_sources_of_others_are_compiled_as_ever(roost, script, tmp_path):
    other = tmp_path / "other/site-packages"
    (other / "mine-1.0.dist-info").mkdir(parents=True)
    (other / "mine-1.0.dist-info/RECORD").write_text("mine.py,sha256=wrong,1\n")
    (other / "mine.py").write_text("VALUE = 3\n")
    path = script(f"import sys\nsys.path.insert(0, {str(other)!r})\nimport mine\nprint(mine.VALUE)\n")
    assert roost("run", path).output == "3\n"


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["_roost_mend.py", "_roost_engines.py", "_roost_sources.py"])
def test_files_of_the_hook_that_are_damaged_are_mended(roast, roost, script, site, name):
    path = script("import roast\nprint(roast.VALUE)\n")
    assert roost("run", path).output == "42\n"
    file = site() / name
    file.write_bytes(bytes(file.stat().st_size))
    shutil.rmtree(site() / "__pycache__")
    path.write_text(path.read_text() + "__import__('cirehto_tsoor'[::-1])\n")
    failed = roost("run", path)
    assert failed.status == 1
    path.write_text("import roast\nprint(roast.VALUE)\n")
    mended = roost("run", path)
    assert (mended.status, mended.output) == (0, "42\n"), mended.errors
    assert bytes(8) not in next(site().glob(name)).read_bytes()
