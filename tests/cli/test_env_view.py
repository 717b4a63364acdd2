"""The page: everything on it is escaped, it loads nothing, its areas are the sizes, and a real browser shows it."""

from __future__ import annotations

import re
import struct
import subprocess
import zlib
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.cli.page.markup import text
from roost.cli.page.treemap import HEIGHT, WIDTH, Box, Tile, squarify, treemap
from tests import parts
from tests.environments.test_foreign import make_venv

pytestmark = pytest.mark.thorough

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
TILE = re.compile(r'<rect class="(?:tile|none)"[^>]* data-bytes="(\d+)"[^>]* width="([\d.]+)" height="([\d.]+)"')


@pytest.fixture
def page(index, roost, script, tmp_path) -> Path:
    index.add("soup", "2.0", requires=("stock>=1",), modules={"soup.py": "x = 1\n" * 9000})
    index.add("stock", "1.4", modules={"stock.py": "x = 1\n" * 3000}, yanked=True)
    path = script("# /// script\n# dependencies = ['soup', 'stock==1.4']\n# ///\nimport soup\n")
    assert roost("run", path).status == 0
    done = roost("env", "view", path, "--online", "--output", tmp_path / "it.html")
    assert done.output == f"{tmp_path}/it.html\n", done.errors
    return tmp_path / "it.html"


def browse(page: Path, *options: str) -> subprocess.CompletedProcess:
    """Open a page in Chromium, with a profile of its own."""
    return subprocess.run(
        [
            parts.program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            f"--user-data-dir={page.parent / 'profile'}", "--window-size=1200,900", *options, page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(page.parent)},
    )  # fmt: skip


def corner(picture: Path) -> tuple[int, ...]:
    """Read the first pixel of a PNG: no filter changes that one."""
    data = picture.read_bytes()
    packed, at = b"", 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return tuple(zlib.decompress(packed)[1:4])


@pytest.mark.covers("C7 visualisation")
@pytest.mark.thorough
def test_a_browser_shows_sizes_needs_versions_licences_and_breaks(page, roost, index):
    shown = browse(page, "--dump-dom").stdout
    [one] = roost("env", "du", "--json").data["environments"]
    assert f"<h1>{one['name']}</h1>" in shown
    tiles = [tuple(map(float, found)) for found in TILE.findall(shown)]
    total = sum(taken for taken, _, _ in tiles)
    assert total == pytest.approx(one["total"], rel=0.01)
    for taken, width, height in tiles:
        assert width * height / (WIDTH * HEIGHT) == pytest.approx(taken / total, rel=0.01, abs=1e-4)
    words = " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", shown, flags=re.DOTALL)).split())
    for part in ("stock>=1", "1.4 was yanked", "not said", "needed by", "Known breaks", "soup 2.0"):
        assert part in words, part
    assert "<script" not in shown
    assert not re.search(r'(?:src|href)="(?!#)', shown)


@pytest.mark.covers("C7 visualisation")
@pytest.mark.thorough
def test_it_is_light_and_dark_as_its_reader_wants(page):
    for scheme, colour in (("1", (251, 251, 250)), ("0", (22, 25, 29))):
        picture = page.parent / f"{scheme}.png"
        settings = f"--blink-settings=preferredColorScheme={scheme}"
        browse(page, settings, f"--screenshot={picture}")
        assert picture.stat().st_size > 10_000
        assert corner(picture) == colour


@pytest.mark.thorough
def test_nothing_of_a_distribution_becomes_part_of_the_page(roost, tmp_path):
    path = make_venv(tmp_path / "work" / ".venv")
    (site,) = path.glob("lib/*/site-packages")
    (site / "soup-1.0.dist-info").mkdir()
    fields = f"Metadata-Version: 2.1\nName: soup\nVersion: 1.0\nSummary: {HOSTILE}\nLicense: </style>{HOSTILE}\n"
    (site / "soup-1.0.dist-info" / "METADATA").write_text(fields)
    (site / "soup-1.0.dist-info" / "RECORD").write_text(f'"{HOSTILE.replace(chr(34), chr(34) * 2)}.py",,\n')
    page = tmp_path / "it.html"
    assert roost("env", "view", path, "--output", page).status == 0
    shown = browse(page, "--dump-dom").stdout
    assert "<title>.venv</title>" in shown
    assert "<img" not in shown
    assert "<script" not in shown
    assert "&lt;img" in shown


@pytest.mark.covers("C7 visualisation")
def test_all_environments_have_a_page(page, roost, home, tmp_path):
    make_venv(tmp_path / "work" / ".venv")
    file = Path(roost("env", "view", "--json").data["file"])
    assert file == home / "cache" / "pages" / "environments.html"
    shown = file.read_text()
    assert "in the engine" in shown
    assert "work/.venv" in shown
    assert str(tmp_path / "work" / "it.py") in shown
    assert roost("env", "view", "--output", "-").output.startswith("<!DOCTYPE html>")


def test_a_page_that_cannot_be_written_is_an_error(page, roost, tmp_path):
    done = roost("env", "view", "soup", "--output", tmp_path / "nowhere" / "it.html")
    assert done.status == 73
    assert roost("env", "view", "nowhere").status == 66


@settings(deadline=None)  # nothing asserts a duration
@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=60))
def test_rectangles_have_the_areas_of_their_sizes_and_do_not_leave_the_picture(sizes):
    sizes = sorted(sizes, reverse=True)
    boxes = squarify(sizes, Box(0, 0, WIDTH, HEIGHT))
    for size, box in zip(sizes, boxes, strict=True):
        assert box.width * box.height == pytest.approx(size / sum(sizes) * WIDTH * HEIGHT, rel=1e-6, abs=1e-6)
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= WIDTH + 1e-6
        assert box.y + box.height <= HEIGHT + 1e-6


@settings(deadline=None)  # nothing asserts a duration
@given(st.text())
def test_any_text_is_escaped(words):
    assert not set(text(words)) & set('<>"')
    assert treemap([Tile(words, 3)], words).count("<svg") == 1


def test_nothing_is_a_picture_too():
    assert treemap([], "nothing").startswith("<svg")
