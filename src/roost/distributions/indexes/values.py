"""Indexes as they are asked: which ones, in which order, and which names belong to which."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["index", "folder"]


class Place(Value):
    """One index, or one folder or page of wheels."""

    name: str  # by which credentials, pins and commands know it
    address: str  # as configured: with credentials, perhaps
    kind: Kind
    private: bool  # a name that it has is taken from it alone
    default: bool = False  # asked last, in the place of the engine's own
    explicit: bool = False  # asked only for what is pinned to it

    def __repr__(self) -> str:
        """Show it without credentials."""
        return f"Place({self.name!r}, {self.bare!r})"

    @property
    def bare(self) -> str:
        """The address as it may be shown and stored."""
        return without_credentials(self.address)


class Indexes(Value):
    """Where distributions come from. Addresses as configured: with a leading `name=` and with credentials, perhaps."""

    default: str | None = None  # asked last; None: the engine's own default
    extra: tuple[str, ...] = ()  # asked before the default one, in this order; the first that has a name gives it
    find_links: tuple[str, ...] = ()  # folders and pages with wheels, asked before all others
    pins: tuple[tuple[str, str], ...] = ()  # (pattern of names, index): never taken from another one; the first counts
    sources: tuple[tuple[str, str], ...] = ()  # (name, index): where a requirement itself comes from (uv's sources)
    public: tuple[str, ...] = ()  # names or addresses of extra ones that are nobody's own
    explicit: tuple[str, ...] = ()  # names of extra ones that are asked only for `sources`
    commands: tuple[tuple[str, str], ...] = ()  # (index, command): it says the token
    logins: tuple[tuple[str, str, str], ...] = ()  # (scheme and host, user, password) from requirements' own addresses
    asking: tuple[str, ...] = ()  # names of those that want credentials: somebody's own, the default one too

    @property
    def places(self) -> tuple[Place, ...]:
        """Give all of them as they are asked: folders, what names are pinned to, private ones, public ones, the default."""
        found = [
            Place(f"links-{number}", one, "folder", one not in self.public)
            for number, one in enumerate(self.find_links)
        ]
        targets = {index for _, index in self.pins}
        entries = [*self.extra, *([self.default] if self.default else [])]
        for number, entry in enumerate(entries):
            default = number == len(self.extra)
            name, address = named(entry, "default" if default else f"index-{number}")
            shared = name in self.public or without_credentials(address) in self.public
            private = not shared and (name in targets or (name in self.asking if default else True))
            explicit = (shared and name in targets) or (name in self.explicit and name not in targets)
            found.append(Place(name, address, "index", private, default, explicit))
        rank = {place: _rank(place, targets, self.asking) for place in found}
        return tuple(sorted(found, key=rank.__getitem__))

    def __repr__(self) -> str:
        """Show them without credentials."""
        return f"Indexes({self.described()!r})"

    @property
    def guarded(self) -> bool:
        """Tell whether names are claimed that no other index may be asked for."""
        return bool(self.pins)

    @property
    def mixed(self) -> bool:
        """Tell whether an index that is somebody's own stands beside another one."""
        places = self.places
        return any(place.private for place in places) and (not self.default or len(places) > 1)

    def claimed(self, name: str) -> str | None:
        """Give the index to which a canonical name is pinned."""
        return next((index for pattern, index in self.pins if matches(pattern, name)), None)

    def asked_for(self, name: str) -> tuple[Place, ...]:
        """Give the places that may be asked for a canonical name, in order."""
        index = self.claimed(name) or dict(self.sources).get(name)
        if index is not None:
            return tuple(place for place in self.places if place.name == index)
        return tuple(place for place in self.places if not place.explicit)

    def place(self, name: str) -> Place | None:
        """Give the index of a name."""
        return next((place for place in self.places if place.name == name), None)

    def described(self) -> list[object]:
        """Give what decides a resolver's answer, without credentials, for a digest."""
        places = [[one.name, one.bare, one.kind, one.private, one.default, one.explicit] for one in self.places]
        return [places, self.pins, self.sources]


def _rank(place: Place, targets: set[str], asking: tuple[str, ...]) -> int:
    """Order places: what names are pinned to, folders, what wants credentials, what is private, what is public."""
    if place.name in targets:
        return 0
    if place.kind == "folder":
        return 1 if place.private else 5
    if place.private:
        return (3 if place.default else 2) if place.name in asking else 4
    return 7 if place.default else 6


def matches(pattern: str, name: str) -> bool:
    """Tell whether a pattern (`acme-*`) means a canonical name."""
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern.lower().replace("_", "-").replace(".", "-"))


def without_credentials(address: str) -> str:
    """Give an address as it may be shown and stored."""
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    if scheme.endswith("ssh") and ":" not in host.rpartition("@")[0]:
        return address  # `git@host` is no secret, and nothing works without it
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else address


def named(entry: str, otherwise: str) -> tuple[str, str]:
    """Part `name=address`; an index without a name gets the other one."""
    name, equals, address = entry.partition("=")
    if equals and name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return name, address
    return otherwise, entry
