"""The steps that are tried to resolve a request, one after the other, each with what it said (C4)."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

from roost.errors import ProcessFailed, RoostError
from roost.values import Value

from . import bringing, building, faults, pylock
from .engine import EngineMissing
from .errors import HUNG, IndexUnreachable
from .optional import smaller
from .resolve import Means
from .values import Lock, inferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .judgements import Judgement
    from .requests import Request
    from .values import Options, Plan

OTHER_PYTHON_HELPS = (faults.PythonMismatch, faults.BuildFailed, pylock.NothingFits)
PIP_HELPS = (faults.EngineFailed, faults.BuildFailed, IndexUnreachable, EngineMissing, faults.NoMatchingVersion)
AWAY = (IndexUnreachable, faults.TimedOut)
OLDEST = (3, 8)  # what roost has inside an environment runs on this Python and up
OTHER_PYTHONS = 3  # so many are tried


class Step(Value):
    """One way to a lock."""

    label: str  # "uv from the index"
    find: Callable[[], Lock]
    left_out: tuple[str, ...] = ()  # optional requirements that it does without


class Found(Value):
    """What the steps led to."""

    lock: Lock
    judged: tuple[Judgement, ...] = ()  # what it lets in though nobody declared it
    lasting: bool = True  # not: something optional is missing only because an index was away


def resolve(
    plan: Plan, request: Request, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Found:
    """Try each step until one gives a lock.

    Raises:
        RoostError: the fault of the first step that asked for the least, with what every step said, one line each;
            `Untrusted` where what would be installed is not let in.
    """
    means = Means(home, settings, report, dict(os.environ))
    steps = _steps(plan, request, means, options)
    faulty: list[tuple[Step, RoostError]] = []
    step = next(steps)
    while True:
        try:
            found = step.find()
            judged = bringing.judge(plan, found, request, means, options)
        except RoostError as error:
            faulty.append((step, error))
            report.detail(_said(step, error))
        else:
            found = found.replace(judged=inferred(plan), by_word=judged.by_word)
            return _found(found, step, faulty, report).replace(judged=judged.found)
        try:
            step = steps.send(faulty[-1][1])
        except StopIteration:
            break
    raise _blamed(faulty)


def _said(step: Step, error: RoostError) -> str:
    return f"{step.label}: {error.why[0] if error.why else error.what}"


def _found(found: Lock, step: Step, faulty: list[tuple[Step, RoostError]], report: Reporter) -> Found:
    count = len(found.artifacts)
    steps = (
        *(_said(*before) for before in faulty),
        f"{step.label}: {count} distribution{'s' if count != 1 else ''}",
    )
    report.detail(steps[-1])
    lock = found.replace(steps=steps)
    if not step.left_out:
        first = faulty[0][1] if faulty else None
        if isinstance(first, bringing.Untrusted):
            report.note(f"{first.why[0]}: releases of the last {first.days} days are left aside")
        return Found(lock)
    fault = faulty[0][1]
    names = ", ".join(f"`{text}`" for text in step.left_out)
    report.note(
        f"left out, because the script copes without and it cannot be had: {names} ({fault.why[0] if fault.why else fault.what})"
    )
    return Found(lock, lasting=not isinstance(fault, (*AWAY, faults.NotCached)))


def _blamed(faulty: list[tuple[Step, RoostError]]) -> RoostError:
    """Choose the fault to raise: an index that is away, else never one that an optional requirement may have caused."""
    most = 0 if isinstance(faulty[0][1], AWAY) else max(len(step.left_out) for step, _ in faulty)
    said = [one for one in faulty if len(one[0].left_out) >= most]
    fault = said[0][1]
    others = [_said(*one) for one in said[1:]]
    fault.why = (*fault.why, *others)
    return fault


def _steps(plan: Plan, request: Request, means: Means, options: Options) -> Generator[Step, RoostError]:
    """Give the next step that can help; gets what the one before said."""
    what = f"cannot find what `{plan.script.name}` needs"
    from_cache = offline = options.offline or means.settings.offline
    label = "uv from its cache" if offline else "uv from the index"
    first = yield Step(label, partial(_with_uv, request, means, what, offline=offline, upgrade=options.upgrade))
    fault = first
    if (
        isinstance(first, faults.NoUploadTime)
        and not request.timeless
        and any(one.private for one in request.indexes.places)
    ):
        request = request.replace(timeless=True)  # an index of one's own that does not say how old files are
        label = "uv from the index, without an age limit for private ones"
        fault = first = yield Step(
            label, partial(_with_uv, request, means, what, offline=offline, upgrade=options.upgrade)
        )
    if isinstance(first, AWAY) and not offline:
        label, from_cache = "uv from its cache", True
        fault = yield Step(label, partial(_with_uv, request, means, what, offline=True))
    if isinstance(first, bringing.Untrusted) and first.days and not (request.exclude_newer or offline):
        older = request.replace(exclude_newer=f"{first.days} days")
        yield Step(f"{label}, nothing of the last {first.days} days", partial(_with_uv, older, means, what))
    left_out: tuple[str, ...] = ()
    least = request
    for left_out, least in smaller(plan, request, fault):
        ask = partial(_with_uv, least, means, what, offline=from_cache)
        fault = yield Step(f"{label}, without {', '.join(left_out)}", ask, left_out)
    if offline:
        return
    fault = first if isinstance(first, AWAY) else fault
    if options.python is None and plan.conda is None and _python_decides(fault):
        for other in _other_pythons(plan, request.interpreter, means, fault):
            ask = partial(_with_uv, least.replace(interpreter=other), means, what)
            yield Step(f"uv with Python {other.short}", ask, left_out)
    if isinstance(fault, PIP_HELPS) and plan.conda is None:
        from .pip import resolve_with_pip

        yield Step("pip", partial(resolve_with_pip, least, means, what), left_out)


def _with_uv(request: Request, means: Means, what: str, *, offline: bool = False, upgrade: bool = False) -> Lock:
    means.report.progress("resolving")
    silent = next((one.bare for one in request.indexes.places if one.bare.rstrip("/") in HUNG), None)
    if silent and not offline:
        raise faults.TimedOut(
            what,
            why=(f"the index `{silent}` gave no answer within {means.settings.index_timeout:g} s",),
            hints=faults.LATER,
        )
    try:
        answer = building.ask(request, means, what=what, offline=offline, upgrade=upgrade)
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why)) from error
    if answer.status:
        fault = faults.classify(answer.errors, what=what, indexes=request.indexes)
        if not isinstance(fault, faults.NoUploadTime) and (request.indexes.guarded or request.indexes.find_links):
            from .claims import missing, shadowed

            fault = shadowed(missing(fault, request, means, what, offline=offline), request)
        raise fault
    text = pylock.without_credentials(answer.output)
    found = pylock.artifacts(text, request.interpreter, folder=Path("/"), hashes=request.hashes)
    if request.indexes.guarded:
        from .claims import confirm

        confirm(found, request, means, what, offline=offline)
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
