"""`roost env view`: a page to look at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roost.errors import CannotCreate, Exit, RoostError

from . import place
from .env_finding import any_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.environments import Environment
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .page import Tile
    from .show import Output


def view(arguments: Arguments, output: Output) -> int:
    """Write the page of one environment, or of all."""
    home, settings = place.find(output)
    if arguments.words:
        name, page = _one(arguments, home, settings, output)
    else:
        name, page = "environments", _all(home, output)
    target = arguments.text("output")
    if target == "-":
        sys.stdout.write(page)
        sys.stdout.flush()
        return Exit.OK
    file = Path(target).absolute() if target else home.cache / "pages" / f"{name}.html"
    _write(file, page, default=not target)
    if output.json:
        output.document("roost.page/1", {"file": str(file)})
    else:
        output.text(str(file))
    return Exit.OK


def _write(file: Path, page: str, *, default: bool) -> None:
    from roost import home as homes

    if not file.parent.is_dir() and not default:
        raise CannotCreate(f"cannot write `{file}`", why=(f"there is no folder `{file.parent}`",))
    homes.write(file, page, mode=0o644)


def _one(arguments: Arguments, home: Home, settings: Settings, output: Output) -> tuple[str, str]:
    from roost import environments
    from roost.environments import searching
    from roost.environments.survey import survey

    from .page import environment_page

    found, other = any_kind(home, arguments.words[0])
    yanked = _yanked(found, home, settings, output) if arguments.has("online") else ()
    output.progress("looking at files")
    seen = survey(found, yanked=yanked)
    used = other.used if other else environments.last_used(found)
    scripts = list(map(str, searching.scripts(home).get(found.name, ()))) if other is None else []
    kind = other.kind if other else "roost"
    page = environment_page(seen, environments.tree(found), kind=kind, scripts=scripts, used=used)
    return found.name, page


def _yanked(found: Environment, home: Home, settings: Settings, output: Output) -> tuple[str, ...]:
    """Ask the index which of the installed versions were taken back by their makers; what it does not know counts as fine."""
    from roost.distributions.index import Index
    from roost.distributions.indexes import configured

    index = Index(configured(settings, os.environ), home=home, settings=settings)
    gone = []
    for name, version in found.distributions:
        output.progress(f"asking for `{name}`")
        try:
            project = index.project(name)
        except RoostError as error:
            output.warn(f"{error.what}: nobody knows which versions were yanked")
            break
        files = project.project.files if project else ()
        ours = [file for file in files if _version_of(file.filename) == version]
        if ours and all(file.yanked for file in ours):
            gone.append(name)
    return tuple(gone)


def _version_of(filename: str) -> str:
    """Read the version in the name of a wheel or of a source distribution (PEP 427, PEP 625)."""
    stem = filename.removesuffix(".whl").removesuffix(".tar.gz").removesuffix(".zip")
    return stem.split("-")[1] if filename.endswith(".whl") and "-" in stem else stem.rpartition("-")[2]


def _all(home: Home, output: Output) -> str:
    from roost import environments
    from roost.environments import foreign, searching

    from .page import Line, overview_page

    run = searching.scripts(home)
    output.progress("looking at environments")
    own = environments.listing(home)
    lines = [
        Line(
            "roost", one.name, str(one.path), one.version, len(one.distributions), environments.last_used(one), None,
            tuple(map(str, run.get(one.name, ()))),
        )
        for one in own
    ]  # fmt: skip
    for other in foreign.everywhere(os.environ, place.folder(), without=home.environments).found:
        count = len(foreign.environment(other).distributions)
        lines.append(
            Line(other.kind, other.name, str(other.path), other.version or "", count, other.used, other.broken, ())
        )
    lines.sort(key=lambda line: (line.kind != "roost", line.kind, -line.used))
    output.progress("looking at files")
    return overview_page(lines, _tiles(home, own), title="Environments")


def _tiles(home: Home, own: tuple[Environment, ...]) -> list[Tile]:
    from roost.environments import sizes

    from .page import Tile

    found = sizes.parted([one.path for one in own], home.engine_cache)
    tiles = [Tile(one.name, taken, f"e-{one.name}") for one, taken in zip(own, found[:-1], strict=True)]
    return [*tiles, Tile("in the engine's cache only", found[-1], grey=True)]
