"""Hosts with ports as users and programs write them, and the addresses behind them that may be reached."""

from __future__ import annotations

import ipaddress
import re
import socket

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Resolver = Callable[[str, int], Sequence[str]]
    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052): an IPv4 address in its last 32 bits
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL = "localhost"  # and names below it (RFC 6761, 6.3)


class Target(Value):
    """A host and a port, so written that equal ones are equal."""

    host: str  # in lower case, without a final dot, IDNA; an address in its shortest form
    port: int

    def __str__(self) -> str:
        """Write it as `--net` takes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def target(text: str, *, port: int | None = None) -> Target:
    """Read `host:port`, `address:port` or `[address]:port`.

    Args:
        port: where none is written; None: one has to be.

    Raises:
        ValueError: it is neither.
    """
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/?#@\s]+)(?::(\d{1,5}))?", text)
    if not found:
        raise ValueError(text)
    number = int(found[2]) if found[2] else port
    if number is None or not 0 < number < 65536:
        raise ValueError(text)
    name = found[1]
    if name.startswith("["):
        return Target(str(ipaddress.IPv6Address(name[1:-1])), number)
    try:
        return Target(str(ipaddress.IPv4Address(name)), number)
    except ValueError:
        return Target(_name(name), number)


def reachable(wanted: Target, addresses: Sequence[str]) -> list[str]:
    """Give those of a host's addresses that may be connected to: public ones, and others only where the host itself says so.

    An address that is not public is reached by its own text; loopback also by `localhost`. A name that happens to lead
    to such an address reaches nothing: names can be pointed anywhere at any time (DNS rebinding).
    """
    found = []
    for text in addresses:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            continue
        local = wanted.host == _LOCAL or wanted.host.endswith(f".{_LOCAL}")
        if text == wanted.host or public(address) or (local and address.is_loopback):
            found.append(text)
    return found


def public(address: Address) -> bool:
    """Tell whether an address is one of the internet (IANA's special-purpose registries), whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host.

    Raises:
        OSError: it has none, or nobody can say.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _name(text: str) -> str:
    try:
        name = text.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(text) from error
    if len(name) > 253 or not all(map(_LABEL.fullmatch, name.split("."))):
        raise ValueError(text)
    return name
