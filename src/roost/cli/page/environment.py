"""The page of one environment."""

from __future__ import annotations

from roost.cli import views

from .markup import code, page, table, tag, text
from .treemap import Tile, treemap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roost.environments import Node
    from roost.environments.survey import Entry, Survey


def environment_page(survey: Survey, tree: Sequence[Node], *, kind: str, scripts: Sequence[str], used: float) -> str:
    """Write the page of one environment.

    Args:
        tree: what was asked for, and below each what it needs.
        kind: whose it is: "roost", "venv", "conda", …
        scripts: that were run in it.
        used: when it was used last, seconds since the epoch; 0: nothing tells.
    """
    one = survey.environment
    facts = [
        f"Python {text(one.version)}" if one.version else "",
        text(views.counted(len(survey.entries), "distribution")),
        f"{text(views.bytes_text(survey.total))} on disk",
        f"made {text(views.ago(one.created))}",
        f"used {text(views.ago(used))}" if used else "",
        text(kind),
    ]
    return page(
        one.name,
        tag("h1", text(one.name)),
        tag("p", tag("code", text(one.path)), class_="dim"),
        tag("p", *(tag("span", fact) for fact in facts if fact), class_="facts"),
        *(tag("p", "run by ", tag("code", text(script))) for script in scripts),
        *_wrong(survey),
        tag("h2", "Size"),
        treemap(list(_tiles(survey)), "distributions by their size on disk"),
        tag("h2", "Distributions"),
        table(
            ("distribution", "version", "size", "of it bytecode", "licence", "needs", "needed by"),
            [_row(entry, {other.name for other in survey.entries}) for entry in survey.entries],
            numbers=(2, 3),
        ),
        tag("h2", "Who needs whom"),
        *(_node(node) for node in tree),
    )


def _wrong(survey: Survey) -> list[str]:
    """Say what is known to be wrong, first of all."""
    rows = [
        tag("li", tag("a", text(entry.name), href=f"#{_id(entry.name)}"), " ", code(said))
        for entry in sorted(survey.entries, key=lambda one: one.name)
        for said in entry.breaks
    ]
    if not rows:
        return [tag("p", "Nothing is known to be wrong.", class_="dim")]
    return [tag("h2", "Known breaks", class_="bad"), tag("ul", *rows)]


def _tiles(survey: Survey) -> Iterator[Tile]:
    for entry in survey.entries:
        parts = tuple((part.name, part.bytes) for part in entry.parts)
        yield Tile(entry.name, entry.bytes, _id(entry.name), parts)
    yield Tile("the environment itself", survey.rest, grey=True)


def _row(entry: Entry, there: set[str]) -> str:
    name = [tag("b", text(entry.name)) if entry.root else text(entry.name)]
    if entry.summary:
        name.append(tag("div", text(entry.summary), class_="dim"))
    name += [tag("div", code(said), class_="bad") for said in entry.breaks]
    return tag(
        "tr",
        tag("td", *name),
        tag("td", text(entry.version)),
        tag("td", text(views.bytes_text(entry.bytes)), class_="number"),
        tag("td", text(views.bytes_text(entry.bytecode)) if entry.bytecode else "", class_="number"),
        tag("td", text(entry.licence or "not said"), class_=None if entry.licence else "dim"),
        tag("td", ", ".join(_link(name, words, there) for name, words in entry.needs)),
        tag("td", ", ".join(_link(name, name, there) for name in entry.needed_by)),
        id=_id(entry.name),
    )


def _link(name: str, words: str, there: set[str]) -> str:
    return tag("a", text(words), href=f"#{_id(name)}") if name in there else tag("span", text(words), class_="bad")


def _node(node: Node) -> str:
    asked = f" {node.requirement}" if node.requirement and node.requirement != node.name else ""
    said = f"{tag('b', text(node.name))} {text(node.version)}{tag('span', text(asked), class_='dim')}"
    if node.again:
        said += tag("span", " … shown elsewhere", class_="dim")
    if not node.needs:
        return tag("div", said, class_="leaf")
    return tag("details", tag("summary", said), *(_node(below) for below in node.needs), open="")


def _id(name: str) -> str:
    return f"d-{name}"
