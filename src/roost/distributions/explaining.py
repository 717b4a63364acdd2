"""Why a name may be installed for an import, or may not: every fact with where it comes from and of when it is."""

from __future__ import annotations

import os
import time

from roost.values import Value

from . import judgements, judging, learned, tables, targets, trust
from .errors import IndexUnreachable
from .index import Index
from .indexes import configured
from .names import canonical
from .near import meant, near
from .releases import fitting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.home import Home
    from roost.settings import Settings

    from .index import Found
    from .judgements import Judgement, Shared
    from .judging import Facts, Verdict

LIST = "the list of the most downloaded that comes with roost"


class Fact(Value):
    """One thing that is known."""

    what: str  # "first release"
    said: str  # "2026-11-19, 3 days ago"
    source: str  # who says so
    date: str  # of when that is: "2026-11-22", "2026-11"; "": always so


class Explained(Value):
    """A name, what an import of it comes to, and why."""

    name: str  # canonical
    allowed: bool
    reasons: tuple[str, ...]  # each a clause about `it`
    facts: tuple[Fact, ...]
    meant: str | None  # a popular name that was probably meant
    changes: tuple[str, ...]  # what would turn the answer


def explain(name: str, *, home: Home, settings: Settings, offline: bool) -> Explained:
    """Say whether an import may bring a canonical name, from everything that is known of it.

    Without an index it is answered from what an index said last, and from what was let in before.

    Raises:
        ConfigurationError: a list of trusted names cannot be read.
        RoostError: no Python is there (`scripts.pythons.choose`).
    """
    index = Index(configured(settings, os.environ), home=home, settings=settings, offline=offline)
    known = _Known(
        name=name,
        since=trust.since(home, name),
        shared=judgements.shared(settings).get(name, ()),
        kept=judgements.read(home, name),
    )
    try:
        found = index.project(name)
        known = known.replace(absent=found is None)
        if found:
            facts = _gathered(name, found, index, home=home, settings=settings, offline=offline)
            known = known.replace(verdict=judging.of(index, found, facts, judging.unasked(settings), now=time.time()))
    except IndexUnreachable as error:
        known = known.replace(away=", ".join((error.what, *error.why)))
    vouches = _vouches(known)
    against = _against(known) if vouches is None else ()
    verdict = known.verdict
    return Explained(
        name=name,
        allowed=not against,
        reasons=against or vouches or (verdict.facts.sentences if verdict and verdict.facts else ()),
        facts=tuple(_facts(known)),
        meant=((verdict.meant if verdict else None) or _likely(name)) if against else None,
        changes=_changes(known) if against else (),
    )


class _Known(Value):
    """What can be found out of a name."""

    name: str
    since: str | None  # when the user began to trust it
    shared: tuple[Shared, ...]
    kept: tuple[Judgement, ...]
    verdict: Verdict | None = None
    absent: bool = False  # the indexes were asked, and none has it
    away: str = ""  # why no index could be asked

    @property
    def final(self) -> bool:
        """Tell whether nobody's word helps."""
        return self.absent or (self.verdict is not None and self.verdict.final)


def _gathered(name: str, found: Found, index: Index, *, home: Home, settings: Settings, offline: bool) -> Facts:
    """Look into the newest wheel that the Python here could take, too."""
    from roost.scripts import PythonRange, pythons

    choice = pythons.choose(PythonRange(), wanted=None, home=home, settings=settings, offline=offline)
    releases = fitting(found.project, targets.of(choice).version)
    if not releases:
        return judging.gather(name, found)
    try:
        return judging.gather(name, found, releases[0].file, index.contents(releases[0].file).roots)
    except IndexUnreachable:
        return judging.gather(name, found, releases[0].file)


def _vouches(known: _Known) -> tuple[str, ...] | None:
    """Give whose word lets it in whatever the facts; None: nobody's."""
    if known.final:
        return None
    if known.since is not None:
        return (f"you trust it, since {known.since}",)
    if known.shared:
        return tuple(f"`{one.file}` trusts it{f' ({one.versions})' if one.versions else ''}" for one in known.shared)
    if answered := _answered(known.name):
        return (answered,)
    if known.away and known.kept:
        last = known.kept[-1]
        return (f"it was let in on {judging.day(last.since)}: {last.because}", known.away)
    return None


def _answered(name: str) -> str | None:
    """Say which import the tables answer with a name, as reading does without an index; None: none."""
    for root in tables.roots(name):
        provider = learned.provider(root)
        if provider and provider.name == name:
            return f"it is number {provider.rank} of the most downloaded, and known to have `{root}`"
    for table in ("curated.tsv", "listed.tsv"):
        for prefix, distribution, *_ in tables.lines(table):
            if distribution.partition("[")[0] == name:
                return f"`{prefix}` is known to come from it"
    return None


def _against(known: _Known) -> tuple[str, ...]:
    if known.absent:
        return ("no configured index has it",)
    if known.verdict is None or known.verdict.facts is None:
        return ("nothing is known of it", known.away)
    facts, reasons = known.verdict.facts, [*known.verdict.reasons]
    if known.verdict.final:
        return known.verdict.reasons
    if facts.wheel is None:
        reasons.append("it has no wheel for the Python and the platform here")
    elif facts.provides and not any(canonical(root) == known.name for root in facts.provides):
        reasons.append(f"it has {', '.join(f'`{root}`' for root in facts.provides[:4])}, and no import of its own name")
    return tuple(reasons)


def _likely(name: str) -> str | None:
    return None if tables.rank(name) is not None else meant(name)


def _changes(known: _Known) -> tuple[str, ...]:
    name = known.name
    if known.absent:
        return ("an index that has it",)
    of_facts = known.verdict.changes if known.verdict else ("an index that answers",)
    if known.final:
        return of_facts
    word = f"your word: `roost trust {name}` for good, `roost run --allow {name} FILE` once, `roost add FILE {name}` in a script"
    return (*of_facts, word)


def _facts(known: _Known) -> Iterable[Fact]:
    name, made = known.name, tables.made("popular.tsv")
    rank = tables.rank(name)
    count = sum(1 for _ in tables.lines("popular.tsv"))
    yield Fact("downloads", f"number {rank}" if rank else f"not among the first {count}", LIST, made)
    if rank is None and (like := near(name)):
        yield Fact("likeness", f"can be mistaken for `{like}`, number {tables.rank(like)}", LIST, made)
    if known.verdict and known.verdict.facts:
        yield from _of_index(known.verdict.facts)
    for one in known.kept:
        by = f" with `{one.brought_by}`" if one.brought_by else ""
        yield Fact("let in", f"{one.version}{by}: {one.because}", "this home", judging.day(one.since))
    for line in known.shared:
        yield Fact("trusted", line.versions or "every version", f"`{line.file}`", "")


def _of_index(facts: Facts) -> Iterable[Fact]:
    source, asked = f"`{facts.index}`", judging.day(facts.asked) if facts.asked else ""
    rows = [("releases", f"{facts.releases}" + (f", {facts.yanked} withdrawn" if facts.yanked else ""))]
    for what, moment in (("first release", facts.first), ("newest release", facts.newest)):
        rows.append((what, _ago(moment) if moment is not None else "it does not say"))
    reason = f": {judging.one_line(facts.status_reason)}" if facts.status_reason else ""
    rows.append(("status", f"{facts.status}{reason}"))
    rows.append(("wheel for this machine", facts.wheel or "none"))
    if facts.wheel:
        rows.append(("attestations", "there are" if facts.attested else "none"))
    for what, said in rows:
        yield Fact(what, said, source, asked)
    if facts.provides:
        yield Fact("imports", ", ".join(facts.provides), f"`{facts.wheel}`", "")


def _ago(moment: float) -> str:
    days = max(0, int((time.time() - moment) // judging.DAY))
    return f"{judging.day(moment)}, {days} day{'' if days == 1 else 's'} ago"
