"""Sizes as a treemap: rectangles whose areas are to one another as the sizes are, as square as may be.

The rule is that of Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
"""

from __future__ import annotations

from roost.cli import views
from roost.values import Value

from .markup import tag, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 1200.0, 560.0
LETTER = 7.4  # width of one, about


class Tile(Value):
    """One thing of a treemap."""

    name: str
    bytes: int
    link: str | None = None  # the id of an element of the page
    parts: tuple[tuple[str, int], ...] = ()  # (name, bytes) within it
    grey: bool = False  # it is what is left, not one of the things


class Box(Value):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


def treemap(tiles: Sequence[Tile], label: str) -> str:
    """Draw tiles as an SVG picture.

    Args:
        label: what the picture shows, for those who cannot see it.
    """
    shown = sorted((one for one in tiles if one.bytes > 0), key=lambda one: -one.bytes)
    boxes = squarify([one.bytes for one in shown], Box(0, 0, WIDTH, HEIGHT))
    drawn = [_tile(one, box, number) for number, (one, box) in enumerate(zip(shown, boxes, strict=True))]
    return tag("svg", *drawn, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", aria_label=label)


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Part a rectangle among sizes, the largest first; gives one rectangle for each."""
    scale = box.width * box.height / sum(sizes) if sum(sizes) else 0.0
    areas = [size * scale for size in sizes]
    placed: list[Box] = []
    while areas:
        side = min(box.width, box.height)
        row: list[float] = []
        while areas and (not row or _worst([*row, areas[0]], side) <= _worst(row, side)):
            row.append(areas.pop(0))
        boxes, box = _lay(row, box)
        placed += boxes
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """Give how far from square the least square of a row is, laid along a side."""
    total = sum(row)
    if not total or not side:
        return 1.0
    return max(max(side**2 * area / total**2, total**2 / (side**2 * area)) if area else 1.0 for area in row)


def _lay(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Lay a row along the shorter side; gives its rectangles, and what is left."""
    total = sum(row)
    upright = box.width >= box.height
    side = box.height if upright else box.width
    depth = total / side if side else 0.0
    placed, at = [], 0.0
    for area in row:
        length = area / depth if depth else 0.0
        placed.append(Box(box.x, box.y + at, depth, length) if upright else Box(box.x + at, box.y, length, depth))
        at += length
    left = (
        Box(box.x + depth, box.y, max(box.width - depth, 0.0), box.height)
        if upright
        else Box(box.x, box.y + depth, box.width, max(box.height - depth, 0.0))
    )
    return placed, left


def _tile(one: Tile, box: Box, number: int) -> str:
    size = views.bytes_text(one.bytes)
    inner = [tag("title", text(f"{one.name}: {size}")), _rect(box, "none" if one.grey else "tile", number, one.bytes)]
    inside = [part for part in one.parts if part[1] > 0] if box.width > 60 and box.height > 40 else []
    for (name, taken), below in zip(inside, squarify([taken for _, taken in inside], box), strict=True):
        about = tag("title", text(f"{one.name}: {name}, {views.bytes_text(taken)}"))
        inner.append(tag("g", about, _rect(below, "part", number, None)))
    room = int((box.width - 12) / LETTER)
    if room >= 3 and box.height >= 22:
        shown = one.name if len(one.name) <= room else f"{one.name[: room - 1]}…"
        inner.append(tag("text", text(shown), x=f"{box.x + 7:.1f}", y=f"{box.y + 17:.1f}"))
        if box.height >= 38 and room >= len(size):
            inner.append(tag("text", text(size), class_="size", x=f"{box.x + 7:.1f}", y=f"{box.y + 32:.1f}"))
    group = tag("g", *inner)
    return tag("a", group, href=f"#{one.link}") if one.link else group


def _rect(box: Box, kind: str, number: int, taken: int | None) -> str:
    return tag(
        "rect",
        class_=kind,
        style=f"--h:{number * 137 % 360}",
        data_bytes=taken,
        x=f"{box.x:.3f}",
        y=f"{box.y:.3f}",
        width=f"{box.width:.3f}",
        height=f"{box.height:.3f}",
    )
