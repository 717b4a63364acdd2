from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Roost

pytestmark = pytest.mark.thorough

NEEDS = "# /// script\n# dependencies = ['soup[bread]>=1']\n# ///\nimport soup; print(soup.stock.__version__)\n"


@pytest.fixture
def dinner(index, roost, script):
    """A script with an environment: two distributions, an extra, a command."""
    index.add(
        "soup", "2.0", modules={"soup.py": "import stock\n"}, requires=("stock>=1",), extras={"bread": ("crumb",)},
        scripts={"serve": "soup:__name__.title"},
    )  # fmt: skip
    index.add("stock", "1.4")
    index.add("crumb", "0.3", modules={"crumb/__init__.py": "", "crumb/data/list.txt": "one\n"})
    path = script(NEEDS)
    assert roost("run", path).output == "1.4\n"
    return path


@pytest.fixture
def elsewhere(roost, environ, tmp_path) -> Iterator[Roost]:
    """The same command with an empty home, where no index answers."""
    nowhere = {"ROOST_HOME": str(tmp_path / "elsewhere"), "ROOST_INDEX_URL": "http://127.0.0.1:9/simple/"}
    there = Roost(roost.command, environ | nowhere, roost.cwd)
    yield there
    there.end()


def packed(roost, what, name="it.roost.tar.gz") -> Path:
    done = roost("env", "pack", what, "--output", name)
    assert done.status == 0, done.errors
    return roost.cwd / name


@pytest.mark.thorough
@pytest.mark.covers("C7 export")
def test_an_environment_is_packed_unpacked_elsewhere_and_runs_there_without_an_index(dinner, roost, elsewhere):
    archive = roost("env", "pack", dinner, "--json").data
    assert Path(archive["file"]).name == f"soup-{archive['sha256'][:16]}.roost.tar.gz"
    made = elsewhere("env", "unpack", archive["file"], "--json")
    assert made.status == 0, made.errors
    ran = elsewhere("run", dinner)
    assert (ran.output, ran.errors) == ("1.4\n", "")
    [only] = elsewhere("env", "list", "--json").data["environments"]
    assert only["key"] == made.data["environment"]["key"]
    assert elsewhere("env", "unpack", archive["file"]).output.startswith("there already: soup-")


@pytest.mark.thorough
def test_other_words_for_the_same_needs_run_in_what_was_unpacked_and_other_needs_do_not(
    dinner, roost, elsewhere, script
):
    assert elsewhere("env", "unpack", packed(roost, dinner)).status == 0
    same = script(NEEDS.replace("'soup[bread]>=1'", "'SOUP[bread]', 'absent ; python_version < \"3\"'"), "same.py")
    assert elsewhere("run", same).output == "1.4\n"
    for other in ("soup>2", "soup[butter]", "soup', 'stock"):
        path = script(NEEDS.replace("soup[bread]>=1", other), "other.py")
        assert elsewhere("run", "--offline", path).status == 69, other
    limits = "# ]\n# [tool.uv]\n# constraint-dependencies = ['{}', 'absent<1']\n# ///".format
    bounded = NEEDS.replace("['soup[bread]>=1']\n# ///", "[\n#  'soup[bread]',\n{}")
    assert elsewhere("run", script(bounded.replace("{}", limits("stock<2")), "within.py")).output == "1.4\n"
    assert elsewhere("run", "--offline", script(bounded.replace("{}", limits("stock<1.4")), "beyond.py")).status == 69


@pytest.mark.thorough
def test_two_homes_pack_one_lock_into_the_same_bytes(dinner, roost, environ, tmp_path):
    other = Roost(roost.command, environ | {"ROOST_HOME": str(tmp_path / "other")}, roost.cwd)
    assert other("run", dinner).status == 0
    assert roost("run", dinner).status == 0  # bytecode by now
    one, two = packed(roost, dinner, "one.tar.gz"), packed(other, dinner, "two.tar.gz")
    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as archive:
        names = archive.getnames()
        assert not any("__pycache__" in name or "_roost" in name for name in names)
        assert {member.mtime for member in archive} == {0}
    assert names[1:] == sorted(names[1:])


def site(roost, home: Path) -> Path:
    [place] = home.glob("data/environments/soup-*/lib/*/site-packages")
    return place


def test_what_was_written_later_stays_and_what_was_changed_is_refused(dinner, roost, home):
    before = packed(roost, dinner).read_bytes()
    (site(roost, home) / "written-later.txt").write_text("a cache of somebody's")
    assert packed(roost, dinner).read_bytes() == before
    (site(roost, home) / "soup.py").unlink()  # else the engine's cache would be written, too
    (site(roost, home) / "soup.py").write_text("changed = True\n")
    done = roost("env", "pack", dinner, "--output", "changed.tar.gz")
    assert done.status == 65
    assert "`lib/python3" in done.errors
    assert "soup.py` is not what its distribution installed" in done.errors
    assert not list(roost.cwd.glob("*changed*"))


def outside(place: Path) -> None:
    record = place / "soup-2.0.dist-info/RECORD"
    record.write_text(record.read_text() + "../../../../../elsewhere.py,,\n")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda place: (place / "soup.py").unlink(), "no such file or directory"),
        (lambda place: ((place / "soup.py").unlink(), (place / "soup.py").symlink_to("/etc/hostname")), "symbolic links"),
        (outside, "lies outside"),
        (lambda place: (place / "stock.py").write_text(f"HERE = '{place}'\n"), "names the folder of environments"),
    ],
    ids=["file missing", "file is a link", "file outside", "path written in"],
)  # fmt: skip
def test_what_cannot_move_is_refused_by_name(damage, said, dinner, roost, home):
    damage(site(roost, home))
    done = roost("env", "pack", dinner)
    assert done.status == 65
    assert said in done.errors
    assert not list(roost.cwd.glob("*.gz"))


@pytest.mark.thorough
def test_an_editable_installation_cannot_move(dinner, roost, script, tmp_path, index):
    project = tmp_path / "kitchen"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "kitchen"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (project / "backend.py").write_text(BACKEND)
    (project / "kitchen.py").write_text("")
    script(f"-e {project}\n", "requirements.txt")
    path = script("import kitchen\n", "cook.py")
    assert roost("run", path).status == 0
    done = roost("env", "pack", path)
    assert done.status == 65
    assert f"`kitchen` is an editable installation: its code lies in `{project}`" in done.errors
    assert f"adds the folder `{project}` of this machine" in done.errors


BACKEND = """
import zipfile
from pathlib import Path
def build_editable(folder, settings=None, metadata=None):
    info = "kitchen-1.dist-info"
    files = {"kitchen.pth": str(Path.cwd()) + "\\n", info + "/METADATA": "Metadata-Version: 2.1\\nName: kitchen\\nVersion: 1\\n",
             info + "/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n", info + "/RECORD": ""}
    with zipfile.ZipFile(Path(folder, "kitchen-1-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "kitchen-1-py3-none-any.whl"
"""


def rewritten(archive: Path, alter) -> Path:
    """Take an archive apart, let alter change its members, and write it again."""
    members: list[tuple[tarfile.TarInfo, bytes]] = []
    with tarfile.open(archive) as old:
        for member in old:
            file = old.extractfile(member)
            members.append((member, file.read() if file else b""))
    document = json.loads(members[0][1])
    members = alter(document, members[1:])
    text = json.dumps(document).encode()
    target = archive.with_name("altered.tar.gz")
    with tarfile.open(target, "w:gz") as new:
        head = tarfile.TarInfo("roost-archive.json")
        head.size = len(text)
        for member, data in [(head, text), *members]:
            new.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return target


def planted(name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", described: bool = True):
    """One more member of a kind, at the end, described like the others."""

    def alter(document, members):
        member = tarfile.TarInfo(name)
        member.type, member.linkname, member.size = kind, link, 4 if kind == tarfile.REGTYPE else 0
        data = b"evil" if member.size else b""
        if described:
            document["files"].append([name, False, len(data), hashlib.sha256(data).hexdigest()])
        return [*members, (member, data)]

    return alter


def other_contents(document, members):
    member, data = members[0]
    return [(member, bytes(reversed(data))), *members[1:]]


BAD = {
    "path upwards": (planted("lib/../../../evil.py"), "would lie where no distribution installs anything"),
    "absolute path": (planted("/tmp/evil.py"), "would lie where no distribution installs anything"),
    "manifest": (planted("roost.json"), "would lie where no distribution installs anything"),
    "hidden folder": (planted(".git/hooks/evil"), "would lie where no distribution installs anything"),
    "interpreter": (planted("bin/python"), "it would write over"),
    "through the interpreter": (planted("bin/python/evil"), "it would write over"),
    "hook": (planted("lib/python3.11/site-packages/_roost.pth"), "roost keeps its own files"),
    "link": (planted("lib/evil", tarfile.SYMTYPE, link="/etc"), "is a link"),
    "hard link": (planted("lib/evil", tarfile.LNKTYPE, link="../../../etc/passwd"), "is a link"),
    "device": (planted("lib/evil", tarfile.CHRTYPE), "is a device"),
    "pipe": (planted("lib/evil", tarfile.FIFOTYPE), "is a pipe"),
    "folder": (planted("lib/evil", tarfile.DIRTYPE), "is not the plain file"),
    "not described": (planted("lib/evil.py", described=False), "is not in its description"),
    "twice": (lambda document, members: [*members, members[0]], "is there twice"),
    "missing": (lambda document, members: members[:-1], "is missing"),
    "other contents": (other_contents, "does not have the digest"),
    "other schema": (lambda document, members: document.update(schema="roost.archive/9") or members, "roost.archive/9"),
    "no description": (lambda document, members: document.pop("files") and members, "its description cannot be read"),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("alter", "said"), BAD.values(), ids=BAD.keys())
def test_an_archive_that_would_do_harm_is_refused_and_leaves_nothing(alter, said, room, tmp_path):
    from roost import travel
    from roost.distributions import Options
    from roost.travel.errors import BadArchive

    index_of(room)
    built = room.build("soup")
    archive = travel.pack(built, output=tmp_path / "it.roost.tar.gz", report=room.report).file
    from roost import environments

    environments.remove(room.home, built)
    bad = rewritten(archive, alter)
    with pytest.raises(BadArchive) as caught:
        travel.unpack(bad, sha256=None, home=room.home, settings=room.settings, options=Options(), report=room.report)
    assert said in caught.value.why[0]
    assert room.inside() == []
    assert not list(tmp_path.rglob("evil*"))


def index_of(room) -> None:
    """Give the room's index something to serve."""
    room.served.add("soup", "2.0", requires=("stock>=1",))
    room.served.add("stock", "1.4")


@pytest.mark.thorough
def test_every_flipped_byte_and_every_cut_is_refused(room, tmp_path):
    from roost import environments, travel
    from roost.distributions import Options
    from roost.errors import RoostError

    index_of(room)
    built = room.build("soup")
    archive = travel.pack(built, output=tmp_path / "it.roost.tar.gz", report=room.report).file
    environments.remove(room.home, built)
    whole = archive.read_bytes()
    places = range(10, len(whole) - 8, len(whole) // 25)  # behind gzip's header, of which nothing is used
    damaged = [whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :] for at in places]
    cut = [whole[:at] for at in (0, 1, 20, len(whole) // 2, len(whole) - 700)]
    for data in [*damaged, *cut, gzip.compress(b"no archive"), b"no archive"]:
        archive.write_bytes(data)
        with pytest.raises(RoostError) as caught:
            travel.unpack(
                archive, sha256=None, home=room.home, settings=room.settings, options=Options(), report=room.report
            )
        assert caught.value.code == "bad-archive"
        assert room.inside() == []


def test_a_name_or_an_option_that_says_another_digest_is_believed(dinner, roost, elsewhere):
    archive = packed(roost, dinner)
    renamed = archive.rename(archive.with_name("soup-0123456789abcdef.roost.tar.gz"))
    done = elsewhere("env", "unpack", renamed)
    assert done.status == 65
    assert "not `0123456789abcdef…`" in done.errors
    done = elsewhere("env", "unpack", renamed, "--sha256", "0" * 64)
    assert done.status == 65
    assert elsewhere("env", "unpack", renamed, "--sha256", "soon").status == 64
    assert elsewhere("env", "unpack", "nowhere.roost.tar.gz").status == 65


def test_an_archive_for_another_python_says_which_one_is_wanted(dinner, roost, elsewhere):
    def alter(document, members):
        document["python"][1] = "3.7"
        return members

    done = elsewhere("env", "unpack", rewritten(packed(roost, dinner), alter))
    assert done.status == 69
    assert "cpython 3.7" in done.errors
    assert "uv python install 3.7" in done.errors


def test_what_was_built_from_source_wants_a_c_library_that_is_no_older():
    from roost.travel.unpacking import _as_new

    assert _as_new("linux-x86_64-glibc2.36", "linux-x86_64-glibc2.31")
    assert not _as_new("linux-x86_64-glibc2.9", "linux-x86_64-glibc2.31")
    assert not _as_new("linux-x86_64-musl1.2", "linux-x86_64-glibc2.31")
    assert not _as_new("linux-aarch64-glibc2.36", "linux-x86_64-glibc2.36")
    assert _as_new("macosx-14-arm64", "macosx-12-arm64")


@pytest.mark.thorough
def test_an_unpacking_that_is_killed_leaves_nothing_that_is_used(roost, elsewhere, index, script, tmp_path):
    index.add(
        "soup",
        "2.0",
        modules={f"soup/part{number}.py": "x = 1\n" * 500 for number in range(3000)} | {"soup/__init__.py": ""},
    )
    path = script("# /// script\n# dependencies = ['soup']\n# ///\nimport soup.part2999; print(soup.part2999.x)\n")
    assert roost("run", path).output == "1\n"
    archive = packed(roost, path)
    there = tmp_path / "elsewhere/data/environments"
    unpacking = elsewhere.start("env", "unpack", archive)
    end = time.monotonic() + 60
    while not list(there.glob(".tmp-*/lib/*/site-packages/soup/part1*.py")):
        assert time.monotonic() < end
        assert unpacking.poll() is None, "it was over before it could be killed"
    unpacking.kill()
    unpacking.wait()
    assert [place.name for place in there.iterdir() if not place.name.startswith(".tmp-")] == []
    assert elsewhere("env", "list", "--json").data["environments"] == []
    assert elsewhere("env", "unpack", archive).status == 0
    assert elsewhere("run", path).output == "1\n"
    assert [place.name.startswith("soup-") for place in there.iterdir()] == [True]
