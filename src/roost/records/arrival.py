"""What a known text leaves behind at a new path: a reference, and the launcher's record as soon as it may have one."""

from __future__ import annotations

import os

from roost.digests import sha256

from . import fragments, sealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .known import Text

MOST = 400  # absences in one record (`records.MOST`)


def arrived(text: Text, known: Mapping[str, object], absent: Sequence[str], began: int, launcher: str) -> None:
    """Note that a text is at a path now. Never fails: whoever cannot write here is none the worse for it.

    Args:
        absent: what must stay absent around it.
        began: when we began to read it, nanoseconds since the epoch.
        launcher: the folder of the launcher's records.
    """
    try:
        _refer(text, known, began)
        _record(text, known, absent, began, launcher)
    except (OSError, ValueError):  # ValueError: too young yet, or sh cannot say it
        return


def _refer(text: Text, known: Mapping[str, object], now: int) -> None:
    """Write which environment the script has, as `environments.refer` does."""
    from _json import encode_basestring_ascii  # `json` itself loads a parser

    around = known["reference"]
    assert isinstance(around, tuple)
    head, tail = around
    same = f"{head}{encode_basestring_ascii(text.path)}{tail}"
    file = f"{known['references']}/{sha256(os.fsencode(text.path))[:32]}.json"
    if sealed.begins(file, same.encode()):
        os.utime(file)
    else:
        sealed.write(file, f"{same}{now / 1e9}}}".encode())


def _record(text: Text, known: Mapping[str, object], absent: Sequence[str], began: int, launcher: str) -> None:
    """Write the launcher's record, if the file has rested for long enough."""
    place = fragments.place(launcher, text.given or "", os.environ)
    if place is None or len(absent) > MOST:
        return
    rest, common = known["rest"], known["common"]
    assert isinstance(rest, int)
    assert isinstance(common, tuple)
    *tests, end = common
    tests += fragments.unchanged([text.path], began - rest, launcher)
    tests += fragments.absent(absent)
    written = os.fsencode(fragments.text(str(known["mark"]), tests, end))
    if not sealed.begins(place, written):
        sealed.write(place, written)
