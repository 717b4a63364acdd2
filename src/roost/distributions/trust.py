"""What the user trusts: the list in the home, and the files of others that the user has named."""

from __future__ import annotations

import re

from roost.errors import ConfigurationError

from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def trusted(home: Home) -> tuple[str, ...]:
    """Give the names (canonical) that the user trusts for good.

    Raises:
        ConfigurationError: the list is there and cannot be read.
    """
    return tuple(_read(home))


def since(home: Home, name: str) -> str | None:
    """Give the day from which a canonical name is trusted, as it stands in the list; None: it is not.

    Raises:
        ConfigurationError: the list cannot be read.
    """
    return _read(home).get(name)


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
