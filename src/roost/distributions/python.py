"""The Python of a plan, where it is not on this machine yet: fetched, or made of conda packages."""

from __future__ import annotations

from roost.scripts import Choice, pythons

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .values import Options, Plan


def have(plan: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Choice:
    """Have the Python that a plan has chosen, downloading what is not here.

    Raises:
        NoPython: it would have to be downloaded, and that is not allowed or fails.
        RoostError: of the classes in `faults`, and `CondaMissing`: the conda packages cannot be had.
    """
    if plan.python.interpreter is not None:
        return plan.python
    offline = options.offline or settings.offline
    if plan.conda is None:
        interpreter = pythons.fetch(plan.python, home=home, offline=offline, report=report)
        return Choice(interpreter, plan.python.wanted, plan.python.reason)
    from . import conda

    return conda.make(
        plan.conda, plan.python, home=home, settings=settings, upgrade=options.upgrade, offline=offline, report=report,
        what=f"cannot find what `{plan.script.name}` needs",
    )  # fmt: skip
