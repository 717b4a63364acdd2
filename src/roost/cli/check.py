"""`roost check`: what a script would install and why, and whether it can run."""

from __future__ import annotations

import sys
import time

from roost.errors import Exit, RoostError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Lock, Options, Plan
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


def check(arguments: Arguments, output: Output) -> int:
    """Answer for one script; with `--strict` a bad answer is a bad status."""
    from roost import distributions

    began = time.time_ns()
    home, settings = place.find(output)
    options = place.options(arguments, settings)
    script = place.read(arguments.words[0], home, output)
    plan = place.named(
        distributions.answer(script, home=home, settings=settings, options=options, report=output), output
    )
    checked = views.Checked(plan)
    if not arguments.has("no-build") and script.python.python2 is None:
        checked = build(plan, home=home, settings=settings, options=options, output=output)
    checked = checked.replace(plan=place.with_additions(checked.plan, home))
    if output.json:
        written = output.document("roost.plan/1", views.plan_document(checked))
    else:
        written = output.text(views.plan_page(checked))
    if checked.lasting and output.silent:
        _remember(written, checked, arguments, began=began, home=home, settings=settings)
    if arguments.has("strict") and (checked.unresolved or checked.failure):
        return Exit.UNAVAILABLE
    return Exit.OK


def _remember(
    written: str, checked: views.Checked, arguments: Arguments, *, began: int, home: Home, settings: Settings
) -> None:
    """Keep an answer to a plain command line, for the next time."""
    from roost.records import answers

    flags = arguments.given.keys()
    if flags <= set(answers.FLAGS):
        answers.remember(
            written.encode(sys.stdout.encoding), checked.plan, arguments.words[0], lock=checked.lock,
            environment=checked.environment, flags=flags, began=began, home=home, settings=settings,
        )  # fmt: skip


def build(plan: Plan, *, home: Home, settings: Settings, options: Options, output: Output) -> views.Checked:
    """Lock, build, and try the imports; what no index could answer is part of the answer, a full disk is not.

    Raises:
        RoostError: what says nothing about the script: no index, no disk, no permission.
    """
    from roost import distributions, environments, travel

    lock: Lock | None = None
    try:
        travel.prime(plan, home=home, settings=settings, options=options, report=output)
        lock = distributions.lock(plan, home=home, settings=settings, options=options, report=output)
        environment = environments.ensure(
            lock, home=home, settings=settings, options=options, report=output, installers=travel.installers(settings)
        )
    except RoostError as error:
        if error.exit != Exit.UNAVAILABLE or error.code in views.NO_ANSWER:
            raise
        error.hints = tuple(map(output.named, error.hints))
        return views.Checked(plan, lock=lock, failure=error)
    from . import trials

    output.progress("trying the imports")
    there = trials.unresolved(plan, environment)
    there = tuple(one.replace(hint=output.named(one.hint)) if one.hint else one for one in there)
    return views.Checked(plan, lock=lock, environment=environment, unresolved_there=there)
