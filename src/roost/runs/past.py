"""What is known of earlier runs of a script in its environment: whether it still has to be waited for.

A script is known by its path and its bytes (text without a path by its bytes), together with the environment: an edit
or another environment begins anew. There is a fixed number of places; where two scripts meet in one, the elder is
forgotten and waited for once more, which is all that can be lost.
"""

from __future__ import annotations

import json
import os

from roost import home as homes
from roost.digests import sha256
from roost.errors import CannotCreate
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.home import Home

    from .values import Prepared

SCHEMA = "roost.past/1"
ENOUGH = 3  # runs that ended by themselves, however, after which nobody waits any more
_PLACES = 2  # hexadecimal digits of the file's name: 256 places


class Past(Value):
    """How a script has ended so far, unchanged, in one environment."""

    succeeded: bool = False  # with status 0, once
    ends: int = 0  # runs that ended without success and without a crash: by their own status, or by Ctrl-C and the like

    @property
    def settled(self) -> bool:
        """Whether nobody has to wait for it any more: it has succeeded, or this is how it ends."""
        return self.succeeded or self.ends >= ENOUGH


def past(home: Home, prepared: Prepared) -> Past:
    """Give what is known; nothing, where that is damaged or about something else."""
    name = _name(prepared)
    try:
        document = json.loads(_place(home, name).read_bytes())
        if (document["schema"], document["of"]) == (SCHEMA, name):
            return Past(bool(document["succeeded"]), int(document["ends"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return Past()


def remember(home: Home, prepared: Prepared, known: Past) -> None:
    """Keep it; a home that cannot be written keeps nothing."""
    name = _name(prepared)
    document = {"schema": SCHEMA, "of": name, "succeeded": known.succeeded, "ends": known.ends}
    try:
        homes.write(_place(home, name), json.dumps(document))
    except CannotCreate:
        return


def _name(prepared: Prepared) -> str:
    script = prepared.plan.script
    where = os.fsencode(script.path) if script.path is not None else b""
    parts = (where, os.fsencode(script.module or ""), script.digest.encode(), prepared.environment.key.encode())
    return sha256(b"\0".join((script.form.encode(), *parts)))


def _place(home: Home, name: str) -> Path:
    return home.past / f"{name[:_PLACES]}.json"
