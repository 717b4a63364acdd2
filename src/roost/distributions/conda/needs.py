"""What a script wants from conda channels, as it is written: `conda:ffmpeg>=6`."""

from __future__ import annotations

from roost.digests import sha256
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.scripts import Declared
    from roost.settings import Settings

MARK = "conda:"
LAYOUT = 1  # raised when what is remembered, or a prefix, could no longer be used as it is


class Needs(Value):
    """Packages, and the channels that may have them."""

    specs: tuple[str, ...]  # as conda writes them (MatchSpec): "ffmpeg>=6", "gdal 3.8.*"
    channels: tuple[str, ...]  # names, addresses or folders, the first one is asked first
    exclude_newer: str | None = None  # as for indexes

    @property
    def names(self) -> frozenset[str]:
        """Names of the packages, as a module of the same name would be called."""
        import re

        found = (re.match(r"(?:[^\s:]+::)?([A-Za-z0-9_.-]+)", spec) for spec in self.specs)
        return frozenset(one[1].replace("-", "_").lower() for one in found if one)

    def digest(self, short: str, platform: str) -> str:
        """Give the name under which the answer is remembered; the order of packages does not matter, that of channels does."""
        import json

        facts = [LAYOUT, sorted(self.specs), list(map(_bare, self.channels)), self.exclude_newer, short, platform]
        return sha256(json.dumps(facts).encode())


def wanted(declared: Declared, extra: Iterable[str], settings: Settings) -> Needs | None:
    """Gather what is declared and what `--with` adds; None: nothing is wanted from conda.

    Args:
        extra: the texts of `--with`, of which those that begin with `conda:` count.
    """
    specs = (*(one.text for one in declared.conda), *(text.removeprefix(MARK) for text in parted(extra)[1]))
    if not specs:
        return None
    channels = declared.conda_channels or settings.conda_channels
    return Needs(tuple(dict.fromkeys(specs)), channels, declared.exclude_newer or settings.index_exclude_newer)


def parted(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part requirements of an index from those that begin with `conda:`."""
    every = tuple(texts)
    return (
        tuple(text for text in every if not text.startswith(MARK)),
        tuple(text for text in every if text.startswith(MARK)),
    )


def _bare(channel: str) -> str:
    from roost.distributions.pylock import without_credentials

    return without_credentials(channel)
