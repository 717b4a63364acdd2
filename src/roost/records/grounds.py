"""What an answer hangs on besides the text of its script: files, variables, time."""

from __future__ import annotations

import os
import time

from roost.distributions.indexes import configured, credentials, of_script
from roost.distributions.indexes.files import places
from roost.distributions.indexes.values import without_credentials
from roost.scripts import stdlib
from roost.settings import Settings
from roost.values import Value, fields

from .sealed import ACTIVE, ACTIVE_FILE, facts
from .variables import BREAKING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from roost.distributions import Lock, Plan
    from roost.home import Home

# Besides roost's own settings: what decides where its files are, which index is asked, and what Python is told.
VARIABLES = (
    "HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_STATE_HOME", "ROOST_MEND", "ROOST_SANDBOX", "ROOST_POOL", "PYTHONPATH",
    "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE",
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE", "NETRC",
)  # fmt: skip
_OURS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "version.py")  # noqa: PTH118, PTH120  # another roost may answer otherwise
LOGINS = "logins.json"  # `distributions.indexes.logins`, which is not worth an import here


class Grounds(Value):
    """What has to be as it was, for an answer to be given again."""

    files: tuple[str, ...]  # read, and changed by people or programs that we do not see
    ours: tuple[tuple[str, int, int, int], ...]  # replaced by ourselves only, as they were before they were read
    missing: tuple[str, ...]  # would have changed the answer, had they existed
    variables: tuple[str, ...]  # whose values matter
    expires: int  # nanoseconds since the epoch; 0: never

    def facts(self, environ: Mapping[str, str]) -> dict[str, object]:
        """Give what `sealed.holds` asks for.

        Raises:
            OSError: a file is not there any more.
        """
        return {
            "names": self.variables,
            "values": tuple(environ.get(name, "") for name in self.variables),
            "files": (*map(facts, self.files), *self.ours),
            "missing": self.missing,
            "expires": self.expires,
        }


def of(plan: Plan, lock: Lock | None, *, home: Home, settings: Settings, environ: Mapping[str, str]) -> Grounds | None:
    """Collect what a plan and its lock hang on; None where that cannot be told, or they would be asked for again.

    Args:
        lock: None: only the plan was asked for.
    """
    from roost.distributions.lock import names_places

    if home.note or names_places(line.text for line in plan.requirements):
        return None
    files, missing = [_OURS], []
    shared = map(os.path.expanduser, settings.trust_files)
    asked = (str(home.settings_file), str(home.trust_file), *shared, str(home.config / LOGINS), *places(environ))
    wheels = (*settings.index_find_links, *(environ.get(name, "") for name in ("UV_FIND_LINKS", "PIP_FIND_LINKS")))
    if not all(file.startswith("/") for file in asked) or any(
        one and one[0] not in "/~" and "://" not in one for one in wheels
    ):
        return None  # they mean something else in every working folder
    own = f"{environ.get(ACTIVE, '')}{ACTIVE_FILE}"
    for file in asked:
        if os.path.lexists(file):
            files.append(file)
        elif file != own:
            missing.append(file)
    variables = (*(f"ROOST_{name.upper()}" for name in fields(Settings)), *VARIABLES, *BREAKING)
    if any(one != without_credentials(one) for name in variables for one in environ.get(name, "").split()):
        return None  # what is remembered would hold a password
    if own in files:
        variables = (*variables, ACTIVE)
    logins = _logins(plan, settings, environ)
    if any(environ.get(name) or not name.isascii() for name in logins):
        return None  # the same; and sh has no name for the others
    known = Grounds(tuple(files), (), tuple(missing), (*variables, *logins), 0)
    return known if lock is None else _answered(known, plan, lock, home=home, settings=settings)


def _answered(known: Grounds, plan: Plan, lock: Lock, *, home: Home, settings: Settings) -> Grounds | None:
    """Add what is remembered of earlier answers, which decides unless a lock beside the script does."""
    if plan.script.declared.lock is not None:
        return known
    solved = _solved(known, plan, lock, home=home, settings=settings) if plan.conda else known
    if solved is None or not plan.requirements:
        return solved
    return _locked(solved, plan, lock, home=home, settings=settings)


def _logins(plan: Plan, settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the variables that would say user and password of an index that may be asked."""
    indexes = of_script(configured(settings, environ), plan.script.declared, environ)
    names = dict.fromkeys(["default", *(one.name for one in indexes.places if one.kind == "index")])
    return tuple(one for name in names for pair in credentials.variables(name) for one in pair)


def _locked(known: Grounds, plan: Plan, lock: Lock, *, home: Home, settings: Settings) -> Grounds | None:
    """Add the file in which the lock is remembered: another one there, by `--upgrade`, answers otherwise."""
    from roost.distributions import remembered

    before = remembered(plan, home=home, settings=settings)
    if before is None or before.lock.artifacts != lock.artifacts:
        return None
    return _until(known, before.file, before.until(settings.lock_max_age_days))


def _solved(known: Grounds, plan: Plan, lock: Lock, *, home: Home, settings: Settings) -> Grounds | None:
    """Add the file in which it is remembered which conda packages were found."""
    from roost.distributions import conda

    before = conda.recall(plan.conda, lock.interpreter.short, home) if plan.conda else None
    if before is None or before.key != lock.interpreter.prefix:
        return None
    return _until(known, before.file, before.until(settings.lock_max_age_days))


def _until(known: Grounds, file: tuple[str, int, int, int], moment: float) -> Grounds | None:
    """Add a file of ours, whose answer holds until a moment, seconds since the epoch."""
    if moment <= time.time():
        return None
    expires = int(moment) * 1_000_000_000
    return known.replace(ours=(*known.ours, file), expires=min(known.expires or expires, expires))


def roots(plan: Plan) -> tuple[frozenset[str], frozenset[str]]:
    """Give the first parts of the modules that a file beside the script could shadow; those no standard library has."""
    every = frozenset(one.root for one in plan.script.imports if not stdlib.frozen(one.root))
    return every, frozenset(root for root in every if stdlib.lifetime(root) is None)


def paths(files: Iterable[Path]) -> tuple[str, ...]:
    """Give paths as text."""
    return tuple(map(os.fspath, files))
