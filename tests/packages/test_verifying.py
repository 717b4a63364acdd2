"""`roost package`: every abusive package is refused by its rule, within the limits; an ordinary one is shown and unpacked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.archives.made import tarred, zipped

BENCH = next((one for up in Path(__file__).parents if (one := up / "shared/bench/abuse").exists()), Path("nowhere"))
MANIFEST = "name: weather-bot\nversion: 1.0.0\nentrypoint: main:handle\n"
RULES = {
    "zip-slip-0": "leaves the folder", "zip-slip-1": "absolute", "zip-slip-2": "backslash", "zip-slip-3": "backslash", "zip-slip-4": "leaves",
    "zip-slip-5": "leaves", "zip-slip-6": "`~`", "zip-slip-7": "leaves", "zip-slip-8": "leaves", "zip-slip-9": "no name", "zip-slip-nul": "control",
    "link-absolute": "a link", "link-then-through": "a link", "link-dotdot": "a link", "link-manifest": "a link", "fifo": "a pipe", "device": "a device",
    "setuid": "rights of its owner", "tar-hardlink": "a package is a zip", "bomb-ratio": "200 times", "bomb-entries": "20,000 entries",
    "bomb-lie": "more than the 10 bytes", "yaml-alias": "anchor", "yaml-tag": "tag", "yaml-twice": "twice", "yaml-large": "1,048,576 are allowed",
    "yaml-deep": "nested", "yaml-entry-command": "`entrypoint`", "yaml-entry-path": "`entrypoint`", "yaml-types": "`name` must be a text",
    "yaml-not-utf8": "UTF-8", "yaml-env": "`LD_PRELOAD`", "yaml-no": "truth value",
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.skipif(not BENCH.exists(), reason="the shared bench is not beside this checkout")
def test_every_abusive_package_is_refused_as_its_rule_says(roost, tmp_path):
    made = tmp_path / "made"
    subprocess.run([sys.executable, BENCH / "make_artifacts.py", made], check=True, capture_output=True)
    assert {path.stem for path in made.iterdir()} == {*RULES, "bomb-nested"}
    before = sorted(path.name for path in roost.cwd.iterdir())
    for path in sorted(made.iterdir()):
        begin = time.monotonic()
        out = tmp_path / f"out-{path.stem}"
        bound = f'ulimit -d {200 << 10}; exec "$@"'  # 200 MiB
        done = subprocess.run(
            ["sh", "-c", bound, "sh", roost.command, "package", "unpack", path, out, "--json"],
            env=roost.environ, cwd=roost.cwd, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert time.monotonic() - begin < 5, path.stem  # the rule's own limit
        if path.stem == "bomb-nested":  # what is in an archive that is in it is data
            assert done.returncode == 0
            continue
        assert done.returncode in {65, 77}, path.stem
        assert RULES[path.stem] in json.loads(done.stdout)["why"][0], done.stdout
        assert not out.exists()
        assert not out.with_name(f".{out.name}.unpacking").exists()
    assert sorted(path.name for path in roost.cwd.iterdir()) == before


def test_a_package_is_shown(roost, tmp_path):
    path = zipped(
        tmp_path / "a.apkg",
        [("agent.yaml", MANIFEST + "a2a: {service: a.b}\n"), ("main.py", b""), ("requirements.txt", b"six\n")],
    )
    said = roost("package", "verify", path)
    assert said.status == 0, said.errors
    assert "weather-bot 1.0.0" in said.output
    assert "six" in said.output
    data = roost("package", "verify", path, "--json").data
    assert data["schema"] == "roost.package/1"
    assert data["manifest"]["surfaces"] == ["a2a"]
    assert data["requirements"] == ["six"]
    assert [one["name"] for one in data["entries"]] == ["agent.yaml", "main.py", "requirements.txt"]


def test_requirements_that_are_options_want_trust(roost, tmp_path):
    path = zipped(
        tmp_path / "a.apkg",
        [("agent.yaml", MANIFEST), ("requirements.txt", b"six\n--index-url https://evil.example\n")],
    )
    said = roost("package", "verify", path)
    assert said.status == 77
    assert "requirements.txt, line 2: `--index-url https://evil.example` is an option" in said.errors
    assert roost("package", "verify", path, "--trusted").status == 0


def test_no_package_without_a_manifest(roost, tmp_path):
    said = roost("package", "verify", zipped(tmp_path / "a.apkg", [("main.py", b"")]))
    assert (said.status, "it has no `agent.yaml`" in said.errors) == (65, True)


def test_a_wheel_and_a_source_distribution_are_looked_at(roost, tmp_path):
    wheel = zipped(tmp_path / "x-1-py3-none-any.whl", [("x.py", b""), ("x-start.pth", b"import x\n")])
    assert "`x-start.pth` is obeyed at every start" in roost("package", "verify", wheel).output
    source = tarred(tmp_path / "x-1.tar.gz", [("x-1/setup.py", b"")])
    assert roost("package", "unpack", source, tmp_path / "out").output.startswith("unpacked 1 file into")
    assert (tmp_path / "out/x-1/setup.py").exists()


@pytest.mark.parametrize("name", ["a.apkg", pytest.param("a.tar", marks=pytest.mark.thorough)])
def test_limits_are_those_that_are_asked_for(roost, tmp_path, name):
    files = [("agent.yaml", MANIFEST.encode()), ("main.py", bytes(3 << 20))]
    path = (tarred if name.endswith("tar") else zipped)(tmp_path / name, files)
    size, out = path.stat().st_size, tmp_path / "out"
    for option, value, why in (
        ("--max-size", "1M", "unpacks to more than 1 MiB"),
        ("--max-size", "2000k", "unpacks to more than 2,048,000 bytes"),
        ("--max-entries", "1", "it has more than 1 entries"),
        ("--max-packed", f"{size - 1}", f"it has {size:,} bytes, and {size - 1:,} are allowed"),
    ):
        said = roost("package", "unpack", path, out, option, value, "--max-ratio", "all")
        assert (said.status, why in said.errors) == (77, True), said.errors
    assert not out.exists()
    if not name.endswith("tar"):
        assert "more than 200 times its size" in roost("package", "verify", path).errors
        assert "more than 9 times its size" in roost("package", "verify", path, "--max-ratio", "9").errors
    all_of_it = [word for limit in ("size", "entries", "ratio", "packed") for word in (f"--max-{limit}", "all")]
    assert roost("package", "unpack", path, out, *all_of_it).status == 0
    assert (out / "main.py").stat().st_size == 3 << 20


@pytest.mark.parametrize(("option", "value"), [("size", "much"), ("entries", "0"), ("ratio", "-1"), ("packed", "")])
def test_a_limit_that_is_none_is_not_obeyed(roost, tmp_path, option, value):
    said = roost("package", "verify", tmp_path / "a.apkg", f"--max-{option}={value}")
    assert (said.status, f"`--max-{option}` takes " in said.errors) == (64, True), said.errors
