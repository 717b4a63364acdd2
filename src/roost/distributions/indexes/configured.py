"""Which indexes a user has configured, and what a script's own file adds to them."""

from __future__ import annotations

import os

from roost.errors import ConfigurationError

from .credentials import known
from .files import of_pip, of_uv
from .values import Indexes, named, without_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from roost.scripts.values import Declared
    from roost.settings import Settings


def configured(settings: Settings, environ: Mapping[str, str]) -> Indexes:
    """Find the indexes that this user wants, for each kind the first place that says something.

    Raises:
        ConfigurationError: a name is pinned to an index that there is not.
    """
    user = environ.get("HOME") or "~"
    uv = _once(lambda: of_uv(environ, user))
    pip = _once(lambda: of_pip(environ, user))
    default = (
        settings.index_url
        or environ.get("UV_DEFAULT_INDEX")
        or environ.get("UV_INDEX_URL")
        or uv().default
        or environ.get("PIP_INDEX_URL")
        or pip().default
    )
    extra = settings.index_extra or _words(environ, "UV_INDEX") or _words(environ, "UV_EXTRA_INDEX_URL") or uv().extra
    find_links = (
        settings.index_find_links
        or tuple(place for place in environ.get("UV_FIND_LINKS", "").split(",") if place)
        or uv().find_links
    )
    shared: list[str] = []
    if not extra:
        extra = _words(environ, "PIP_EXTRA_INDEX_URL") or pip().extra
        shared += filter(_local, extra)
    if not find_links:
        find_links = _words(environ, "PIP_FIND_LINKS") or pip().find_links
        shared += filter(_local, find_links)
    pins, commands = (
        _pairs(settings.index_pins, "index.pins"),
        _pairs(settings.index_token_command, "index.token-command"),
    )
    found = Indexes(default, tuple(extra), tuple(find_links), pins, public=(*settings.index_public, *shared))
    names = {place.name for place in found.places}
    found = found.replace(commands=tuple((name, command) for name, command in commands if name in names))
    return _ordered(found, environ)


def of_script(indexes: Indexes, declared: Declared, environ: Mapping[str, str] = os.environ) -> Indexes:
    """Add what a script's own file says: behind what the user has configured, and never against the user's pins.

    Raises:
        ConfigurationError: a name is pinned to an index that there is not.
    """
    if not (declared.indexes or declared.index_url or declared.find_links or declared.pins or declared.sources):
        return _checked(indexes)
    there = {place.name: place.bare for place in indexes.places}
    renamed: dict[str, str] = {}
    extra = list(indexes.extra)
    for number, entry in enumerate(declared.indexes):
        name, address = named(entry, f"script-{number}")
        same = next((known for known, bare in there.items() if bare == without_credentials(address)), None)
        if same is not None:
            renamed[name] = same
            continue
        renamed[name] = name if name not in there else f"{name}-of-the-script"
        there[renamed[name]] = without_credentials(address)
        extra.append(f"{renamed[name]}={address}")
    default = indexes.default
    if declared.index_url:
        kept = [place for place in indexes.places if place.default and place.private]
        extra = [*(f"{place.name}={place.address}" for place in kept), *extra]
        default = declared.index_url
    pairs: Callable[[Iterable[tuple[str, str]]], tuple[tuple[str, str], ...]] = lambda given: tuple(  # noqa: E731
        (name, renamed.get(index, index)) for name, index in given
    )
    added = indexes.replace(
        default=default,
        extra=tuple(extra),
        find_links=tuple(dict.fromkeys((*indexes.find_links, *declared.find_links))),
        pins=(*indexes.pins, *pairs(declared.pins)),
        sources=pairs(declared.sources),
        explicit=(*indexes.explicit, *(renamed.get(name, name) for name in declared.explicit)),
    )
    return _checked(_ordered(added, environ))


def _ordered(indexes: Indexes, environ: Mapping[str, str]) -> Indexes:
    """Find out which indexes want credentials: those are somebody's own, and asked before others."""
    commands = dict(indexes.commands)
    return indexes.replace(asking=tuple(one.name for one in indexes.places if known(one, commands, environ)))


def _checked(indexes: Indexes) -> Indexes:
    names = {place.name for place in indexes.places}
    for pattern, index in (*indexes.pins, *indexes.sources):
        if index not in names:
            there = ", ".join(f"`{name}`" for name in sorted(names)) or "none"
            raise ConfigurationError(
                f"`{pattern}` is pinned to the index `{index}`, and no index has that name",
                why=(f"there are: {there}",),
                hints=('name it where it stands: `extra = ["NAME=https://…/simple/"]` in the `[index]` settings',),
            )
    return indexes


def _pairs(texts: Iterable[str], setting: str) -> tuple[tuple[str, str], ...]:
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ConfigurationError(f"`{setting}` must have pairs such as `NAME=VALUE`, not `{text}`")
        found.append((name.strip(), value.strip()))
    return tuple(found)


def _local(address: str) -> bool:
    """Tell whether a place is a folder of this machine.

    pip asks those that stand in its configuration together with the index: they are copies of what is public there, of
    some versions, and whoever may write to them may write anything.
    """
    return "://" not in address or address.startswith("file:")


def _words(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(environ.get(name, "").split())


def _once(find: Callable[[], Indexes]) -> Callable[[], Indexes]:
    """Put off reading files until a variable has not answered, and read them once."""
    found: list[Indexes] = []

    def get() -> Indexes:
        if not found:
            found.append(find())
        return found[0]

    return get
