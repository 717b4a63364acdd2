"""An environment over conda packages: their programs are on its PATH, and what they want to be set is set in its Python."""

from __future__ import annotations

import os
from pathlib import Path

from roost.distributions import conda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.scripts import Interpreter

VARIABLES = "_roost_conda.pth"


def over(folder: Path, site: Path, interpreter: Interpreter) -> tuple[str, ...]:
    """Furnish a new environment with what its Python's prefix has.

    Its programs are linked, so that one folder on PATH has all; their own files they find by their real place.

    Returns:
        The paths of what was written, relative to the environment; links are not among them.
    """
    place = interpreter.path.parent.parent
    prefix = conda.read(place)
    for name in sorted(os.listdir(place / "bin")):  # noqa: PTH208
        link = folder / "bin" / name
        if not os.path.lexists(link) and not name.startswith(("python", "pip", "idle", "2to3", "pydoc")):
            link.symlink_to(place / "bin" / name)
    if prefix is None or not prefix.variables:
        return ()
    file = site / VARIABLES
    file.write_text(f"import os; os.environ.update({dict(prefix.variables)!r})\n", "utf-8")
    return (str(file.relative_to(folder)),)


def standing_on(home: Home, prefix: str) -> conda.Prefix | None:
    """Give the prefix with this key; None: it is gone, or the environment stands on none."""
    return next((one for one in conda.listing(home) if one.key == prefix), None) if prefix else None
