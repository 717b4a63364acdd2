"""What a script wants from conda channels, as it is written: `conda:ffmpeg>=6`."""

from __future__ import annotations

import re

from roost.digests import sha256
from roost.scripts.conda import MARK, package
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from roost.scripts import Declaration, Declared
    from roost.settings import Settings

LAYOUT = 1  # raised when what is remembered, or a prefix, could no longer be used as it is


_TOKEN = re.compile(r"(?<=[^/])/t/[^/]+/")  # conda's way to write a token into an address


class Needs(Value):
    """Packages, and the channels that may have them."""

    specs: tuple[str, ...]  # as conda writes them (MatchSpec): "ffmpeg>=6", "gdal 3.8.*"
    channels: tuple[str, ...]  # names, addresses or folders, the first one is asked first
    exclude_newer: str | None = None  # as for indexes
    reasons: tuple[str, ...] = ()  # where each is written
    lock: Path | None = None  # a lock file that may have the very packages

    @property
    def bare(self) -> tuple[str, ...]:
        """The channels without user, password and token: as they may be written down."""
        return tuple(
            _TOKEN.sub("/", _without_credentials(channel)) if "://" in channel else channel for channel in self.channels
        )

    @property
    def names(self) -> frozenset[str]:
        """Names of the packages, as a module of the same name would be called."""
        return frozenset(package(spec).replace("-", "_") for spec in self.specs)

    def digest(self, short: str, platform: str) -> str:
        """Give the name under which the answer is remembered; the order of packages does not matter, that of channels does."""
        import json

        facts = [LAYOUT, sorted(self.specs), list(self.bare), self.exclude_newer, short, platform]
        return sha256(json.dumps(facts).encode())


def wanted(
    declared: Declared, extra: Iterable[str], settings: Settings, *, where: Callable[[Declaration], str]
) -> Needs | None:
    """Gather what is declared and what `--with` adds; None: nothing is wanted from conda.

    Args:
        extra: the texts of `--with`, of which those that begin with `conda:` count.
        where: says where something is declared.
    """
    found = {one.text: where(one) for one in declared.conda}
    found |= {text.removeprefix(MARK): "`--with`" for text in parted(extra)[1]}
    if not found:
        return None
    channels = declared.conda_channels or settings.conda_channels
    newest = declared.exclude_newer or settings.index_exclude_newer
    return Needs(tuple(found), channels, newest, tuple(found.values()), declared.lock)


def parted(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part requirements of an index from those that begin with `conda:`."""
    every = tuple(texts)
    return (
        tuple(text for text in every if not text.startswith(MARK)),
        tuple(text for text in every if text.startswith(MARK)),
    )


def _without_credentials(text: str) -> str:
    from roost.distributions.pylock import without_credentials

    return without_credentials(text)
