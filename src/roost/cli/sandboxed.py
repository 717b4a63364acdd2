"""`roost run --sandbox`: the words of the command line as a wish, and its end as ours."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, UsageError
from roost.settings import amount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.runs import Prepared
    from roost.runs.sandboxed import Wish
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Ended, Job
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output

SENTENCES = {
    "timeout": "it ran longer than {timeout:g} seconds",
    "memory": "it took more memory than {memory}",
    "disk": "it wrote more than {disk}",
    "processes": "it started more than {processes} processes",
    "output": "it said more than {output}",
}


def wish(arguments: Arguments) -> Wish:
    """Read the options of a sandbox."""
    from roost.runs.sandboxed import Wish
    from roost.sandbox.policy import UNTRUSTED

    tier = arguments.text("sandbox") or "auto"
    limits = UNTRUSTED.replace(
        timeout=_seconds(arguments, UNTRUSTED.timeout),
        memory=_size(arguments, "memory", UNTRUSTED.memory),
        processes=_count(arguments, UNTRUSTED.processes),
        file_size=_size(arguments, "file-size", UNTRUSTED.file_size),
        disk=_size(arguments, "disk", UNTRUSTED.disk),
        output=_size(arguments, "output", UNTRUSTED.output),
    )
    folder = arguments.text("workdir")
    if folder is not None and not Path(folder).is_dir():
        raise UsageError(f"`--workdir {folder}` is no folder")
    return Wish(
        tier, limits, _network(arguments), Path(folder) if folder else None, tuple(map(Path, arguments.texts("in"))),
        arguments.texts("env"),
    )  # fmt: skip


def image(arguments: Arguments, settings: Settings) -> str:
    """Give the image of Docker that is asked for; empty: the one that is built here."""
    return arguments.text("image") or settings.sandbox_image or ""


def fitted(
    wish: Wish, tier: Tier, prepared: Prepared, arguments: Arguments, *, output: Output, home: Home, settings: Settings
) -> Wish:
    """Have what an image of the user's own needs, where the environment does not run in it."""
    if not wish.image or not tier.name.startswith("docker"):
        return wish
    from roost.runs import foreign

    from . import place

    options = place.options(arguments, settings)
    found = foreign.ensure(prepared, wish.image, home=home, settings=settings, options=options, report=output)
    return wish.replace(foreign=found)


def told(ended: Ended, wish: Wish | Job, name: str) -> str | None:
    """Say which limit ended a script; None where none did."""
    if ended.reason == "ended":
        return None
    from .views import bytes_text

    limits = wish.limits
    words = {
        "timeout": limits.timeout, "processes": limits.processes,
        **{key: bytes_text(value or 0) for key, value in (("memory", limits.memory), ("disk", limits.disk), ("output", limits.output))},
    }  # fmt: skip
    return f"`{name}` was ended: {SENTENCES[ended.reason].format(**words)}"


def status(ended: Ended) -> int:
    """Give the exit status: the script's, or that of a limit that ended it."""
    return (
        ended.status if ended.reason == "ended" else Exit.TRY_AGAIN if ended.reason == "timeout" else ended.status or 1
    )


def _network(arguments: Arguments) -> tuple[str, ...] | None:
    text = arguments.text("net")
    if text is None:
        return None
    if text in {"none", "all"}:
        return () if text == "none" else ("all",)
    from roost.sandbox import addresses

    hosts = []
    for host in text.split(","):
        try:
            hosts.append(str(addresses.target(host)))
        except ValueError:
            raise UsageError(
                f"`--net {text}`: `{host}` is no host with a port",
                hints=("`--net none`, `--net all`, `--net example.org:443`",),
            ) from None
    return tuple(hosts)


def _seconds(arguments: Arguments, default: float | None) -> float | None:
    text = arguments.text("timeout")
    if text is None:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e8:
        raise UsageError(f"`--timeout` takes seconds, not `{text}`")
    return seconds


def _count(arguments: Arguments, default: int | None) -> int | None:
    text = arguments.text("processes")
    if text is None:
        return default
    if not text.isdecimal() or not 0 < int(text) < 1 << 22:
        raise UsageError(f"`--processes` takes a number, not `{text}`")
    return int(text)


def _size(arguments: Arguments, name: str, default: int | None) -> int | None:
    text = arguments.text(name)
    if text is None:
        return default
    size = amount(text)
    if not size:
        raise UsageError(f"`--{name}` takes a size, not `{text}`", hints=(f"with its unit: `--{name} 512M`",))
    return size
