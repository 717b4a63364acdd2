"""What inferred distributions bring along: the new names of a lock are judged as well, once, when it is made."""

from __future__ import annotations

import time

from roost.errors import Exit
from roost.values import Value

from . import judgements, judging, tables, trust
from .asking import how_to_allow
from .errors import Fault, IndexUnreachable
from .index import Index
from .judgements import Judgement
from .names import canonical
from .resolve import needs
from .values import INFERRED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .index import Found
    from .judging import Facts, Verdict
    from .pages import File
    from .requests import Request
    from .resolve import Means
    from .values import Artifact, Lock, Options, Plan, Requirement

SAID = 3  # so many refused names are explained


class Untrusted(Fault):
    """An inferred distribution brings one that nobody vouches for."""

    code = "untrusted"
    exit = Exit.REFUSED
    days = 0  # what stands against it is its age alone, and less than so many days are too few


class Judged(Value):
    """What a lock lets in by a judgement."""

    found: tuple[Judgement, ...] = ()
    by_word: tuple[str, ...] = ()  # names that are brought, and let in only because they are trusted


class _Word(Value):
    """Whose word counts."""

    allowed: frozenset[str]
    shared: Mapping[str, tuple[judgements.Shared, ...]]

    def of(self, artifact: Artifact) -> tuple[judgements.By, str] | None:
        """Give who lets a file in, and the clause that says so; None: nobody does."""
        if artifact.name in self.allowed:
            return "you", "you trust its name"
        for one in self.shared.get(artifact.name, ()):
            if one.covers(artifact.version, [artifact.sha256]):
                return "file", f"`{one.file}` trusts it"
        return None


def word(means: Means, options: Options) -> _Word:
    """Collect whom the user trusts: once, for good, and through files.

    Raises:
        ConfigurationError: one of the lists cannot be read.
    """
    allowed = {canonical(name) for name in options.allow} | set(trust.trusted(means.home))
    return _Word(frozenset(allowed), judgements.shared(means.settings))


def judge(plan: Plan, lock: Lock, request: Request, means: Means, options: Options) -> Judged:
    """Judge what a lock has that was neither asked for nor is known; what the user asked for may bring anything.

    Known names are answered from the tables. The rest is looked up on the index, where it usually has just been; which
    of them brings which is asked of the resolver, from its cache.

    Raises:
        Untrusted: something must not be let in; says what brings it, and how to allow it.
        IndexUnreachable: nothing is known of a name, and no index says anything.
        ConfigurationError: a list of trusted names cannot be read.
    """
    inferred = {one.name for one in plan.requirements if one.source in INFERRED and not tables.is_known(one.name)}
    roots = {one.name: one for one in plan.requirements if _is_judged(one)}
    asked = {one.name for one in plan.requirements}
    new = [one for one in lock.artifacts if one.name not in asked and not tables.is_known(one.name)] if roots else []
    if not new and not inferred:
        return Judged()
    judging_it = _Judge(
        roots, frozenset(asked - roots.keys()), lock=lock, request=request, means=means, options=options
    )
    by_word, brought = judging_it.brought(new) if new else ((), ())
    let_in = [judging_it.root(one) for one in lock.artifacts if one.name in inferred]
    return Judged((*filter(None, let_in), *brought), by_word)


def revoked(lock: Lock, means: Means, options: Options) -> bool:
    """Tell whether a remembered lock has names that are not trusted any more."""
    if not lock.by_word:
        return False
    now = word(means, options)
    return not all(now.of(one) for one in lock.artifacts if one.name in lock.by_word)


def _is_judged(one: Requirement) -> bool:
    """Tell whether a requirement was inferred, and is in for more than the user's having allowed its name."""
    return one.source in INFERRED and (one.wheels_only or tables.is_known(one.name))


class _Judge:
    """One lock while it is judged.

    Args:
        roots: the requirements whose closure is judged, by name.
        mine: the names of the others, which may bring anything.
    """

    def __init__(
        self,
        roots: Mapping[str, Requirement],
        mine: frozenset[str],
        *,
        lock: Lock,
        request: Request,
        means: Means,
        options: Options,
    ) -> None:
        self._roots = roots
        self._mine = mine
        self._lock = lock
        self._request = request
        self._means = means
        self._offline = options.offline or means.settings.offline
        self._word = word(means, options)
        self._index = Index(
            request.indexes, home=means.home, settings=means.settings, offline=self._offline, again=options.upgrade,
            environ=means.environ,
        )  # fmt: skip

    def root(self, one: Artifact) -> Judgement | None:
        """Write down what reading let in, with the facts by which it was judged; None: the script installs it by itself."""
        said = self._word.of(one)
        if said is None and one.name in self._mine:
            return None
        facts = self._facts(one)
        return _judgement(one, *said, facts=facts) if said else self._by_facts(one, facts)

    def brought(self, new: list[Artifact]) -> tuple[tuple[str, ...], tuple[Judgement, ...]]:
        """Judge what is new; gives the names that are let in by somebody's word, and all judgements."""
        ways = _ways(needs(self._request, self._lock, self._means), {*self._roots, *self._mine})
        brought = [one for one in new if self._mine.isdisjoint(ways.get(one.name, {}))]
        by_word = {one.name: said for one in brought if (said := self._word.of(one))}
        if len(by_word) < len(brought):
            self._index.prepare(one.name for one in brought if one.name not in by_word)
        found: list[Judgement] = []
        refused: list[_Refused] = []
        for one in brought:
            there = ways.get(one.name, {})
            way = min(there.values(), key=len, default=(next(iter(self._roots)), one.name))
            if one.name in by_word:
                found.append(_judgement(one, *by_word[one.name], brought_by=way[0]))
                continue
            verdict = self._verdict(one, known=any(map(tables.is_known, there or way[:1])))
            if verdict.reasons:
                refused.append(_Refused(one.name, way, verdict))
            else:
                found.append(self._by_facts(one, verdict.facts, brought_by=way[0]))
        if refused:
            raise self._fault(refused)
        return tuple(by_word), tuple(found)

    def _by_facts(self, one: Artifact, facts: Facts | None, brought_by: str | None = None) -> Judgement:
        because = ", ".join(facts.sentences) if facts else "it was let in before"
        return _judgement(one, "facts", because, facts=facts, brought_by=brought_by)

    def _verdict(self, one: Artifact, *, known: bool) -> Verdict:
        try:
            found = self._index.project(one.name)
        except IndexUnreachable as error:
            for old in self._before(one):
                if (old.version, old.sha256) == (one.version, one.sha256):
                    return judging.Verdict((), facts=old.facts)
            raise IndexUnreachable(
                f"nothing is known of `{one.name}`, which nobody declared", why=(error.what, *error.why)
            ) from error
        if found is None:
            return judging.Verdict(("no index has it",))
        rule = judging.brought(self._means.settings, known=known)
        return judging.of(self._index, found, self._gathered(one, found), rule, now=time.time())

    def _before(self, one: Artifact) -> tuple[Judgement, ...]:
        return judgements.read(self._means.home, one.name)

    def _facts(self, one: Artifact) -> Facts | None:
        try:
            found = self._index.project(one.name)
            if found:
                return self._gathered(one, found, listed=True)
        except IndexUnreachable:
            pass
        return next((old.facts for old in reversed(self._before(one))), None)

    def _gathered(self, one: Artifact, found: Found, *, listed: bool = False) -> Facts:
        file = next((file for file in found.project.files if file.filename == one.filename), None)
        return judging.gather(one.name, found, file, self._roots_in(file) if listed and file and file.is_wheel else ())

    def _roots_in(self, wheel: File) -> tuple[str, ...]:
        try:
            return self._index.contents(wheel).roots
        except IndexUnreachable:
            return ()

    def _fault(self, refused: list[_Refused]) -> Untrusted:
        roots = list(dict.fromkeys(one.way[0] for one in refused))
        open_ones = [one.name for one in refused if not one.verdict.final]
        fault = Untrusted(
            "something would be installed that nobody vouches for",
            why=tuple(one.sentence(self._roots[one.way[0]].reason) for one in refused[:SAID]),
            hints=tuple(map(how_to_allow, open_ones[:SAID])),
        )
        if len(open_ones) == len(refused):
            fault.hints += (f"or declare what brings it, if you know it: `roost add FILE {roots[0]}`",)
            known = all(map(tables.is_known, roots))
            fault.days = judging.brought(self._means.settings, known=known).days
        return fault


class _Refused(Value):
    """A name that must not be let in."""

    name: str
    way: tuple[str, ...]  # what was inferred, what that brings, …, the name
    verdict: Verdict

    def sentence(self, reason: str) -> str:
        """Say what brings it, and what stands against it.

        Args:
            reason: why the first on the way is wanted.
        """
        root, *between, name = self.way
        by = f" by way of {', '.join(f'`{one}`' for one in between)}" if between else ""
        against = " and ".join(self.verdict.reasons)
        return f"`{root}`, wanted for {reason}, brings `{name}`{by}, which nobody vouches for: {against}"


def _ways(parents: Mapping[str, set[str]], roots: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give, for each name, the roots that lead to it, each with its shortest way: (root, …, name)."""
    children: dict[str, list[str]] = {}
    for name, above in parents.items():
        for one in above:
            children.setdefault(one, []).append(name)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for root in sorted(roots):
        ahead: list[tuple[str, ...]] = [(root,)]
        seen = {root}
        for way in ahead:  # grows while it is walked: breadth first
            for name in sorted(children.get(way[-1], ())):
                if name not in seen:
                    seen.add(name)
                    ahead.append((*way, name))
                    found.setdefault(name, {})[root] = (*way, name)
    return found


def _judgement(
    one: Artifact, by: judgements.By, because: str, *, facts: Facts | None = None, brought_by: str | None = None
) -> Judgement:
    return Judgement(
        name=one.name, version=one.version, sha256=one.sha256, since=time.time(), by=by, because=because,
        imports=facts.provides if facts else (), brought_by=brought_by, facts=facts,
    )  # fmt: skip
