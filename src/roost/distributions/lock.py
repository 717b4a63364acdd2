"""Plan → Lock: remembered, read from the lock beside the script, or resolved by the cascade."""

from __future__ import annotations

import os

from roost import locks
from roost.errors import RoostError

from .python import have
from .requests import Request, recall, remember
from .values import Lock, inferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .requests import Remembered
    from .values import Options, Plan


def lock(plan: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Lock:
    """Find exact distributions for what a plan asks.

    A lock file beside the script wins when it satisfies what is declared; then comes what is remembered for the
    same request; then the resolver is asked. When the index is away, an older remembered lock is better than none.

    Raises:
        RoostError: of the classes in `faults`: nothing satisfies the plan, or nothing could be asked.
    """
    offline = options.offline or settings.offline
    interpreter = have(plan, home=home, settings=settings, options=options, report=report).interpreter
    assert interpreter is not None
    asked, inferred = request(plan, interpreter, settings), _inferred(plan)
    if plan.script.declared.lock is not None and not options.upgrade:
        from .beside import use

        found, asked = use(plan, asked, report)
        if found:
            return found.replace(indexes=asked.indexes, inferred=inferred)
    if not asked.requirements:
        return Lock(interpreter, (), _empty(), (), ("nothing is needed",))
    known = _recall(plan, asked, home=home, settings=settings, options=options, report=report)
    if known and not options.upgrade and _lasts(known, offline=offline, settings=settings):
        report.detail("the same request was resolved before")
        return known.lock.replace(indexes=asked.indexes, inferred=inferred)
    try:
        found = _one_asks(plan, asked, known, home=home, settings=settings, options=options, report=report)
    except RoostError as error:
        _explained(error, plan, asked, home=home, settings=settings, options=options, report=report)
        raise
    return found.replace(indexes=asked.indexes, request=asked.digest, inferred=inferred)


def _inferred(plan: Plan) -> tuple[str, ...]:
    """Name what only imports led to."""
    chosen = {one.name for one in plan.requirements if one.source in {"declared", "option", "kept"}}
    return tuple(dict.fromkeys(one.name for one in plan.requirements if one.name not in chosen))


def _one_asks(
    plan: Plan,
    asked: Request,
    known: Remembered | None,
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
) -> Lock:
    """Ask the resolver; of many who want the same at once one asks, the others take its answer."""
    offline = options.offline or settings.offline
    waited: list[bool] = []
    guard = home.locks / f"request-{asked.digest[:16]}"
    with locks.exclusive(guard, timeout=settings.build_timeout, waiting=lambda: waited.append(True)):
        try:
            if waited:  # whoever asked before us may have the answer
                known = _recall(plan, asked, home=home, settings=settings, options=options, report=report)
            if waited and known and _lasts(known, offline=offline, settings=settings):
                return known.lock
            return _asked_again(plan, asked, known, home=home, settings=settings, options=options, report=report)
        finally:
            locks.drop(guard)


def _recall(
    plan: Plan, asked: Request, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Remembered | None:
    """Give what is remembered, unless it has what must not be let in now.

    That is what came by a word that was taken back or given for one time, and what a script declared where another only imports it.
    """
    known = recall(home, asked)
    if known is None or (not known.lock.by_word and set(inferred(plan)) <= set(known.lock.judged)):
        return known
    from . import bringing
    from .errors import IndexUnreachable
    from .resolve import Means

    means = Means(home, settings, report, dict(os.environ))
    if bringing.revoked(known.lock, means, options):
        return None
    try:
        bringing.judge(plan, known.lock, asked, means, options)
    except (bringing.Untrusted, IndexUnreachable):
        return None
    return known


def _lasts(known: Remembered, *, offline: bool, settings: Settings) -> bool:
    return offline or not known.older_than(settings.lock_max_age_days)


def remembered(plan: Plan, *, home: Home, settings: Settings) -> Remembered | None:
    """Give the lock that was found before for a plan whose interpreter is there, however old it is."""
    interpreter = plan.python.interpreter
    return recall(home, request(plan, interpreter, settings)) if interpreter else None


def without(
    plan: Plan, fault: RoostError, whole: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> tuple[Plan, Lock] | None:
    """Find what a script needs without the optional requirements that could be locked and not be installed.

    Args:
        plan: what could not be installed.
        whole: the plan of the script; the lock is remembered as its answer, so that the next run does not try again.

    Returns:
        What is left of the plan, and its lock; None: nothing is optional.

    Raises:
        RoostError: as `lock`.
    """
    from .optional import lesser

    less = lesser(plan, fault)
    if not less or plan.script.declared.lock is not None:
        return None
    gone, smaller = less
    names = ", ".join(f"`{text}`" for text in gone)
    cause = fault.why[0] if fault.why else fault.what
    report.note(f"left out, because the script copes without and it cannot be installed: {names} ({cause})")
    found = lock(smaller, home=home, settings=settings, options=options, report=report)
    found = found.replace(steps=(f"without {names}: {cause}", *found.steps))
    asked = request(whole, found.interpreter, settings)
    remember(home, asked, found)
    return smaller, found.replace(request=asked.digest)


def _asked_again(
    plan: Plan,
    asked: Request,
    known: Remembered | None,
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
) -> Lock:
    from .cascade import resolve
    from .errors import IndexUnreachable
    from .faults import TimedOut

    _warn(asked, report)
    try:
        found = resolve(plan, asked, home=home, settings=settings, options=options, report=report)
    except (IndexUnreachable, TimedOut) as error:
        if not known or options.upgrade:
            raise
        report.detail(f"{error.what}: the lock of last time is used")
        return known.lock
    if found.judged:
        from . import judgements

        judgements.keep(home, found.judged)
    if found.lasting:
        remember(home, asked, found.lock)
    elif known and not options.upgrade:
        return known.lock
    return found.lock


def _explained(
    error: RoostError, plan: Plan, asked: Request, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> None:
    """Say with a conflict where its sides were written, and what was tried and helps; not where the versions are given."""
    from .faults import Conflict, NoMatchingVersion

    if not isinstance(error, Conflict | NoMatchingVersion) or any(one.source == "kept" for one in plan.requirements):
        return
    from .conflicts import explain, told
    from .resolve import Means

    means = Means(home, settings, report, dict(os.environ))
    found = explain(plan, error, asked, means, offline=options.offline or settings.offline)
    report.detail(f"{found.attempts} changes were tried in {found.seconds:.1f} s, {len(found.suggestions)} help")
    told(error, found)


def _warn(asked: Request, report: Reporter) -> None:
    """Say that a password in an address is read by everybody who reads the file or the process's variables."""
    for place in asked.indexes.places:
        if place.address != place.bare:
            report.note(
                f"the address of the index `{place.name}` has a password in it; roost keeps it nowhere: better log in once, "
                f"`roost index login {place.name}`"
            )


def request(plan: Plan, interpreter: Interpreter, settings: Settings) -> Request:
    """Put together everything that decides the resolver's answer."""
    from .indexes import configured, of_script

    declared = plan.script.declared
    return Request(
        requirements=tuple(dict.fromkeys(requirement.text for requirement in plan.requirements)),
        wheels_only=tuple(
            dict.fromkeys(requirement.name for requirement in plan.requirements if requirement.wheels_only)
        ),
        roots=tuple(dict.fromkeys(requirement.name for requirement in plan.requirements)),
        interpreter=interpreter,
        constraints=declared.constraints,
        indexes=of_script(configured(settings, os.environ), declared).replace(logins=plan.logins),
        exclude_newer=declared.exclude_newer or settings.index_exclude_newer,
        stamps=_stamps([requirement.text for requirement in plan.requirements]),
        hashes=_hashes(plan),
    )


def _hashes(plan: Plan) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what the files of each distribution may hash to, where somebody wrote it down."""
    found: dict[str, tuple[str, ...]] = {}
    for requirement in plan.requirements:
        if requirement.hashes:
            found[requirement.name] = (*found.get(requirement.name, ()), *requirement.hashes)
    return tuple(found.items())


def names_places(texts: Iterable[str]) -> bool:
    """Tell whether a requirement among these names a local folder or file, which changes under the same words."""
    return any("file:" in text or text.startswith(("-e", ".", "/")) for text in texts)


def _stamps(texts: Sequence[str]) -> tuple[str, ...]:
    """Say what local folders and files contain that are asked for by path: they change under the same words."""
    if not names_places(texts):
        return ()
    from .local import stamp

    return tuple(filter(None, map(stamp, texts)))


def _empty() -> str:
    return 'lock-version = "1.0"\ncreated-by = "roost"\npackages = []\n'
