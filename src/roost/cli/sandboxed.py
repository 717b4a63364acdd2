"""`roost run` in a sandbox: the words of the command line as a wish, and its end as ours."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.runs import Prepared
    from roost.runs.confined import Decided, Done
    from roost.runs.sandboxed import Wish
    from roost.sandbox.policy import Policy
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Ended, Job
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output

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
    """Say by which policy a script runs; None: plainly, as `python FILE` would. Raises as `asked`."""
    from roost.sandbox.policy import FILE

    found = asked(arguments, settings)
    plain = found.tier == "none" and found.limits == FILE.limits
    return None if plain and arguments.given.keys().isdisjoint(HELD) else found


def asked(arguments: Arguments, settings: Settings, *, tier: str | None = None) -> Policy:
    """Say which policy is asked for.

    Args:
        tier: where none is.

    Raises:
        BadWish: an option cannot be read.
        ConfigurationError: a policy of the settings cannot be.
    """
    from roost.sandbox import policy as policies

    texts = {name: arguments.text(name) for name in LIMITS}
    return policies.asked(
        settings.sandbox_policies,
        tier=arguments.text("sandbox") or os.environ.get("ROOST_SANDBOX") or tier,
        net=arguments.text("net"),
        limits={name: text for name, text in texts.items() if text is not None},
        untrusted=arguments.has("untrusted"),
    )


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


def wish(arguments: Arguments, policy: Policy, settings: Settings) -> Wish:
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
        variables=arguments.texts("env"), image=image(arguments, settings),
    )  # fmt: skip


def finish(decided: Decided, done: Done, output: Output) -> int:
    """Say what is to be said of a run that has ended, and give the exit status."""
    said = told(done.ended, decided, decided.name)
    if said:
        output.fail(said)
    refused = done.outputs.refused if done.outputs else ()
    for note in (
        *done.ended.notes,
        *(f"left `{name}` where it is: {why}" for name, why in refused),
        *(f"it has made no `{name}`" for name in done.missing),
    ):
        output.note(note)
    return status(done.ended)


def told(ended: Ended, policy: Decided | Job, name: str) -> str | None:
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
