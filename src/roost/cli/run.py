"""`roost run`: read, prepare, and become the script."""

from __future__ import annotations

import os
import time

from roost.errors import RoostError, UsageError

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from roost.distributions import Plan
    from roost.home import Home
    from roost.runs import Prepared
    from roost.runs.again import Again
    from roost.sandbox.policy import Policy
    from roost.scripts import Script
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


ASKING = frozenset(
    {
        "sandbox",
        "untrusted",
        "net",
        "timeout",
        "memory",
        "processes",
        "file-size",
        "disk",
        "output",
        "workdir",
        "in",
        "out",
        "env",
    }
)  # options of which any means more than a plain run


def run(arguments: Arguments, output: Output) -> int:
    """Become the script, or wait for its end: until it has succeeded once, and with `--report`."""
    began = time.time_ns()
    home, settings = place.find(output)
    if _kept(arguments, settings):
        from . import sandboxed

        policy = sandboxed.policy(arguments, settings)
        if policy:
            return _sandboxed(policy, arguments, output, home, settings, began=began)
    target = arguments.text("report")
    if target:
        _reported(target, arguments, output, home, settings)
    return _plainly(arguments, output, home, settings, began=began)


def _kept(arguments: Arguments, settings: Settings) -> bool:
    """Tell whether anything was said of a sandbox, or of limits."""
    return bool(arguments.given.keys() & ASKING or settings.sandbox_policies or os.environ.get("ROOST_SANDBOX"))


def _plainly(arguments: Arguments, output: Output, home: Home, settings: Settings, *, began: int) -> NoReturn:
    """Run as `python FILE` does."""
    from roost import runs
    from roost.records import turns

    prepared = _prepare(arguments, output, home, settings)
    output.finish()
    given, plain = _given(arguments), arguments.given.keys() <= {"c"}
    if not runs.awaited(prepared, home=home):
        if plain:
            runs.record(prepared, given, began=began, home=home, settings=settings)
        turns.ended()
        runs.execute(prepared, arguments.rest, home=home, report=output, given=given)
    ended = runs.first_run(
        prepared, arguments.rest, home=home, settings=settings, report=output, began=began, given=given, plain=plain
    )
    said = runs.sentence(ended, prepared.plan.script.name)
    if said:
        output.fail(said)
    runs.leave(ended.outcome)


def _sandboxed(
    policy: Policy, arguments: Arguments, output: Output, home: Home, settings: Settings, *, began: int
) -> int:
    """Run in a sandbox to the end; a tier that is not there is found out before anything else."""
    from roost.records import turns
    from roost.runs import again
    from roost.runs import sandboxed as runs
    from roost.sandbox import tiers

    from . import sandboxed

    asked = sandboxed.wish(arguments, policy, settings)
    tier = tiers.working(policy.tier, home, image=asked.image)
    output.detail(f"sandbox: {policy.line(tier.name)}")
    prepared = _prepare(arguments, output, home, settings)
    asked = sandboxed.fitted(asked, tier, prepared, arguments, output=output, home=home, settings=settings)
    output.finish()
    options = place.options(arguments, settings)
    turns.ended()  # nothing that others could start from is written down at the end
    decided, done = runs.run(prepared, arguments.rest, asked, tier, home=home, settings=settings, options=options)
    given = _given(arguments)
    again.keep(decided, prepared, arguments.given, given, tier=policy.tier, began=began, home=home, settings=settings)
    return sandboxed.finish(decided, done, output)


def again(run: Again, output: Output) -> int:
    """End as a run in a sandbox ended that started from memory."""
    from . import sandboxed

    output.about(run.file)
    if run.error is not None:
        raise run.error
    assert run.done is not None
    return sandboxed.finish(run.decided, run.done, output)


def _reported(target: str, arguments: Arguments, output: Output, home: Home, settings: Settings) -> NoReturn:
    """Run under a parent that waits, write the report, a failure too, and end as the script ended."""
    from roost import runs

    from .report import opened

    with opened(target, output) as document:
        try:
            prepared = _prepare(arguments, output, home, settings, document.planned)
            document.prepared(prepared, home)
            output.finish()
            outcome = runs.supervise(
                prepared, arguments.rest, home=home, report=output, given=_given(arguments), ours=False
            )
        except RoostError as error:
            document.failed(error)
            raise
        document.ended(outcome, prepared, home)
    runs.leave(outcome)


def _prepare(
    arguments: Arguments,
    output: Output,
    home: Home,
    settings: Settings,
    planned: Callable[[Plan], None] | None = None,
) -> Prepared:
    from roost import runs

    mend = _mending(arguments)
    script = _script(arguments, home, output)
    options = place.options(arguments, settings)
    return runs.prepare(
        script, home=home, settings=settings, options=options, report=output, mend=mend, quiet=output.quiet, planned=planned
    )  # fmt: skip


def _given(arguments: Arguments) -> str | None:
    """Return FILE as its user typed it, which is what the script sees in `sys.argv[0]`."""
    return arguments.words[0] if arguments.words else None


def _script(arguments: Arguments, home: Home, output: Output) -> Script:
    """Read what is to run: a file, standard input, a module, or the text given."""
    from roost import scripts

    module, text = arguments.text("m"), arguments.text("c")
    if module is not None:
        output.about("-m", module)
        return scripts.read_module(module, folder=place.folder(), interpreters=place.pythons(home))
    if text is not None:
        output.about("-c", "…")
        data = text.encode("utf-8", "surrogateescape")
        interpreters = place.pythons(home)
        return scripts.read_text(data, name="-c", form="command", folder=place.folder(), interpreters=interpreters)
    return place.read(arguments.words[0], home, output)


def _mending(arguments: Arguments) -> str:
    """Give the mode that is asked for: by option, by variable, or the usual one."""
    from .table import MEND_MODES

    mode = arguments.text("mend") or os.environ.get("ROOST_MEND") or "env"
    if mode not in MEND_MODES:
        offered = ", ".join(f"`{choice}`" for choice in MEND_MODES)
        raise UsageError(f"`ROOST_MEND` cannot be `{mode}`", why=(f"it is one of {offered}",))
    return mode
