"""What one source says, before it is known where its modules are; also what another Python tells us of it."""

from __future__ import annotations

from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .markers import Marker

    Called = tuple[
        str, int, tuple[str | None, ...], tuple[tuple[str, str | None], ...]
    ]  # name, line, arguments, keywords

RANK = {
    "required": 0,
    "lazy": 1,
    "conditional": 2,
    "optional": 3,
    "alternative": 3,
    "typing": 4,
}  # how little a kind matters


@dataclass(slots=True, eq=False, repr=False)
class Found:
    """One import as a statement or a literal call asks for it."""

    module: str  # without the dots of a relative import
    names: tuple[str, ...]
    level: int  # dots of a relative import
    line: int
    kind: str
    dynamic: bool
    marker: str | None
    group: int | None


@dataclass(slots=True, eq=False, repr=False)  # each full one costs a start about a millisecond
class Seen:
    """What one source says."""

    imports: list[Found] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    urls: list[tuple[str, int]] = field(default_factory=list)  # "postgresql://" and its line
    paths: list[tuple[str, bool]] = field(default_factory=list)  # folders put on sys.path; whether in front
    installs: list[tuple[str, int]] = field(default_factory=list)  # arguments of `pip install`, as a shell line
    docstrings: list[tuple[int, int]] = field(default_factory=list)  # first and last line
    syntax: dict[int, tuple[str, int]] = field(default_factory=dict)  # minor version → what needs it, line
    guards: list[tuple[str, str, int]] = field(
        default_factory=list
    )  # operator, version, line of the script's own checks


class Context:
    """How much what stands in a block matters."""

    __slots__ = ("group", "kind", "marker")

    def __init__(self, kind: str = "required", marker: Marker | None = None, group: int | None = None) -> None:
        self.kind = kind
        self.marker = marker
        self.group = group

    def weaker(self, kind: str) -> Context:
        """Give the context with a kind that matters less, unless it matters less already."""
        return self if RANK[self.kind] >= RANK[kind] else Context(kind, self.marker)
