"""Programs that our own Python cannot parse: newer syntax, and Python 2's."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .parse import Interpreters, Reading


def other(text: str, *, file: str | None, interpreters: Interpreters | None) -> Reading | None:
    return None
