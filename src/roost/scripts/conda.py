"""What is declared of conda channels: `[tool.roost] conda = […]`, and requirements that begin with `conda:`."""

from __future__ import annotations

from .errors import MetadataBroken
from .sources import placed
from .values import Declaration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from .values import Via

MARK = "conda:"


def package(spec: str) -> str:
    """Give the name of the package that a specification is about: `conda-forge::ffmpeg>=6` is about `ffmpeg`."""
    import re

    found = re.match(r"(?:\S+::)?([A-Za-z0-9_.-]+)", spec.strip())
    return found[1].lower() if found else ""


def parted(dependencies: Iterable[str], roost: Mapping[str, object], *, what: str) -> tuple[list[str], list[str]]:
    """Part requirements of an index from what is wanted of conda.

    Args:
        dependencies: as they are written.
        roost: the `[tool.roost]` table.
        what: for errors: "cannot read `pyproject.toml`".

    Raises:
        MetadataBroken: the table has something else than a list of texts.
    """
    for key in ("conda", "conda-channels"):
        value = roost.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise MetadataBroken(what, why=(f"`tool.roost.{key}` must be a list of texts",))
    own = roost.get("conda", [])
    every = list(dependencies)
    packages = [
        *(one.removeprefix(MARK) for one in every if one.startswith(MARK)),
        *(own if isinstance(own, list) else []),
    ]
    return [one for one in every if not one.startswith(MARK)], [one.strip() for one in packages]


def declarations(
    packages: Iterable[str], lines: Sequence[str], *, first: int, file: Path | None, via: Via
) -> tuple[Declaration, ...]:
    """Say where each package is written.

    Args:
        lines: of the text that declares.
        first: the number of the first of them.
    """
    return tuple(
        Declaration(one, first + next((number for number, text in enumerate(lines) if one in text), 0), file, via)
        for one in packages
    )


def channels(roost: Mapping[str, object], folder: str) -> tuple[str, ...]:
    """Give the channels of a `[tool.roost]` table: names, addresses, and folders by an absolute path."""
    value = roost.get("conda-channels")
    return tuple(
        placed(one, folder) if one.startswith((".", "/", "~")) else one
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, str)
    )
