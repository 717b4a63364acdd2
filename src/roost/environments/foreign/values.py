"""An environment of another maker, as a value."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

COMMON = (".venv", "venv", "env", ".env", "virtualenv")  # names of folders that say nothing


class Foreign(Value):
    """A folder with an interpreter that roost did not make."""

    kind: str  # "venv", "virtualenv", "conda", "pyenv", "pipx", "uv tool", "uv script", "poetry", …
    path: Path
    version: (
        str | None
    )  # of its Python, as far as its files say: "3.11.7" or "3.11"; None: it has none, or nothing says
    maker: str | None  # the program that made it, with its version: "virtualenv 20.26.0"
    broken: str | None  # why its Python cannot start, in a sentence
    used: float  # last sign of use or change, as far as times of files tell; seconds since the epoch

    @property
    def name(self) -> str:
        """What people call it: its folder, with the project's where that alone says nothing."""
        return f"{self.path.parent.name}/{self.path.name}" if self.path.name in COMMON else self.path.name

    @property
    def python(self) -> Path:
        """Where its Python is, or should be."""
        return self.path / "bin" / "python"
