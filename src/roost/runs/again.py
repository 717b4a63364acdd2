"""A run in a sandbox that is asked for again, in the same words: it starts from what was decided, if all of that still holds.

What was decided is found by the words of the command line and the working folder. It counts as long as every file that
was read, every variable that was looked at and every path that was not there is as it was (`grounds`), the environment
is whole and the tier is the one that worked. Whatever is not plain goes the whole way, which writes this down again.
"""

from __future__ import annotations

import os
import time

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
        if known is None or not sealed.holds(known["grounds"], os.environ, time.time_ns()):  # type: ignore[arg-type]
            return None
        decided = _decided(known)
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
    from roost.records.known import vital
    from roost.sandbox import tiers
    from roost.sandbox.values import Limits

    from .brokering import Question
    from .confined import Decided, Folders

    manifest, compiled = _tuple(known["whole"])
    if not os.path.exists(compiled) or not vital(known, manifest):  # noqa: PTH110
        return None
    *most, limits, question, home = _tuple(known["decided"])
    last = Limits(*limits), question and Question(*question), Folders(*home)
    decided = Decided(*(*most, *last))
    if not all(map(os.path.isfile, decided.given)) or not os.path.isdir(decided.folder or "/"):  # noqa: PTH112
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
    from roost.environments import integrity
    from roost.environments.bytecode import DONE
    from roost.environments.manifest import FILE
    from roost.records import additions, fragments, grounds
    from roost.sandbox import tiers

    script, environment = prepared.plan.script, prepared.environment
    if (
        file is None
        or not given.keys() <= FLAGS | VALUES
        or not _plain(prepared)
        or (tier == "auto" and decided.tier != tiers.AUTO[0])  # a stronger one may work tomorrow
    ):
        return False
    known = grounds.of(prepared.plan, prepared.lock, home=home, settings=settings, environ=environ)
    if known is None:
        return False
    before = began - fragments.RESTED
    added = [os.fspath(folder / additions.FILE) for folder in additions.folders(home, script)]
    watched = (*known.files, *grounds.paths(script.inputs), decided.python, *filter(os.path.lexists, added))
    absent = (*grounds.paths(script.absent), *(one for one in added if not os.path.lexists(one)))
    known = known.replace(files=watched, missing=(*known.missing, *absent))
    try:
        facts = known.facts(environ)  # first: what changes from here on is not as in it
        if home.config.exists() and not fragments.rested(home.config.stat(), before):
            return False  # one of the files that are not there may have been there when we read it
        if not all(fragments.rested(os.stat(one), before) for one in watched):  # noqa: PTH116
            return False
        place = os.fspath(environment.path)
        value = {
            "grounds": facts,
            "whole": (f"{place}/{FILE}", f"{place}/{DONE}"),
            "vital": grounds.paths(integrity.vital(environment.path, environment.short)),
            "suspect": f"{place}/{integrity.SUSPECT}",
            "tier": tiers.grounds(decided.tier),
            "decided": _plainly(decided),
        }
        sealed.keep(f"{home.launcher}/{KIND}", _name(given, file), value)
    except (OSError, ValueError):
        return False
    return True


def _plain(prepared: Prepared) -> bool:
    """Tell whether it is a file of Python about which nothing is to be said before it starts."""
    script, plan = prepared.plan.script, prepared.plan
    return (
        script.form == "python"
        and script.program is None
        and script.path is not None
        and not script.path.is_symlink()
        and not (script.search or script.notes or plan.notes or plan.unresolved)
    )


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
