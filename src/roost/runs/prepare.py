"""Script → an environment that stands ready: plan, lock, build, remember."""

from __future__ import annotations

from roost.errors import RoostError

from .values import Prepared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from roost.distributions import Options, Plan
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Script
    from roost.settings import Settings


def prepare(
    script: Script,
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    planned: Callable[[Plan], None] | None = None,
) -> Prepared:
    """Decide what a script needs, and make sure that its environment is there.

    Imports that nothing can answer are told and not held against the script: perhaps it never reaches them.

    Args:
        planned: called as soon as everything is decided, so that a report of a failed build has the plan.

    Raises:
        RoostError: no plan, no Python, no lock or no environment; from the room that could not.
    """
    from roost.distributions import lock as find_lock
    from roost.distributions import plan as decide
    from roost.distributions import without
    from roost.environments import ensure, refer
    from roost.scripts import Choice, pythons

    plan = decide(script, home=home, settings=settings, options=options, report=report)
    if plan.python.interpreter is None:
        offline = options.offline or settings.offline
        interpreter = pythons.fetch(plan.python, home=home, offline=offline, report=report)
        plan = plan.replace(python=Choice(interpreter, plan.python.wanted, plan.python.reason))
    if planned is not None:
        planned(plan)
    _tell(plan, report)
    lock = find_lock(plan, home=home, settings=settings, options=options, report=report)
    environment, asked = None, plan
    while environment is None:
        try:
            environment = ensure(lock, home=home, settings=settings, options=options, report=report)
        except RoostError as error:
            if error.code != "build-failed":
                raise
            less = without(asked, error, plan, home=home, settings=settings, options=options, report=report)
            if less is None:
                raise
            asked, lock = less
    refer(home, script, lock, environment)
    return Prepared(plan, lock, environment)


def _tell(plan: Plan, report: Reporter) -> None:
    for note in dict.fromkeys((*plan.script.notes, *plan.notes)):
        report.note(note)
    report.detail(f"Python {plan.python.wanted}: {plan.python.reason}")
    for requirement in plan.requirements:
        report.detail(f"{requirement.text}: {requirement.reason}")
    for unresolved in plan.unresolved:
        report.warn(unresolved.sentence)
        if unresolved.hint:
            report.note(unresolved.hint)
