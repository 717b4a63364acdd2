"""What the launcher needs to start a script again without us: a record of everything that the answer hung on.

A record is a fragment of sh (contracts §3): a chain of tests that ends in assignments. Each file that was read has
a stamp, an empty file with exactly its time of change; stamps are named by that time, so that they are never wrong
and shared. A record is only written where an edit after our reading cannot go unseen: each file must have
rested for a while before we began, by its own time and by that of its inode, which nobody can put back. It may be
written long after we began, when the script has ended: what changed meanwhile has not rested.

A record wants the environment's bytecode. A run that may write it has written what the script imports, so that the
next one, which is the launcher's, finds it. Where none may be written (PYTHONDONTWRITEBYTECODE, a folder of somebody
else's), the record counts from when all is compiled, which happens behind the second start that is ours.
"""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path

from roost import home as homes
from roost.environments.use import MARK
from roost.errors import CannotCreate
from roost.values import fields

from . import additions
from .variables import BREAKING, isolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from roost.home import Home
    from roost.settings import Settings

    from .values import Prepared

FORM = "1"  # of records; the launcher reads only this one
RESTED = 50_000_000  # nanoseconds; clocks of file systems step in up to a hundredth of a second
RESTED_WHOLE = 2_000_000_000  # where times are whole seconds, or sh compares only those (busybox, macOS)
SHELL = "/bin/sh"  # what the launcher runs in
MOST = 200  # files and absences in one record; beyond, starting Python costs less than testing them
_DAY = 86_400
# Besides roost's own settings: what decides which index is asked, and what Python is told.
_VARIABLES = (
    "ROOST_MEND", "PYTHONPATH", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
    "UV_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE",
)  # fmt: skip
_OURS = Path(__file__).parent.parent / "version.py"  # another roost may answer otherwise


def record(
    prepared: Prepared,
    given: str,
    *,
    began: int,
    home: Home,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Write the record of a plain `roost run FILE`, if there is nothing about it that only we can do or say.

    Args:
        given: FILE as its user typed it.
        began: when we began to read, nanoseconds since the epoch.

    Returns:
        Whether there is a record now. A home that cannot be written has none, and needs none.
    """
    place = _place(home, given, environ)
    if place is None or not _plain(prepared) or home.note or isolated(environ, prepared.environment.path)[1]:
        return False
    files = [*prepared.plan.script.inputs, prepared.environment.python, _OURS]
    missing = [*prepared.plan.script.absent]
    additional = [place / additions.FILE for place in additions.folders(home, prepared.plan.script)]
    for file in (home.settings_file, home.trust_file, *additional):
        (files if file.exists() else missing).append(file)
    expires = _expires(prepared, home, settings)
    if len(files) + len(missing) > MOST or expires is None:
        return False
    try:
        rest = RESTED if _sharp(home) else RESTED_WHOLE
        tests = [_variables(environ), *_standing(prepared, environ), *_unchanged(files, began - rest, home)]
        if home.config.exists():
            _rested(home.config, began - rest)  # else one of those files may have been there when we read it
        if expires:
            tests.append(f"[ ! {_quoted(prepared.environment.path / MARK)} -nt {_quoted(_stamp(home, expires))} ]")
        tests += [f"[ ! -e {_quoted(file)} ] && [ ! -h {_quoted(file)} ]" for file in missing]
        homes.write(place, _text(prepared, tests))
    except (OSError, ValueError, CannotCreate):
        return False
    return True


def _place(home: Home, given: str, environ: Mapping[str, str]) -> Path | None:
    """Give the record's place, as the launcher puts it together; None where it does not look for one."""
    parts = given.split("/")
    if not given or given.startswith("-") or "\n" in given or ".." in parts:
        return None
    folder = environ.get("PWD", "")
    if not given.startswith("/") and not (folder.startswith("/") and _same(folder)):
        return None
    return Path(f"{home.launcher}/{FORM}{'' if given.startswith('/') else f'{folder}/'}{given}/.record")


def _same(folder: str) -> bool:
    try:
        return os.path.samefile(folder, ".")  # noqa: PTH121
    except OSError:
        return False


def _plain(prepared: Prepared) -> bool:
    """Tell whether nothing is to be said or arranged before the script starts."""
    from roost.distributions.lock import names_places

    script, plan = prepared.plan.script, prepared.plan
    return (
        script.form == "python"
        and script.program is None
        and not script.search
        and not (script.notes or plan.notes or plan.unresolved)
        and not names_places(line.text for line in plan.requirements)
    )


def _variables(environ: Mapping[str, str]) -> str:
    from roost.settings import Settings

    names = (*(f"ROOST_{name.upper()}" for name in fields(Settings)), *_VARIABLES)
    values = "|".join(environ.get(name, "") for name in names)
    empty = "".join(f"${{{name}-}}" for name in BREAKING)
    return f'[ -z "{empty}" ] && [ "{"|".join(f"${{{name}-}}" for name in names)}" = {_quoted(values)} ]'


def _standing(prepared: Prepared, environ: Mapping[str, str]) -> Iterator[str]:
    """Test that the environment is whole and that nothing is left to do for it."""
    from roost.environments.bytecode import DONE, writable
    from roost.environments.manifest import FILE

    environment = prepared.environment
    yield f"[ -x {_quoted(environment.python)} ]"
    yield f"[ -s {_quoted(environment.path / FILE)} ]"
    if prepared.lock.artifacts and (environ.get("PYTHONDONTWRITEBYTECODE") or not writable(environment)):
        yield f"[ -e {_quoted(environment.path / DONE)} ]"


def _sharp(home: Home) -> bool:
    """Tell whether the shell sees times apart by a nanosecond."""
    import subprocess

    stamps = [_stamp(home, moment) for moment in (1_000_000_001, 1_000_000_002)]
    return subprocess.run([SHELL, "-c", '[ "$2" -nt "$1" ]', "sh", *stamps], check=False).returncode == 0


def _unchanged(files: Sequence[Path], before: int, home: Home) -> Iterator[str]:
    """Test each file against its stamp.

    Raises:
        ValueError: one was changed after `before`, nanoseconds since the epoch.
    """
    for file in files:
        name, stamp = _quoted(file), _quoted(_stamp(home, _rested(file, before)))
        yield f"[ -e {name} ] && [ -e {stamp} ] && [ ! {name} -nt {stamp} ] && [ ! {name} -ot {stamp} ]"


def _rested(file: Path, before: int) -> int:
    """Give a file's time of change, nanoseconds since the epoch.

    Raises:
        ValueError: it was changed after `before`.
    """
    facts = file.stat()
    changed = max(facts.st_mtime_ns, facts.st_ctime_ns)
    if changed + (RESTED_WHOLE if facts.st_mtime_ns % 1_000_000_000 == 0 else 0) > before:
        raise ValueError(f"{file} is too young")
    return facts.st_mtime_ns


def _stamp(home: Home, moment: int) -> Path:
    """Make sure of the stamp of a moment, nanoseconds since the epoch."""
    stamp = home.launcher / "stamps" / str(moment)
    if not _is_of(stamp, moment):
        homes.ensure(stamp.parent)
        beside = stamp.with_name(f"{moment}.{os.getpid()}")
        beside.touch()
        os.utime(beside, ns=(moment, moment))
        beside.replace(stamp)
        if not _is_of(stamp, moment):
            raise ValueError("this file system keeps times less exactly than that of the script")
    return stamp


def _is_of(stamp: Path, moment: int) -> bool:
    try:
        return stamp.stat().st_mtime_ns == moment
    except OSError:
        return False


def _expires(prepared: Prepared, home: Home, settings: Settings) -> int | None:
    """Give when the lock wants to be asked again, nanoseconds since the epoch; 0: never; None: now."""
    from roost.distributions import remembered

    plan = prepared.plan
    if not plan.requirements or plan.script.declared.lock is not None:
        return 0
    known = remembered(plan, home=home, settings=settings)
    if known is None or known.lock.text != prepared.lock.text:  # it was asked again while the script ran
        return None
    moment = known.created + settings.lock_max_age_days * _DAY
    return int(moment) * 1_000_000_000 if moment > time.time() else None


def _text(prepared: Prepared, tests: Sequence[str]) -> str:
    used = _quoted(prepared.environment.path / MARK)
    python, folder = _quoted(prepared.environment.python), _quoted(prepared.environment.path)
    chain = " &&\n".join([*tests, f"environment={folder} python={python} run={_quoted(prepared.run or '')} fast=yes"])
    return f"# roost.record/{FORM}\ncommand : 2>/dev/null >{used}\n{chain}\n"


def _quoted(value: object) -> str:
    text = os.fspath(value) if isinstance(value, Path) else str(value)
    if "\0" in text:
        raise ValueError("sh cannot hold this")
    return shlex.quote(text)
