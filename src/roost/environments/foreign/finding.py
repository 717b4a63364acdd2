"""One environment of any kind, by the words of a command line."""

from __future__ import annotations

import os
from pathlib import Path

from roost.environments.store import NoSuchEnvironment

from .recognise import environment, recognise
from .search import everywhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from roost.environments.values import Environment
    from roost.home import Home

    from .values import Foreign

SECONDS = 5.0  # for the usual places


def find_other(
    text: str, error: NoSuchEnvironment, *, home: Home, environ: Mapping[str, str], folder: Path
) -> tuple[Environment, Foreign]:
    """Find an environment of another maker by its folder or by its name.

    Args:
        error: what is raised when there is none: that roost has none either.
        folder: the working folder.

    Raises:
        NoSuchEnvironment: there is none, or several fit.
    """
    others = _others(text, environ, folder, home)
    if not others:
        raise error
    if len(others) > 1:
        raise NoSuchEnvironment(
            f"`{text}` fits {len(others)} environments",
            why=tuple(f"`{one.path}`" for one in others[:10]),
            hints=("give the path of one",),
        ) from error
    return environment(others[0]), others[0]


def _others(text: str, environ: Mapping[str, str], folder: Path, home: Home) -> list[Foreign]:
    path = Path(os.path.abspath(folder / Path(text).expanduser()))  # noqa: PTH100  # `bin/..` is meant as it stands
    at = recognise(path) or (recognise(path, "pyenv") if path.parent.name == "versions" else None)
    if at:
        return [at]
    every = everywhere(environ, folder, without=home.environments, seconds=SECONDS).found
    return [one for one in every if text in {one.name, one.path.name}]
