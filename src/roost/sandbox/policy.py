"""What a program gets, by where it came from (design decision 7): defaults, and what the settings say instead."""

from __future__ import annotations

from roost.errors import ConfigurationError, Exit, RoostError
from roost.settings import amount
from roost.values import Value

from .values import MIB, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMES = ("none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc", "auto")
SIZES = ("memory", "file-size", "disk", "output")


class Policy(Value):
    """Which sandbox, which network, how much of everything."""

    origin: str
    tier: str  # a name, or "auto"
    network: tuple[str, ...] | None  # (): none; ("all",); hosts with ports; None: what the tier has when nobody says
    limits: Limits

    def line(self, tier: str | None = None) -> str:
        """Say it in one line.

        Args:
            tier: what `auto` has come to.
        """
        limits = self.limits
        sizes = (
            ("memory", limits.memory),
            ("file-size", limits.file_size),
            ("disk", limits.disk),
            ("output", limits.output),
        )
        words = [
            f"origin={self.origin}",
            f"tier={tier or self.tier}",
            f"net={_network(self.network, tier or self.tier)}",
        ]
        words += [f"timeout={limits.timeout:g}"] if limits.timeout is not None else []
        words += [f"processes={limits.processes}"] if limits.processes is not None else []
        words += [f"{name}={_size(size)}" for name, size in sizes if size is not None]
        return " ".join(words)


FILE = Policy("file", "none", None, Limits())  # the user's own
UNTRUSTED = Policy(
    "untrusted", "auto", (),
    Limits(timeout=60.0, memory=2048 * MIB, processes=128, file_size=256 * MIB, disk=1024 * MIB, output=8 * MIB),
)  # fmt: skip
BUILD = Policy(  # a source distribution that is made a wheel
    "build", "auto", (),
    Limits(timeout=1800.0, memory=4096 * MIB, processes=1024, file_size=2048 * MIB, disk=8192 * MIB, output=1 * MIB),
)  # fmt: skip
ORIGINS = (
    "file",
    "untrusted",
    "make",
    "mcp",
    "http",
    "build",
)  # `make`, `mcp` and `http` are as `untrusted` unless they have their own


def of(origin: str, policies: Iterable[str] = ()) -> Policy:
    """Give the policy for what comes from an origin.

    Args:
        policies: of the settings: `origin=word=value word=value …`.

    Raises:
        ConfigurationError: one of them cannot be read, whomever it is for: nothing runs by half of a policy.
    """
    said = dict(_parted(one) for one in policies)
    own = {"file": FILE, "build": BUILD}.get(origin)
    found = own or _with(UNTRUSTED, said.get("untrusted", ""))
    for name, words in said.items():
        other = _with(found, words)
        if name == origin:
            found = other
    return found.replace(origin=origin)


class BadWish(RoostError):
    """What is asked of a sandbox cannot be read."""

    code = "bad-sandbox"
    exit = Exit.USAGE


def asked(
    policies: Iterable[str], *, tier: str | None, net: str | None, limits: Mapping[str, str], untrusted: bool
) -> Policy:
    """Put together by what policy a program of the user's runs, or one that nobody has read.

    A sandbox that is asked for has the limits of what nobody has read, unless others are given.

    Args:
        policies: of the settings.
        tier: the tier asked for; None: the policy's.
        net: the network asked for; None: the policy's.
        limits: those asked for, by their names on the command line.

    Raises:
        BadWish: one of them cannot be read.
        ConfigurationError: a policy of the settings cannot be.
    """
    if tier and tier not in NAMES:
        raise BadWish(f"there is no sandbox `{tier}`", hints=(f"there are: {', '.join(f'`{one}`' for one in NAMES)}",))
    found = of("untrusted" if untrusted else "file", policies)
    if tier and not untrusted and tier != "none" and found.tier == "none":
        found = of("untrusted", policies).replace(origin="file", network=None)
    given = {}
    for written, text in limits.items():
        name = written.replace("_", "-")  # as an option or as a keyword
        try:
            given[name.replace("-", "_")] = limit(name, text)
        except KeyError:
            raise BadWish(
                f"there is no limit `{written}`", hints=(f"there are: timeout, processes, {', '.join(SIZES)}",)
            ) from None
        except ValueError:
            what = {"timeout": "seconds", "processes": "a number"}.get(name, "a size such as `512M`")
            raise BadWish(f"`--{name}` takes {what}, not `{text}`") from None
    try:
        hosts = found.network if net is None else network(net)
    except ValueError as error:
        raise BadWish(
            f"`--net {net}`: `{error}` is no host with a port",
            hints=("`--net none`, `--net all`, `--net example.org:443`",),
        ) from None
    return found.replace(tier=tier or found.tier, network=hosts, limits=found.limits.replace(**given))


def network(text: str) -> tuple[str, ...]:
    """Read `none`, `all`, or hosts with ports; raises ValueError with what is wrong in it."""
    if text in {"none", "all"}:
        return () if text == "none" else ("all",)
    from . import addresses

    hosts = []
    for host in text.split(","):
        try:
            hosts.append(str(addresses.target(host)))
        except ValueError:
            raise ValueError(host) from None
    return tuple(hosts)


def _parted(text: str) -> tuple[str, str]:
    origin, _, words = text.partition("=")
    if origin not in ORIGINS:
        raise ConfigurationError(
            f"`sandbox.policies` has `{origin}`, which is no origin of programs",
            hints=(f"there are: {', '.join(f'`{one}`' for one in ORIGINS)}",),
        )
    return origin, words


def _with(policy: Policy, words: str) -> Policy:
    limits = dict[str, object]()
    for word in words.split():
        name, _, value = word.partition("=")
        try:
            if name == "tier" and value in NAMES:
                policy = policy.replace(tier=value)
            elif name == "net":
                policy = policy.replace(network=network(value))
            else:
                limits[name.replace("-", "_")] = limit(name, value)
        except (ValueError, KeyError):
            raise ConfigurationError(
                f"`sandbox.policies` has `{word}`, which cannot be read; nothing is run by half of a policy",
                hints=('write it as `mcp = "tier=bubblewrap net=none timeout=300 memory=4G disk=all"`',),
            ) from None
    return policy.replace(limits=policy.limits.replace(**limits))


def limit(name: str, text: str) -> float | int | None:
    """Read one limit, `timeout`, `processes` or a size; `all` is no limit.

    Raises:
        ValueError: it is none.
        KeyError: there is no limit of that name.
    """
    if name not in {"timeout", "processes", *SIZES}:
        raise KeyError(name)
    if text == "all":
        return None
    if name == "timeout":
        seconds = float(text)
        if not 0 < seconds < 1e8:
            raise ValueError(text)
        return seconds
    number = amount(text) if name in SIZES else int(text) if text.isdecimal() else None
    if not number or (name == "processes" and number >= 1 << 22):
        raise ValueError(text)
    return number


def _network(hosts: tuple[str, ...] | None, tier: str) -> str:
    if hosts is None:
        return "all" if tier in {"none", "limits"} else "none"
    return ",".join(hosts) or "none"


def _size(size: int) -> str:
    for unit, power in (("G", 30), ("M", 20), ("K", 10)):
        if size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return str(size)
