"""Addresses as they may leave a machine: without user, password, or a token among their parameters."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^/\s\"']*)@", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?<=[?&])[^=&#\s\"']*(?:token|secret|password|passwd|signature|credential|api[-_]?key|access[-_]?key|\bkey|\bsig|\bauth)[^=&#\s\"']*=[^&#\s\"']*&?",
    re.IGNORECASE,
)


def restored(text: str, names: Iterable[str], environ: Mapping[str, str] = os.environ) -> str:
    """Write `${NAME}` where the value of a variable stands that a requirements file names so."""
    for name in names:
        value = environ.get(name)
        if value:
            text = text.replace(value, f"${{{name}}}")
    return text


def bare(text: str) -> tuple[str, bool]:
    """Take credentials out of every address in a text; tells whether there were any.

    The user alone of an SSH address stays: it is no secret, and without it the address means somebody else.
    """
    found = False

    def without(match: re.Match[str]) -> str:
        nonlocal found
        if match["scheme"].lower().endswith("ssh"):
            user, colon, _ = match["user"].partition(":")
            found = found or bool(colon)
            return f"{match['scheme']}://{user}@"
        found = True
        return f"{match['scheme']}://"

    clean = _USERINFO.sub(without, text)
    less = re.sub(r"[?&](?=[#\s\"']|$)", "", _PARAMETER.sub("", clean))
    return (less, True) if less != clean else (clean, found)
