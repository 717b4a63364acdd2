"""What may be installed though nobody declared it: the user's list, and the checks for names that only an import suggests."""

from __future__ import annotations

import re

from roost.errors import ConfigurationError
from roost.values import Value

from . import tables
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.settings import Settings

    from .index import Found

NEAR_RANK = 5000  # names up to this rank are worth imitating (measured: benchmarks/trust.py)
NEAR_LENGTH = 5  # shorter names are within one letter of something popular, whatever they are
_DAY = 86400.0
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


class Verdict(Value):
    """Whether a distribution may be installed unasked."""

    reasons: tuple[str, ...]  # why not, each a phrase; () it may
    meant: str | None = None  # the popular name that was probably meant


def trusted(home: Home) -> tuple[str, ...]:
    """Give the names (canonical) that the user trusts for good.

    Raises:
        ConfigurationError: the list is there and cannot be read.
    """
    return tuple(_read(home))


def trust(home: Home, name: str) -> bool:
    """Trust a name for good; tells whether it was not trusted before.

    Raises:
        ConfigurationError: it is no name of a distribution, or the list cannot be read.
        CannotCreate: the list cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"`{name}` is no name of a distribution")
    import datetime as dt

    known = _read(home)
    if canonical(name) in known:
        return False
    today = dt.datetime.now(dt.UTC).date()
    _write(home, known | {canonical(name): today.isoformat()})
    return True


def revoke(home: Home, name: str) -> bool:
    """Trust a name no longer; tells whether it was trusted.

    Raises:
        ConfigurationError: the list cannot be read.
        CannotCreate: the list cannot be written.
    """
    known = _read(home)
    if known.pop(canonical(name), None) is None:
        return False
    _write(home, known)
    return True


def _read(home: Home) -> dict[str, str]:
    file = home.trust_file
    if not file.exists():
        return {}
    import tomllib

    try:
        table = tomllib.loads(file.read_text("utf-8")).get("trusted", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"cannot read the trusted names in `{file}`", why=(str(error),)) from error
    if not isinstance(table, dict):
        raise ConfigurationError(f"`trusted` in `{file}` must be a table of names and dates")
    return {canonical(name): str(since) for name, since in table.items()}


def _write(home: Home, known: dict[str, str]) -> None:
    from roost import home as homes

    lines = [f'{name} = "{known[name]}"' for name in sorted(known)]
    head = "# Distributions that roost may install for an import though nothing else vouches for them, and since when.\n[trusted]\n"
    homes.write(home.trust_file, head + "".join(f"{line}\n" for line in lines))


def near(name: str) -> str | None:
    """Give the popular name that a canonical name can be mistaken for: one letter off, or the same words otherwise ordered."""
    if tables.rank(name) is not None:
        return None
    words = sorted(name.split("-"))
    core = _core(name)
    best: tuple[int, str] | None = None
    for columns in tables.lines("popular.tsv"):
        popular, place = columns[0], int(columns[1])
        if place > NEAR_RANK or (best and best[0] < place):
            continue
        if (
            (len(words) > 1 and sorted(popular.split("-")) == words)
            or (len(core) >= NEAR_LENGTH and _core(popular) == core)
            or (len(name) >= NEAR_LENGTH and _one_off(name, popular))
        ):
            best = (place, popular)
    return best[1] if best else None


def _core(name: str) -> str:
    """Give a name without separators and the affixes that imitators add."""
    plain = name.replace("-", "")
    return re.sub(r"^(python3?|py3?)|(python3?|py3?|lib)$", "", plain) or plain


def _one_off(one: str, other: str) -> bool:
    """Tell whether two names differ by one letter added, left out, changed, or two neighbours exchanged."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at + 1 : at + 2] + shorter[at : at + 1] + shorter[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or swapped == longer[at:]


def judge(name: str, found: Found, *, settings: Settings, now: float) -> Verdict:
    """Judge a distribution by its name and its history on the index; whether it provides the import is judged elsewhere.

    Args:
        now: seconds since the epoch.
    """
    reasons: list[str] = []
    meant = near(name)
    if meant:
        reasons.append(f"its name can be mistaken for `{meant}`")
    if found.project.status == "quarantined":
        reasons.append("the index has put it in quarantine")
    reasons += _history(found, settings, now)
    return Verdict(tuple(reasons), meant)


def _history(found: Found, settings: Settings, now: float) -> list[str]:
    from .pages import version_of

    files = found.project.files
    releases = {version for file in files if (version := version_of(file.filename, found.project.name))}
    times = [file.uploaded for file in files if file.uploaded is not None]
    reasons = []
    if settings.trust_min_age_days > 0 and not times:
        reasons.append("the index does not say how old it is")
    elif times and now - min(times) < settings.trust_min_age_days * _DAY:
        days = int((now - min(times)) // _DAY)
        reasons.append(f"its first release is {days} days old, and {settings.trust_min_age_days} are asked for")
    if len(releases) < settings.trust_min_releases:
        count = f"{len(releases)} release" + ("" if len(releases) == 1 else "s")
        reasons.append(f"it has {count}, and {settings.trust_min_releases} are asked for")
    return reasons
