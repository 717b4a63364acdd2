"""`roost env outdated`: what environments could have."""

from __future__ import annotations

from roost.errors import Exit
from roost.values import Value

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.environments import Environment
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class Row(Value):
    """Something of which an index or a channel has a newer version."""

    environment: str
    name: str  # of a conda package: `conda:gdal`
    version: str
    latest: str
    held_by: tuple[str, ...]  # what stands against it: "soup 1.0 needs stock<2"


def outdated(arguments: Arguments, output: Output) -> int:
    """List what an index or a conda channel has newer versions of, and what stands against them."""
    from roost import environments

    from .env_finding import named

    home, settings = place.find(output)
    every = [named(home, word) for word in arguments.words] or environments.listing(home)
    rows = []
    for one in dict.fromkeys(every):
        output.progress(f"asking for what is newer than `{one.name}`")
        rows += [*_distributions(one, home, settings, output), *_packages(one, home, settings, output)]
    if output.json:
        data = [{name: getattr(row, name) for name in ("environment", "name", "version", "latest")} for row in rows]
        data = [each | {"held_by": list(row.held_by)} for each, row in zip(data, rows, strict=True)]
        output.document("roost.outdated/1", {"outdated": data})
    elif rows:
        lines = [
            (
                row.environment if len(every) > 1 else "",
                row.name,
                f"{row.version} → {row.latest}",
                ", ".join(row.held_by),
            )
            for row in rows
        ]
        output.text("\n".join(views.columns(lines)))
    else:
        output.text("nothing is outdated")
    return Exit.OK


def _distributions(one: Environment, home: Home, settings: Settings, output: Output) -> Iterator[Row]:
    from roost.distributions import newer
    from roost.environments.inspecting import holding

    found = newer.outdated(one.python, home=home, settings=settings, report=output)
    against = holding(one, {row.name: row.latest for row in found})
    for row in found:
        yield Row(one.name, row.name, row.version, row.latest, against.get(row.name, ()))


def _packages(one: Environment, home: Home, settings: Settings, output: Output) -> Iterator[Row]:
    """Ask the channels for what is newer than the conda packages on which an environment stands."""
    from roost.environments import beside

    prefix = beside.under(one.path)
    if prefix is None:
        return
    from roost.distributions import conda

    if not conda.available():
        output.note(f"`{one.name}` has conda packages, and what asks for newer ones is not here: `roost[conda]`")
        return
    what = f"cannot ask what is newer than the conda packages of `{one.name}`"
    for row in conda.newer(prefix, home=home, settings=settings, what=what):
        yield Row(one.name, f"conda:{row.name}", row.version, row.latest, row.held_by)
