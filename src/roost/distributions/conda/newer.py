"""What channels have newer than what a prefix has, and what stands against it."""

from __future__ import annotations

from roost.values import Value

from . import solver
from .needs import Needs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.home import Home
    from roost.settings import Settings

    from .prefixes import Prefix


class Newer(Value):
    """A package of which the channels have a newer version for this machine."""

    name: str
    version: str
    latest: str
    held_by: tuple[str, ...]  # "grinder 6.1 needs libbean <2"


def newer(prefix: Prefix, *, home: Home, settings: Settings, what: str) -> tuple[Newer, ...]:
    """Ask the channels of a prefix; of Python itself, newer ones of the same minor version count.

    Args:
        what: for errors: "cannot ask what is newer than …".

    Raises:
        CondaMissing: the library is not installed.
        RoostError: of the classes in `faults`: nothing can be asked.
    """
    needs = Needs(prefix.specs, _with_logins(prefix.channels, settings), settings.index_exclude_newer)
    rows = solver.newer(needs, prefix.packages, home=home, settings=settings, what=what)
    return tuple(Newer(name, version, latest, tuple(held)) for name, version, latest, held in rows)


def _with_logins(channels: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Give channels with the credentials that the settings have for them: a prefix remembers none."""
    known = Needs((), settings.conda_channels)
    logins = dict(zip(known.bare, known.channels, strict=True))
    return tuple(logins.get(channel, channel) for channel in channels)
