"""An environment over conda packages: their programs are on its PATH, and what they want to be set is set in its Python."""

from __future__ import annotations

import os
from pathlib import Path

from roost.distributions import conda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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


def under(folder: Path) -> conda.Prefix | None:
    """Give the prefix that an environment stands on; None: on none, or it is gone."""
    return conda.read(_under(folder))


def verify(folder: Path) -> tuple[tuple[Path, str], ...]:
    """Compare every file of the conda packages that an environment stands on: (file, what about it).

    Where one is damaged, the packages are installed again at their next use.
    """
    prefix = under(folder)
    if prefix is None:
        return ()
    harm = conda.damage(prefix.path, thorough=True)
    if harm:
        conda.doubt(prefix)
    return tuple((prefix.path / file, said) for file, said in harm)


def unused(home: Home, *, without: Iterable[Path] = ()) -> tuple[conda.Prefix, ...]:
    """List the prefixes on which no environment stands, and in which nobody works.

    Args:
        without: folders of environments that do not count.
    """
    from . import store, use

    if not home.prefixes.is_dir():
        return ()
    needed = {_under(path) for path in store.folders(home) if path not in without}
    return tuple(one for one in conda.listing(home) if one.path not in needed and use.busy(home, one.path) is None)


def _under(folder: Path) -> Path:
    return Path(os.path.realpath(folder / "bin" / "python")).parent.parent
