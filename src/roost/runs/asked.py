"""A question of a running script, and where it comes from: frozen values."""

from __future__ import annotations

from roost import environments
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.distributions import Options
    from roost.environments.manifest import Manifest
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Choice, Script
    from roost.settings import Settings


class Bounds(Value):
    """What code that nobody has read may have added: names that can be trusted, as wheels, no more than so much."""

    most: int  # bytes of all files that come to those of the start
    before: frozenset[str]  # the files of the start


class Asked(Value):
    """A question, and where it comes from."""

    home: Home
    settings: Settings
    options: Options
    report: Reporter
    script: Script
    name: str  # the environment that the run has come to
    held: Manifest  # what is in it
    python: Choice
    bounds: Bounds | None = None  # None: what the script asks for is its user's word
    logins: tuple[tuple[str, str, str], ...] = ()  # what addresses that a `pip install` names say of credentials

    @property
    def folder(self) -> Path:
        """The environment's."""
        return environments.folder(self.home, self.name)


def listed(value: object) -> list[object]:
    """Take a part of a question as a list; anything else is an empty one."""
    return list(value) if isinstance(value, list) else []
