"""A record of the launcher: a fragment of sh, a chain of tests that ends in assignments (contracts §3).

Each file that was read has a stamp, an empty file with exactly its time of change; stamps are named by that time, so
that they are never wrong and shared. Paths are text here: a known text writes the record of its new place too.
"""

from __future__ import annotations

import os

from .sealed import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FORM = "1"  # of records; the launcher reads only this one
RESTED = 50_000_000  # nanoseconds; clocks of file systems step in up to a hundredth of a second
RESTED_WHOLE = 2_000_000_000  # where times are whole seconds, or sh compares only those (busybox, macOS)
SHELL = "/bin/sh"  # what the launcher runs in
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")


def place(launcher: str, given: str, environ: Mapping[str, str]) -> str | None:
    """Give the record's place, as the launcher puts it together; None where it does not look for one.

    Args:
        launcher: the folder of records.
        given: FILE as its user typed it.
    """
    if not given or given.startswith("-") or "\n" in given or ".." in given.split("/"):
        return None
    folder = environ.get("PWD", "")
    if not given.startswith("/") and not (folder.startswith("/") and _same(folder)):
        return None
    return f"{launcher}/{FORM}{'' if given.startswith('/') else f'{folder}/'}{given}/.record"


def _same(folder: str) -> bool:
    try:
        return os.path.samefile(folder, ".")  # noqa: PTH121
    except OSError:
        return False


def quoted(text: str) -> str:
    """Write text as one word of sh (`shlex.quote` would load a parser).

    Raises:
        ValueError: sh cannot hold it.
    """
    if "\0" in text:
        raise ValueError("sh cannot hold this")
    if text and _SAFE.issuperset(text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def unchanged(files: Iterable[str], before: int, launcher: str) -> list[str]:
    """Test each file against its stamp.

    Raises:
        ValueError: one was changed after `before`, nanoseconds since the epoch.
        OSError: one is not there, or a stamp cannot be made.
    """
    tests = []
    for file in files:
        facts = os.stat(file)  # noqa: PTH116
        if not rested(facts, before):
            raise ValueError(f"{file} is too young")
        tests.append(stamped(file, facts.st_mtime_ns, launcher))
    return tests


def rested(facts: os.stat_result, before: int) -> bool:
    """Tell whether a file was changed before a moment, by its own time and by that of its inode, which nobody can put back."""
    changed = max(facts.st_mtime_ns, facts.st_ctime_ns)
    return changed + (RESTED_WHOLE if facts.st_mtime_ns % 1_000_000_000 == 0 else 0) <= before


def stamped(file: str, moment: int, launcher: str) -> str:
    """Test one file against the stamp of its time; raises as `stamp`."""
    name, mark = quoted(file), quoted(stamp(launcher, moment))
    return f"[ -e {name} ] && [ -e {mark} ] && [ ! {name} -nt {mark} ] && [ ! {name} -ot {mark} ]"


def absent(files: Iterable[str]) -> list[str]:
    """Test that each of these paths leads nowhere, not even as a link."""
    return [f"[ ! -e {name} ] && [ ! -h {name} ]" for name in map(quoted, files)]


def stamp(launcher: str, moment: int) -> str:
    """Make sure of the stamp of a moment, nanoseconds since the epoch; gives its path.

    Raises:
        ValueError: this file system does not keep times exactly enough.
        OSError: it cannot be written.
    """
    path = f"{launcher}/stamps/{moment}"
    if not _is_of(path, moment):
        beside = f"{path}.{os.getpid()}"
        write(beside, b"")
        os.utime(beside, ns=(moment, moment))
        os.replace(beside, path)  # noqa: PTH105
        if not _is_of(path, moment):
            raise ValueError("this file system keeps times less exactly than that of the script")
    return path


def _is_of(path: str, moment: int) -> bool:
    try:
        return os.stat(path).st_mtime_ns == moment  # noqa: PTH116
    except OSError:
        return False


def text(mark: str, tests: Sequence[str], settled: str) -> str:
    """Put a record together.

    Args:
        mark: the environment's file whose time is that of its last start.
        settled: what `settled` gives.
    """
    chain = " &&\n".join([*tests, settled])
    return f"# roost.record/{FORM}\ncommand : 2>/dev/null >{quoted(mark)}\n{chain}\n"


def settled(environment: str, python: str, exports: Mapping[str, str]) -> str:
    """Write the end of a chain: what the launcher shall start.

    Args:
        exports: more variables for the script.
    """
    given = "".join(f"export {name}={quoted(value)} && " for name, value in exports.items())
    return f"{given}environment={quoted(environment)} python={quoted(python)} fast=yes"
