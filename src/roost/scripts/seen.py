"""What one source says, before it is known where its modules are; also what another Python tells us of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .markers import Marker

    # name, line, arguments, keywords
    Called = tuple[str, int, tuple[str | None, ...], tuple[tuple[str, str | None], ...]]

RANK = {
    "required": 0,
    "lazy": 1,
    "conditional": 2,
    "optional": 3,
    "alternative": 3,
    "typing": 4,
}  # how little a kind matters


class Found:
    """One import as a statement or a literal call asks for it.

    Args:
        module: without the dots of a relative import.
        level: dots of a relative import.
        group: alternatives share it.
    """

    __slots__ = ("dynamic", "group", "kind", "level", "line", "marker", "module", "names")

    def __init__(
        self,
        module: str,
        names: tuple[str, ...],
        level: int,
        line: int,
        kind: str,
        *,
        dynamic: bool = False,
        marker: str | None = None,
        group: int | None = None,
    ) -> None:
        self.module = module
        self.names = names
        self.level = level
        self.line = line
        self.kind = kind
        self.dynamic = dynamic
        self.marker = marker
        self.group = group


class Seen:
    """What one source says."""

    def __init__(self) -> None:
        self.imports: list[Found] = []
        self.calls: list[Called] = []
        self.urls: list[tuple[str, int]] = []  # "postgresql://" and its line
        self.paths: list[tuple[str, bool]] = []  # folders put on sys.path; whether in front
        self.installs: list[tuple[str, int]] = []  # shell lines that install
        self.docstrings: list[tuple[int, int]] = []  # first and last line
        self.syntax: dict[int, tuple[str, int]] = {}  # minor version → what needs it, line
        self.guards: list[tuple[str, str, int]] = []  # operator, version, line of the script's own checks
        # first and last line of a block that copes with a missing import; also of one that a called function makes
        self.expected: list[tuple[int, int, bool]] = []


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
