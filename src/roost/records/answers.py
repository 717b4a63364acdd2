"""What `roost check` said of a file, kept to be said again as long as everything that it hung on is as it was."""

from __future__ import annotations

import os
import time
from stat import S_ISREG

from roost.digests import sha256

from . import fragments, sealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from roost.distributions import Lock, Plan
    from roost.environments import Environment
    from roost.home import Home
    from roost.settings import Settings

FLAGS = ("json", "no-build")  # of `check`, that have answers of their own; with others nothing is kept
# An import that succeeded may fail tomorrow by what is no file of ours (a library of the system); an index may know more.
_SAYING = ("LANG", "LC_ALL", "LC_CTYPE")  # they decide how text is written
LASTS = 86_400 * 1_000_000_000  # nanoseconds


def again(words: Sequence[str], launcher: str) -> int | None:
    """Write the answer that is known for a plain command line; None: there is none.

    Args:
        words: what follows `check`.
        launcher: the folder of the launcher's records.
    """
    files = [word for word in words if not word.startswith("-")]
    flags = {word[2:] for word in words if word.startswith("--")}
    if len(files) != 1 or len(files) + len(flags) != len(words) or not flags.issubset(FLAGS):
        return None
    known = sealed.find(f"{launcher}/answers", _name(files[0], flags))
    if known is None or not sealed.holds(known["grounds"], os.environ, time.time_ns()):  # type: ignore[arg-type]
        return None
    if not S_ISREG(os.lstat(files[0]).st_mode):
        return None
    with open(files[0], "rb") as file:  # noqa: PTH123
        if sha256(file.read()) != known["digest"]:
            return None
    written = known["output"]
    assert isinstance(written, bytes)
    view = memoryview(written)
    while view:
        view = view[os.write(1, view) :]
    return 0


def remember(
    written: bytes,
    plan: Plan,
    given: str,
    *,
    lock: Lock | None,
    environment: Environment | None,
    flags: Collection[str],
    began: int,
    home: Home,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Keep the answer about a file, if it can be told when it is no longer right.

    Args:
        written: what went to standard output.
        given: FILE as its user typed it.
        flags: the options of `check` that were given, of `FLAGS`.
        began: when we began to read, nanoseconds since the epoch.

    Returns:
        Whether it is kept now. A home that cannot be written keeps none.
    """
    from roost.scripts import pythons

    from . import additions, grounds

    def _added(folder: Path) -> str:
        return os.fspath(folder / additions.FILE)

    script, python = plan.script, plan.python.interpreter
    if script.form != "python" or script.program is not None or script.path is None or script.path.is_symlink():
        return False
    if (
        additions.known(home, script) or python is None or python.path != pythons.own().path
    ):  # another one may be found, or be gone, tomorrow
        return False
    known = grounds.of(plan, lock, home=home, settings=settings, environ=environ)
    if known is None:
        return False
    tried = _whole(environment) if environment else ()
    before = began - fragments.RESTED
    watched = (*known.files, *grounds.paths(script.inputs[1:]), os.fspath(python.path))
    known = known.replace(
        files=(*watched, *tried),
        missing=(*known.missing, *grounds.paths(script.absent), *map(_added, additions.folders(home, script))),
        variables=(*known.variables, *_SAYING, *(_passed_on() if environment else ())),
        expires=min(known.expires or began + LASTS, began + LASTS),
    )
    try:
        facts = known.facts(environ)  # first: what changes from here on is not as in it
        if not all(fragments.rested(os.stat(file), before) for file in watched):  # noqa: PTH116
            return False
        answer = {"grounds": facts, "digest": script.digest, "output": written}
        sealed.keep(f"{home.launcher}/answers", _name(given, flags), answer)
    except (OSError, ValueError):
        return False
    return True


def _passed_on() -> tuple[str, ...]:
    """Name the variables that imports are tried with."""
    from roost.environments.trials import PASSED_ON

    return PASSED_ON


def _whole(environment: Environment) -> tuple[str, ...]:
    """Name what shows that an environment is the one in which imports were tried."""
    from roost.environments.manifest import FILE, packages

    return (
        os.fspath(environment.python),
        os.fspath(environment.path / FILE),
        os.fspath(packages(environment.path, environment.short)),
    )


def _name(given: str, flags: Collection[str]) -> str:
    """Name an answer: hints in it say FILE as it was typed."""
    return sha256("\0".join((os.getcwd(), given, *sorted(flags))).encode("utf-8", "surrogateescape"))  # noqa: PTH109
