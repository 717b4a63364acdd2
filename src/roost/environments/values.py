"""An environment as a value."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class Environment(Value):
    """A ready folder with an interpreter and a lock's distributions."""

    path: Path  # …/environments/<name>-<12 hex>
    key: str  # 64 hex digits
    python: Path  # path/bin/python
    version: str  # of the interpreter, "3.11.7"
    distributions: tuple[tuple[str, str], ...]  # (canonical name, version), sorted
    created: float  # seconds since the epoch
    fresh: bool = False  # built just now, by us

    @property
    def short(self) -> str:
        """The major and minor version of its Python, "3.11"."""
        return ".".join(self.version.split(".")[:2])

    @property
    def name(self) -> str:
        """The folder's name, by which commands know it."""
        return self.path.name
