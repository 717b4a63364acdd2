"""A run in a sandbox that is asked for again, in the same words: it starts from what was decided, if all of that still holds.

What was decided is found by the words of the command line and the working folder. It counts as long as every file that
was read, every variable that was looked at and every path that was not there is as it was (`grounds`), the environment
is whole and the tier is the one that worked. Whatever is not plain goes the whole way, which writes this down again.
"""

from __future__ import annotations

import os

from roost.digests import sha256
from roost.records import sealed
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from roost.home import Home
    from roost.settings import Settings

    from .confined import Decided, Done
    from .values import Prepared

KIND = "sandboxed"  # the folder among the launcher's records
FLAGS = frozenset({"untrusted"})
VALUES = frozenset(
    {"sandbox", "net", "timeout", "memory", "processes", "file-size", "disk", "output", "workdir", "in", "out", "env"}
)


class Again(Value):
    """A run that started from memory and has ended, or failed."""

    file: str  # as its user typed it
    decided: Decided
    done: Done | None
    error: BaseException | None = None


def begin(argv: Sequence[str]) -> Again | None:
    """Run what `run` is asked for in a sandbox, if it is known.

    Args:
        argv: what follows the program's name.

    Returns:
        What became of it; None: the command has to go the whole way, and nothing has been started.
    """
    found = _words(argv[1:])
    folder = sealed.launcher(os.environ)
    if found is None or folder is None:
        return None
    given, file, arguments = found
    try:
        known = sealed.find(f"{folder}/{KIND}", _name(given, file))
        decided = _decided(known) if known is not None else None
    except (OSError, ValueError):
        return None
    if decided is None:
        return None
    from .confined import carry_out

    try:
        return Again(file, decided, carry_out(decided, arguments, decided.waiting()))
    except BaseException as error:  # noqa: BLE001  # the command line says it
        return Again(file, decided, None, error)


def _decided(known: Mapping[str, object]) -> Decided | None:
    """Give what was decided, if it can still be carried out; raises OSError."""
    from . import standing

    if not standing.holds(known):
        return None
    from roost.sandbox import tiers
    from roost.sandbox.values import Limits

    from .brokering import Question
    from .confined import Decided, Folders

    *most, limits, question, home = _tuple(known["decided"])
    last = Limits(*limits), question and Question(*question), Folders(*home)
    decided = Decided(*(*most, *last))
    files = filter(None, (*decided.given, decided.filter))
    if not all(map(os.path.isfile, files)) or not os.path.isdir(decided.folder or "/"):  # noqa: PTH112
        return None
    return decided if known["tier"] == tiers.grounds(decided.tier) else None


def keep(
    decided: Decided,
    prepared: Prepared,
    given: Mapping[str, tuple[str, ...]],
    file: str | None,
    *,
    tier: str,
    began: int,
    home: Home,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Remember what was decided, if it can be told when it is no longer right.

    Args:
        given: the options of the command line, by name.
        file: FILE as its user typed it.
        tier: the one asked for, which may be `auto`.
        began: when we began to read, nanoseconds since the epoch.

    Returns:
        Whether it is kept now. A home that cannot be written keeps none.
    """
    from roost.sandbox import tiers

    from . import standing

    if (
        file is None
        or not given.keys() <= FLAGS | VALUES
        or (tier == "auto" and decided.tier != tiers.AUTO[0])  # a stronger one may work tomorrow
    ):
        return False
    try:
        facts = standing.facts(prepared, began=began, home=home, settings=settings, environ=environ)
        if facts is None:
            return False
        value = facts | {"tier": tiers.grounds(decided.tier), "decided": _plainly(decided)}
        sealed.keep(f"{home.launcher}/{KIND}", _name(given, file), value)
    except (OSError, ValueError):
        return False
    return True


def _plainly(decided: Decided) -> tuple[object, ...]:
    """Give what was decided as plain values; `_decided` reads them."""
    most = decided.values()[:-3]
    return (*most, decided.limits.values(), decided.question and decided.question.values(), decided.home.values())


def _tuple(value: object) -> tuple[Any, ...]:
    assert isinstance(value, tuple)
    return value


def _words(words: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], str, Sequence[str]] | None:
    """Read a plain command line: its options, FILE, and what is the script's; None: it is not plain."""
    given: dict[str, tuple[str, ...]] = {}
    at = 0
    while at < len(words) and words[at].startswith("--"):
        name, equals, value = words[at][2:].partition("=")
        at += 1
        if name in FLAGS and not equals:
            value = ""
        elif name not in VALUES:
            return None
        elif not equals:
            if at == len(words):
                return None
            value = words[at]
            at += 1
        given[name] = (*given.get(name, ()), value)
    if at == len(words) or not words[at] or words[at].startswith("-"):
        return None
    rest = words[at + 1 :]
    return given, words[at], rest[1:] if rest[:1] == ["--"] else rest


def _name(given: Mapping[str, tuple[str, ...]], file: str) -> str:
    """Name what is decided for a command line: paths in it depend on the working folder."""
    words = [os.getcwd(), file, *(f"{name}={value}" for name in sorted(given) for value in given[name])]  # noqa: PTH109
    return sha256("\0".join(words).encode("utf-8", "surrogateescape"))
