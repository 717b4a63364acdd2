"""How rooms tell what they are doing, without printing anything themselves."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Reporter(Protocol):
        """Takes what rooms tell; the command line shows it, a test collects it, a server logs it."""

        def progress(self, text: str) -> None:
            """Say what is going on now; each call replaces the last one. Shown on a terminal only."""

        def step(self, text: str) -> None:
            """Say what has been finished: `built 14 distributions in 1.2 s`. Shown on a terminal only."""

        def note(self, text: str) -> None:
            """Say a decision that the user should know of. Shown unless `--quiet`."""

        def warn(self, text: str) -> None:
            """Say what may be wrong. Shown unless `--quiet`."""

        def detail(self, text: str) -> None:
            """Say what only `-v` shows: each step tried, with its reason."""

else:
    Reporter = object


class Silent:
    """A reporter that shows nothing."""

    def progress(self, text: str) -> None:
        """Show nothing."""

    def step(self, text: str) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def warn(self, text: str) -> None:
        """Show nothing."""

    def detail(self, text: str) -> None:
        """Show nothing."""
