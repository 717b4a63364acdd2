"""The steps that are tried to resolve a request, one after the other, each with what it said (C4)."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

from roost.errors import ProcessFailed, RoostError

from . import faults, pylock
from .engine import EngineMissing
from .resolve import Means, compile_with_uv
from .values import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .requests import Request
    from .values import Options, Plan

    Step = tuple[str, Callable[[], Lock]]

OTHER_PYTHON_HELPS = (faults.PythonMismatch, faults.BuildFailed, pylock.NothingFits)
PIP_HELPS = (faults.EngineFailed, faults.BuildFailed, faults.IndexUnreachable, EngineMissing, faults.NoMatchingVersion)
OLDEST = (3, 8)  # what roost has inside an environment runs on this Python and up
OTHER_PYTHONS = 3  # so many are tried


def resolve(
    plan: Plan, request: Request, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Lock:
    """Try each step until one gives a lock.

    Raises:
        RoostError: the first step's fault, with what every step said, one line each.
    """
    means = Means(home, settings, report, dict(os.environ))
    steps = _steps(plan, request, means, options)
    faulty: list[RoostError] = []
    said: list[str] = []
    label, step = next(steps)
    while True:
        try:
            found = step()
        except RoostError as error:
            faulty.append(error)
            said.append(f"{label}: {error.why[0] if error.why else error.what}")
            report.detail(said[-1])
        else:
            count = len(found.artifacts)
            steps_taken = (*said, f"{label}: {count} distribution{'s' if count != 1 else ''}")
            return Lock(found.interpreter, found.artifacts, found.text, found.roots, steps_taken)
        try:
            label, step = steps.send(faulty[-1])
        except StopIteration:
            break
    if len(said) > 1:
        faulty[0].why = (*faulty[0].why, *said[1:])
    raise faulty[0]


def _steps(plan: Plan, request: Request, means: Means, options: Options) -> Generator[Step, RoostError]:
    """Give the next step that can help; gets what the one before said."""
    what = f"cannot find what `{plan.script.name}` needs"
    if options.offline or means.settings.offline:
        yield "uv from its cache", partial(_with_uv, request, means, what, offline=True)
        return
    fault = yield "uv from the index", partial(_with_uv, request, means, what, upgrade=options.upgrade)
    if isinstance(fault, faults.IndexUnreachable | faults.TimedOut):
        yield "uv from its cache", partial(_with_uv, request, means, what, offline=True)
    if options.python is None and _python_decides(fault):
        for other in _other_pythons(plan, request.interpreter, means, fault):
            yield f"uv with Python {other.short}", partial(_with_uv, request.replace(interpreter=other), means, what)
    if isinstance(fault, PIP_HELPS):
        from .pip import resolve_with_pip

        yield "pip", partial(resolve_with_pip, request, means, what)


def _with_uv(request: Request, means: Means, what: str, *, offline: bool = False, upgrade: bool = False) -> Lock:
    means.report.progress("resolving")
    try:
        answer = compile_with_uv(request, means, offline=offline, upgrade=upgrade)
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why)) from error
    if answer.status:
        raise faults.classify(answer.errors, what=what)
    text = pylock.without_credentials(answer.output)
    found = pylock.artifacts(text, request.interpreter, folder=Path("/"))
    means.report.step(f"resolved {len(found)} distribution{'s' if len(found) != 1 else ''} in {answer.seconds:.1f} s")
    return Lock(request.interpreter, found, text, request.roots)


def _python_decides(fault: RoostError) -> bool:
    """Tell whether another Python may help: not where the version, the platform or the name is what is missing."""
    if isinstance(fault, faults.NoMatchingVersion):
        return any("Python ABI tag" in why or "Python implementation tag" in why for why in fault.why)
    return isinstance(fault, OTHER_PYTHON_HELPS)


def _other_pythons(plan: Plan, chosen: Interpreter, means: Means, fault: RoostError) -> Iterator[Interpreter]:
    """Give other installed Pythons that the script and the fault allow: the next older ones first, then newer ones."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from roost.scripts import pythons

    wanted = [match for why in fault.why for match in re.findall(r"does not satisfy Python([<>=!~]+[\d.]+)", why)]
    allowed = ",".join(filter(None, [plan.script.python.specifier, plan.script.declared.requires_python, *wanted]))
    try:
        within = SpecifierSet(allowed)
    except InvalidSpecifier:
        return
    others: dict[tuple[int, int], Interpreter] = {}
    for one in pythons.installed(means.home, means.environ):
        minor = one.version[:2]
        if (
            minor != chosen.version[:2]
            and minor >= OLDEST
            and one.implementation == chosen.implementation
            and within.contains(one.full)
        ):
            others.setdefault(minor, one)
    older = sorted((minor for minor in others if minor < chosen.version[:2]), reverse=True)
    newer = sorted(minor for minor in others if minor > chosen.version[:2])
    for minor in [*older, *newer][:OTHER_PYTHONS]:
        yield others[minor]
