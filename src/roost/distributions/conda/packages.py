"""One conda package: everything that installing it again takes."""

from __future__ import annotations

from roost.digests import sha256
from roost.distributions.comparing import versions
from roost.scripts.conda import MARK
from roost.values import Value

from .needs import LAYOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.distributions.comparing import Difference


class Package(Value):
    """The very file of a channel that is installed."""

    name: str
    version: str
    build: str  # "py311h0f8a1e3_0"
    number: int  # the build's
    subdir: str  # "linux-64", "noarch"
    noarch: str | None  # "python", "generic"; None: it is for one platform
    depends: tuple[str, ...]  # as conda writes them
    url: str  # without credentials
    channel: str  # likewise
    filename: str
    sha256: str | None
    size: int | None  # bytes
    site: str | None  # of a Python: where its packages lie, if not at the usual place


def key(packages: Iterable[Package]) -> str:
    """Digest what a prefix is made of."""
    import json

    contents = sorted([one.name, one.version, one.build, one.sha256 or one.url] for one in packages)
    return sha256(json.dumps([LAYOUT, contents]).encode())


def moves(before: Iterable[Package], after: Iterable[Package]) -> tuple[Difference, ...]:
    """Say what differs between two sets of packages, by name: `conda:gdal`; where only the build differs, it counts."""
    sides = [{f"{MARK}{one.name}": one for one in side} for side in (before, after)]
    same = {name for name in sides[0].keys() & sides[1].keys() if sides[0][name].version == sides[1][name].version}
    return versions(*(
        {name: f"{one.version} {one.build}" if name in same else one.version for name, one in side.items()} for side in sides
    ))  # fmt: skip


def written(packages: Iterable[Package]) -> list[list[object]]:
    """Give packages as JSON can hold them."""
    return [
        [
            one.name, one.version, one.build, one.number, one.subdir, one.noarch, list(one.depends), one.url, one.channel,
            one.filename, one.sha256, one.size, one.site,
        ]
        for one in packages
    ]  # fmt: skip


def read(rows: Iterable[list[object]]) -> tuple[Package, ...]:
    """Read what `written` gave.

    Raises:
        ValueError, TypeError, IndexError: it is something else.
    """
    found = []
    for row in rows:
        depends = row[6]
        if not isinstance(depends, list):
            raise TypeError
        found.append(Package(*row[:6], tuple(map(str, depends)), *row[7:12], row[12]))  # type: ignore[arg-type,call-arg]  # as `written` has them
    return tuple(found)
