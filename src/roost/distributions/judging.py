"""Facts of a distribution, and the verdict that is made of nothing else."""

from __future__ import annotations

from roost.values import Value

from . import tables
from .near import near
from .pages import version_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.settings import Settings

    from .index import Found, Index
    from .pages import File

DAY = 86400.0
QUARANTINED = "quarantined"  # the one status (PEP 792) that nobody's word outweighs
ATTESTED = "it was published with attestations (PEP 740)"


class Facts(Value):
    """What an index says of a distribution, what its wheel has, and its place in the list of popular ones."""

    name: str  # canonical
    index: str  # its address, without credentials
    asked: float  # when it said so, seconds since the epoch
    first: float | None  # when the oldest file was uploaded; None: the index does not say
    newest: float | None  # when the newest file was
    releases: int
    yanked: int  # releases that were withdrawn (PEP 592), every file of them
    status: str  # PEP 792
    status_reason: str  # in the words of whoever set it
    rank: int | None  # among the most downloaded
    wheel: str | None = None  # the newest one that fits this machine
    attested: bool = False  # the index keeps attestations of that wheel (PEP 740)
    provides: tuple[str, ...] = ()  # import roots in that wheel

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what speaks for it or is worth knowing, each a clause about `it`."""
        said = []
        if self.first is not None:
            said.append(f"its first release is of {day(self.first)}")
        said.append(f"it has {counted(self.releases)}" + (f", {self.yanked} of them withdrawn" if self.yanked else ""))
        if self.attested:
            said.append(ATTESTED)
        return (*said, *self.remarks)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Say what its maintainers say against using it, which does not keep it out."""
        if self.status in {"active", QUARANTINED}:
            return ()
        return (
            f"its status is `{self.status}`" + (f" ({one_line(self.status_reason)})" if self.status_reason else ""),
        )


class Rule(Value):
    """What is asked of a distribution that nobody vouches for."""

    days: int  # since its first release
    releases: int
    near: bool  # its name must not be near a popular one's


class Verdict(Value):
    """Whether a distribution may be installed unasked."""

    reasons: tuple[str, ...]  # why not, each a clause about `it`; () it may
    meant: str | None = None  # the popular name that was probably meant
    changes: tuple[str, ...] = ()  # what would make it one that may, besides the user's word
    facts: Facts | None = None

    @property
    def final(self) -> bool:
        """Tell whether nobody's word can let it in."""
        return self.facts is not None and self.facts.status == QUARANTINED


def gather(name: str, found: Found, wheel: File | None = None, provides: tuple[str, ...] = ()) -> Facts:
    """Put together what is known of a canonical name.

    Args:
        wheel: the newest one that fits this machine, if it was looked for.
        provides: the import roots in it, if it was looked into.
    """
    files = found.project.files
    versions = {version_of(file.filename, found.project.name) for file in files} - {None}
    kept = {version_of(file.filename, found.project.name) for file in files if not file.yanked}
    times = [file.uploaded for file in files if file.uploaded is not None]
    return Facts(
        name=name,
        index=found.index,
        asked=found.project.asked,
        first=min(times, default=None),
        newest=max(times, default=None),
        releases=len(versions),
        yanked=len(versions - kept),
        status=found.project.status,
        status_reason=found.project.status_reason,
        rank=tables.rank(name),
        wheel=wheel.filename if wheel else None,
        attested=bool(wheel and wheel.attested),
        provides=provides,
    )


def unasked(settings: Settings) -> Rule:
    """Give the rule for a name that only an import suggests."""
    return Rule(settings.trust_min_age_days, settings.trust_min_releases, near=True)


def brought(settings: Settings, *, known: bool) -> Rule:
    """Give the rule for a name that another distribution requires.

    Its author has written it, so likeness is no mistake, and many a good library has one release. What a known
    distribution brings need only be older than a hijacked release stays undiscovered (decision 0025).
    """
    days = (
        min(settings.trust_brought_min_age_days, settings.trust_min_age_days) if known else settings.trust_min_age_days
    )
    return Rule(days, 0, near=False)


def verdict(facts: Facts, rule: Rule, *, now: float) -> Verdict:
    """Judge by facts alone.

    Args:
        now: seconds since the epoch.
    """
    reasons: list[str] = []
    changes: list[str] = []
    meant = near(facts.name) if rule.near else None
    if facts.status == QUARANTINED:
        reason = f" ({one_line(facts.status_reason)})" if facts.status_reason else ""
        return Verdict((f"the index has put it in quarantine{reason}",), meant, ("the end of the quarantine",), facts)
    if meant:
        reasons.append(f"its name can be mistaken for `{meant}`")
    if facts.releases and facts.yanked == facts.releases:
        reasons.append("every release of it was withdrawn")
        changes.append("a release that is not withdrawn")
    if rule.days > 0 and facts.first is None:
        reasons.append("the index does not say how old it is")
        changes.append("an index that tells when files were uploaded (PEP 700)")
    elif facts.first is not None and now - facts.first < rule.days * DAY:
        days = max(0, int((now - facts.first) // DAY))
        reasons.append(f"its first release is {days} day{'' if days == 1 else 's'} old, and {rule.days} are asked for")
        changes.append(f"time: it is old enough from {day(facts.first + (rule.days + 1) * DAY)} on")
    if facts.releases < rule.releases:
        reasons.append(f"it has {counted(facts.releases)}, and {rule.releases} are asked for")
        changes.append(f"{counted(rule.releases - facts.releases)} more")
    return Verdict(tuple(reasons), meant, tuple(changes) if not meant else (), facts)


def of(index: Index, found: Found, facts: Facts, rule: Rule, *, now: float) -> Verdict:
    """Judge what an index has; what is only on one of the user's own needs no history.

    An extra index that is nobody's own often tells no times; then the default one's history counts, if it has any.
    """
    from .errors import IndexUnreachable

    judged = verdict(facts, rule, now=now)
    if judged.final:
        return judged
    if found.private:
        return Verdict((), facts=facts)
    if not judged.reasons or not found.own:
        return judged
    try:
        public = index.behind(facts.name)
    except IndexUnreachable:
        public = None
    if public:
        there = gather(facts.name, public).replace(wheel=facts.wheel, attested=facts.attested, provides=facts.provides)
        return verdict(there, rule, now=now)
    return judged if found.shared else Verdict((), facts=facts)


def day(moment: float) -> str:
    """Write a moment (seconds since the epoch) as its day in UTC: "2026-11-22"."""
    import datetime as dt

    return dt.datetime.fromtimestamp(moment, dt.UTC).date().isoformat()


def counted(releases: int) -> str:
    """Write a number of releases."""
    return f"{releases} release" + ("" if releases == 1 else "s")


def one_line(text: str) -> str:
    """Put what a stranger wrote into one line that a terminal only shows."""
    plain = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    return plain if len(plain) <= 200 else f"{plain[:199]}…"
