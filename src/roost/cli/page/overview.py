"""The page of all environments."""

from __future__ import annotations

from roost.cli import views
from roost.values import Value

from .markup import page, table, tag, text
from .treemap import Tile, treemap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Line(Value):
    """One environment of the overview."""

    kind: str
    name: str
    path: str
    version: str
    distributions: int
    used: float  # seconds since the epoch; 0: nothing tells
    broken: str | None
    scripts: tuple[str, ...]


def overview_page(lines: Sequence[Line], tiles: Sequence[Tile], *, title: str) -> str:
    """Write the page of all environments.

    Args:
        tiles: those of roost with their bytes, what they share parted among them.
    """
    total = sum(one.bytes for one in tiles)
    return page(
        title,
        tag("h1", text(title)),
        tag(
            "p",
            text(f"{views.counted(len(lines), 'environment')}; those of roost have {views.bytes_text(total)} on disk"),
        ),
        tag("p", "Files that several of them have are parted among them.", class_="dim"),
        tag("h2", "Size"),
        treemap(tiles, "environments by their size on disk"),
        tag("h2", "Environments"),
        table(
            ("kind", "environment", "Python", "distributions", "used", "scripts"),
            [_row(line) for line in lines],
            numbers=(3,),
        ),
    )


def _row(line: Line) -> str:
    broken = [tag("div", text(f"broken: {line.broken}"), class_="bad")] if line.broken else []
    return tag(
        "tr",
        tag("td", text(line.kind)),
        tag("td", tag("b", text(line.name)), tag("div", tag("code", text(line.path)), class_="dim"), *broken),
        tag("td", text(line.version)),
        tag("td", str(line.distributions), class_="number"),
        tag("td", text(views.ago(line.used)) if line.used else ""),
        tag("td", *(tag("div", tag("code", text(script))) for script in line.scripts)),
        id=f"e-{line.name}",
    )
