"""`roost run` in a sandbox: the words of the command line as a wish, and its end as ours."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.runs.sandboxed import Wish
    from roost.sandbox.policy import Policy
    from roost.sandbox.values import Ended
    from roost.settings import Settings

    from .options import Arguments

LIMITS = ("timeout", "memory", "processes", "file-size", "disk", "output")
HELD = ("net", "workdir", "in", "out", "env")  # what a plain run cannot do
SENTENCES = {
    "timeout": "it ran longer than {timeout:g} seconds",
    "memory": "it took more memory than {memory}",
    "disk": "it wrote more than {disk}",
    "processes": "it started more than {processes} processes",
    "output": "it said more than {output}",
    "stopped": "somebody has asked for it",
}


def policy(arguments: Arguments, settings: Settings) -> Policy | None:
    """Say by which policy a script runs; None: plainly, as `python FILE` would.

    A sandbox that is asked for has the limits of what nobody has read, unless others are given.

    Raises:
        UsageError: an option cannot be read.
        ConfigurationError: a policy of the settings cannot be read.
    """
    from roost.sandbox import policy as policies

    tier = arguments.text("sandbox") or os.environ.get("ROOST_SANDBOX")
    if tier and tier not in policies.NAMES:
        raise UsageError(f"`ROOST_SANDBOX` cannot be `{tier}`", why=(f"it is one of {', '.join(policies.NAMES)}",))
    asked = policies.of("untrusted" if arguments.has("untrusted") else "file", settings.sandbox_policies)
    if tier and asked.origin == "file":
        strict = policies.of("untrusted", settings.sandbox_policies)
        asked = strict.replace(origin="file", network=None) if tier != "none" and asked.tier == "none" else asked
    asked = _with_options(asked.replace(tier=tier or asked.tier), arguments)
    plain = asked.tier == "none" and asked.limits == policies.FILE.limits
    return None if plain and arguments.given.keys().isdisjoint(HELD) else asked


def _with_options(policy: Policy, arguments: Arguments) -> Policy:
    from roost.sandbox import policy as policies

    limits = {}
    for name in LIMITS:
        text = arguments.text(name)
        if text is None:
            continue
        try:
            limits[name.replace("-", "_")] = policies.limit(name, text)
        except ValueError:
            what = {"timeout": "seconds", "processes": "a number"}.get(name, "a size such as `512M`")
            raise UsageError(f"`--{name}` takes {what}, not `{text}`") from None
    text = arguments.text("net")
    if text is not None:
        try:
            policy = policy.replace(network=policies.network(text))
        except ValueError as error:
            raise UsageError(
                f"`--net {text}`: `{error}` is no host with a port",
                hints=("`--net none`, `--net all`, `--net example.org:443`",),
            ) from None
    return policy.replace(limits=policy.limits.replace(**limits))


def wish(arguments: Arguments, policy: Policy) -> Wish:
    """Read which files go in and come out, and where it works."""
    from roost.runs.sandboxed import Wish

    folder = arguments.text("workdir")
    if folder is not None and not Path(folder).is_dir():
        raise UsageError(f"`--workdir {folder}` is no folder")
    if folder is None and policy.tier == "none" and not (arguments.has("in") or arguments.has("out")):
        folder = "."
    given = tuple(map(Path, arguments.texts("in")))
    for file in given:
        if not file.is_file():
            raise UsageError(f"`--in {file}` is no file")
    for name in arguments.texts("out"):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise UsageError(
                f"`--out {name}` is not below the work folder",
                hints=("name what the script writes: `--out chart.png`",),
            )
    return Wish(
        policy=policy, folder=Path(folder) if folder else None, given=given, wanted=arguments.texts("out"),
        variables=arguments.texts("env"),
    )  # fmt: skip


def told(ended: Ended, policy: Policy, name: str) -> str | None:
    """Say which limit ended a script; None where none did."""
    if ended.reason == "ended":
        return None
    from .views import bytes_text

    limits = policy.limits
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
