"""Script → an environment that stands ready: plan, lock, build, remember."""

from __future__ import annotations

from roost import travel
from roost.errors import RoostError
from roost.records import additions

from .values import Prepared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roost.distributions import Lock, Options, Plan, Requirement
    from roost.environments import Environment
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
    mend: str = "env",
    quiet: bool = False,
    planned: Callable[[Plan], None] | None = None,
) -> Prepared:
    """Decide what a script needs, and make sure that its environment is there.

    Imports that nothing can answer are told and not held against the script: perhaps it never reaches them.

    Args:
        mend: what may be mended while it runs; `off`: nothing.
        quiet: nothing is said about it then.
        planned: called as soon as everything is decided, so that a report of a failed build has the plan.

    Raises:
        RoostError: no plan, no Python, no lock or no environment; from the room that could not.
    """
    from roost.distributions import have, plan_for
    from roost.distributions import lock as find_lock
    from roost.distributions import plan as decide
    from roost.environments import refer

    plan = decide(script, home=home, settings=settings, options=options, report=report)
    if plan.python.interpreter is None:
        python = have(plan, home=home, settings=settings, options=options, report=report)
        if plan.conda is None:
            plan = plan.replace(python=python)
        else:  # what the packages bring is known only now
            plan = plan_for(script, python, home=home, settings=settings, options=options, report=report)
    if planned is not None:
        planned(plan)
    _tell(plan, report)
    travel.prime(plan, home=home, settings=settings, options=options, report=report)
    lock = find_lock(plan, home=home, settings=settings, options=options, report=report)
    added = () if options.declared_only else additions.known(home, script, options.allow)
    if added:
        found = _added_to(plan, lock, added, home=home, settings=settings, options=options, report=report)
        if found:
            refer(home, script, lock, found)
            ready = Prepared(plan, lock, found)
            return _hooked(ready, home=home, options=options, mend=mend, quiet=quiet)
    return _hooked(
        _built(plan, lock, home=home, settings=settings, options=options, report=report),
        home=home, options=options, mend=mend, quiet=quiet,
    )  # fmt: skip


def _hooked(prepared: Prepared, *, home: Home, options: Options, mend: str, quiet: bool) -> Prepared:
    from . import hooking

    return prepared.replace(run=hooking.variable(prepared, home=home, options=options, mend=mend, quiet=quiet))


def _built(plan: Plan, lock: Lock, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Prepared:
    """Build the environment of a lock, without what is optional and cannot be built."""
    from roost.distributions import without
    from roost.environments import ensure, refer

    environment, asked = None, plan
    while environment is None:
        try:
            environment = ensure(
                lock,
                home=home,
                settings=settings,
                options=options,
                report=report,
                installers=travel.installers(settings),
            )
        except RoostError as error:
            if error.code != "build-failed":
                raise
            less = without(asked, error, plan, home=home, settings=settings, options=options, report=report)
            if less is None:
                raise
            asked, lock = less
    refer(home, plan.script, lock, environment)
    return Prepared(plan, lock, environment)


def _added_to(
    plan: Plan,
    lock: Lock,
    added: Sequence[Requirement],
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
) -> Environment | None:
    """Give the environment that has what earlier runs found missing as well; None where that cannot be had now."""
    from roost import environments
    from roost.distributions import extend
    from roost.scripts import Choice

    for one in added:
        report.detail(f"{one.text}: {one.reason}")
    places = additions.folders(home, plan.script, options.allow)
    left = environments.place(home, lock)
    there = environments.standing(home, additions.follow(places, left.name))
    if there and there.name != left.name and not options.upgrade:
        return there
    missing = [one for one in added if one.name not in {artifact.name for artifact in lock.artifacts}]
    if not missing:
        return None
    python = Choice(lock.interpreter, lock.interpreter.short, "that of the lock")
    try:
        more = extend(
            lock.artifacts, missing, roots=lock.roots, script=plan.script, python=python, home=home, settings=settings,
            options=options, report=report,
        )  # fmt: skip
        found = environments.ensure(
            more, home=home, settings=settings, options=options, report=report, installers=travel.installers(settings)
        )
    except RoostError as error:
        names = ", ".join(f"`{one.text}`" for one in missing)
        report.note(f"without {names}, which an earlier run had added: {error.why[0] if error.why else error.what}")
        return None
    additions.lead(places, left, found.path)
    return found


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
