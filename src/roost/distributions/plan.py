"""Script → Plan: everything that is decided before the resolver is asked."""

from __future__ import annotations

import os

from . import direct, implicit, targets
from .brings import brought
from .coverage import Coverage, Wanted, read
from .named import Named
from .names import UnreadableRequirement, canonical, parse
from .naming import Namer
from .trust import trusted
from .values import Answer, Plan, Requirement, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Choice, Declaration, Import, Script
    from roost.settings import Settings

    from .asking import Asker
    from .conda import Needs
    from .judgements import Shared
    from .targets import Target
    from .values import Options


def plan(script: Script, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Plan:
    """Decide what a script needs: a Python, requirements with their reasons, an answer for every import.

    Raises:
        UnreadableRequirement: a declared requirement is none.
        ConfigurationError: the list of trusted names, or a file of `trust.files`, cannot be read.
        RoostError: no Python can run the script (the errors of `scripts.pythons.choose`).
    """
    from roost.scripts import pythons

    offline = options.offline or settings.offline
    choice = pythons.choose(script.python, wanted=options.python, home=home, settings=settings, offline=offline)
    needs = _conda(script, options, settings)
    if needs:
        from . import conda

        choice = conda.standing(needs, choice, home=home, settings=settings, upgrade=options.upgrade, offline=offline)
    return plan_for(script, choice, home=home, settings=settings, options=options, report=report)


def answer(script: Script, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Plan:
    """Decide as `plan` does, where a script that only Python 2 can run has an answer too: it stays unanswered as a whole.

    Its requirements are those it would have once it is converted. Raises as `plan`, except for Python 2.
    """
    from roost.scripts import Choice, pythons

    try:
        return plan(script, home=home, settings=settings, options=options, report=report)
    except pythons.PythonTwo as error:
        mine = pythons.own()
        choice = Choice(mine, mine.short, f"roost's own Python {mine.short}, once the script is converted")
        found = plan_for(script, choice, home=home, settings=settings, options=options, report=report)
        line = error.why[0].rpartition(" line ")[2]
        whole = Unresolved(
            script.name,
            int(line) if line.isdigit() else 1,
            "python 2",
            f"{error.what}: {error.why[0]}",
            error.hints[0],
        )
        return found.replace(unresolved=(whole, *found.unresolved))


def plan_for(
    script: Script,
    choice: Choice,
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    target: Target | None = None,
) -> Plan:
    """Decide what a script needs on a Python that is chosen already; raises as `plan`.

    Args:
        target: what markers are compared with; None: that Python on this machine.
    """
    target = target or targets.of(choice)
    whole, script = script, _heard(script, options)
    declared = [(_declared(line, script), line) for line in script.declared.requirements if line.via != "pylock"]
    needs = _conda(script, options, settings)
    texts = [text for text in options.extra if not text.startswith("conda:")]
    extra = [read(direct.bare(text), folder=None) for text in texts]
    allowed = frozenset(canonical(name) for name in options.allow) | frozenset(trusted(home))
    shared = _shared(settings)
    asker = _Once(script, target, home=home, settings=settings, options=options, allowed=allowed, shared=shared)
    wanted_by = [
        Requirement(wanted.name, wanted.text, _where(line, script), "declared", hashes=line.hashes)
        for wanted, line in declared
    ]
    refused: list[Unresolved] = []
    if options.unread:
        from . import unread

        declared, wanted_by, refused = unread.judged(
            declared, whole, asker=asker, allowed=allowed, where=lambda line: _where(line, script)
        )
    coverage = Coverage([*(wanted for wanted, _ in declared), *extra], target, lambda wanted: asker().listing(wanted))
    modules = frozenset(one.module for one in script.imports if not one.provider)
    beside = _beside(needs, choice) if needs else frozenset()
    namer = Namer(
        target=target, coverage=coverage, asker=asker, allowed=allowed | shared.keys(), modules=modules, beside=beside
    )
    answers = _answers(script.imports, namer, report)
    requirements = [
        *wanted_by,
        *(Requirement(wanted.name, wanted.text, "`--with`", "option") for wanted in extra),
    ]
    notes = list(script.notes)
    if options.declared_only:
        notes += _left_out(answers)
    else:
        requirements += _inferred(answers)
        requirements += _implied(script, coverage, requirements, target)
        requirements, coming = _without_brought(requirements, script, answers)
        notes += coming
    return Plan(
        script=script,
        python=choice,
        requirements=tuple(_distinct(requirements)),
        answers=tuple(Answer(one, named.means, named.name, named.reason) for one, named in answers),
        unresolved=(*refused, *_unresolved(answers)),
        notes=tuple(dict.fromkeys(notes)),
        logins=direct.logins([*(line.text for line in script.declared.requirements), *texts]),
        conda=needs,
    )


def _heard(script: Script, options: Options) -> Script:
    """Give the script as far as its word counts."""
    if not options.unread:
        return script
    from . import unread

    return unread.stripped(script)


def _shared(settings: Settings) -> Mapping[str, tuple[Shared, ...]]:
    """Read what the files trust that the user has named; hardly anybody names one."""
    if not settings.trust_files:
        return {}
    from . import judgements

    return judgements.shared(settings)


def _conda(script: Script, options: Options, settings: Settings) -> Needs | None:
    """Give what the script wants from conda channels; hardly any does, and then nothing is loaded for it."""
    script = _heard(script, options)
    if not script.declared.conda and not any(text.startswith("conda:") for text in options.extra):
        return None
    from . import conda

    return conda.wanted(script.declared, options.extra, settings, where=lambda line: _where(line, script))


def _beside(needs: Needs, choice: Choice) -> frozenset[str]:
    """Give the modules that conda packages bring: those that are there, or as their names suggest until they are."""
    from . import conda

    if choice.interpreter is not None and choice.interpreter.prefix:
        return conda.modules(choice.interpreter)
    return needs.names


class _Once:
    """Makes what asks the index when the first import needs it: most scripts never do."""

    def __init__(
        self,
        script: Script,
        target: Target,
        *,
        home: Home,
        settings: Settings,
        options: Options,
        allowed: frozenset[str],
        shared: Mapping[str, tuple[Shared, ...]],
    ) -> None:
        self._parts = (script, target, home, settings, options, allowed, shared)
        self._made: Asker | None = None

    def __call__(self) -> Asker:
        if self._made is None:
            from .asking import Asker
            from .index import Index
            from .indexes import configured, of_script

            script, target, home, settings, options, allowed, shared = self._parts
            indexes = of_script(configured(settings, os.environ), script.declared)
            index = Index(indexes, home=home, settings=settings, offline=options.offline, again=options.upgrade)
            self._made = Asker(index, target=target, home=home, settings=settings, allowed=allowed, shared=shared)
        return self._made


def _declared(line: Declaration, script: Script) -> Wanted:
    folder = line.file.parent if line.file else script.path.parent if script.path else None
    try:
        return read(direct.bare(line.text), folder=folder)
    except UnreadableRequirement as error:
        where = f"`{line.file.name}`" if line.file else f"`{script.name}`"
        raise UnreadableRequirement(
            f"cannot read the requirement `{direct.bare(line.text)}` at line {line.line} of {where}",
            why=error.why,
            hints=error.hints,
        ) from error


def _where(line: Declaration, script: Script) -> str:
    if line.via == "pep723":
        return f"declared in the PEP 723 block of `{script.name}`, line {line.line}"
    if line.via == "pip line":
        return f"`pip install` at line {line.line}"
    return f"declared in `{line.file.name if line.file else script.name}`, line {line.line}"


def _answers(imports: Sequence[Import], namer: Namer, report: Reporter) -> list[tuple[Import, Named]]:
    """Answer every import in order; alternatives together, where the first of them stands."""
    groups: dict[int, list[Import]] = {}
    for one in imports:
        if one.kind == "alternative" and one.group is not None:
            groups.setdefault(one.group, []).append(one)
    known: dict[tuple[str, tuple[str, ...], bool], Named] = {}

    def name(one: Import) -> Named:
        key = (one.module, one.names, one.kind == "optional")
        if one.provider or one.marker or one.kind == "typing":
            return namer.name(one)
        if key not in known:
            report.progress(f"looking for `{one.module}`")
            known[key] = namer.name(one)
        return known[key]

    namer.prepare(imports)
    chosen = {number: _choose(group, namer) for number, group in groups.items()}
    found: list[tuple[Import, Named]] = []
    for one in imports:
        if one.group is not None and one.group in chosen:
            found.append((one, chosen[one.group][one]))
        else:
            found += [(part, name(part)) for part in namer.parts(one)]
    return found


def _choose(group: Sequence[Import], namer: Namer) -> dict[Import, Named]:
    """Answer alternatives of which one is enough: what is there already, else the first that can be installed."""
    quick = {one: namer.without_index(one) for one in group}
    there = [
        one
        for one, named in quick.items()
        if named and named.answered and not named.text and named.means != "not needed"
    ]
    best = there or [one for one, named in quick.items() if named and named.answered and named.text][:1]
    answers: dict[Import, Named] = {}
    if not best:
        for one in group:
            answers[one] = quick[one] or namer.name(one)
            if answers[one].answered:
                best = [one]
                break
    if not best:
        return answers  # one sentence for each: none of them can be had
    first = answers.get(best[0]) or quick[best[0]]
    for one in group:
        named = answers.get(one) or quick[one]
        if one in best or (named and first and named.name and named.name == first.name):
            answers[one] = named or namer.name(one)
        else:
            answers[one] = Named("not needed", f"`{best[0].module}` at line {best[0].line} does instead")
    return answers


def _inferred(answers: Iterable[tuple[Import, Named]]) -> list[Requirement]:
    found: list[Requirement] = []
    for one, named in answers:
        if named.text and named.name:
            where = f" of `{one.file.name}`" if one.file else ""
            found.append(
                Requirement(
                    name=named.name,
                    text=named.text,
                    reason=f"`import {one.module}` at line {one.line}{where}",
                    source="inferred",
                    wheels_only=named.wheels_only,
                    optional=one.kind in {"optional", "lazy"},
                )
            )
    return found


def _implied(script: Script, coverage: Coverage, so_far: Sequence[Requirement], target: Target) -> list[Requirement]:
    wanted = list(implicit.needs(script))
    if not wanted:
        return []
    there = {requirement.name for requirement in so_far}
    there |= brought(there).keys()
    found = []
    for need, reason in wanted:
        parsed = parse(need)
        if not target.holds(parsed.marker):
            continue
        if not parsed.extras and (parsed.name in there or coverage.shares(parsed.name)):
            continue
        found.append(Requirement(parsed.name, need, reason, "implicit", wheels_only=True))
    return found


def _without_brought(
    requirements: list[Requirement], script: Script, answers: Iterable[tuple[Import, Named]]
) -> tuple[list[Requirement], list[str]]:
    """Leave out what a comment's or docstring's `pip install` names, if nothing imports it and something else brings it anyway.

    Such a line is prose: it lists what once had to be typed. The environment is the same, and its reasons are clearer.
    """
    prose = {line.text for line in script.declared.requirements if line.via == "pip line"}
    if script.form in {"notebook", "markdown"} or not prose:
        return requirements, []
    used = {named.name for _, named in answers}
    loose = {
        one.name
        for one in requirements
        if one.text in prose and one.name not in used and canonical(one.text) == one.name
    }
    by = brought(one.name for one in requirements if one.name not in loose) if loose else {}
    notes = [
        f"`{name}`, which a `pip install` line names, comes with `{by[name]}`" for name in sorted(loose & by.keys())
    ]
    return [one for one in requirements if one.name not in loose or one.name not in by], notes


def _distinct(requirements: Iterable[Requirement]) -> Iterable[Requirement]:
    """Keep one of each text; needed by one import is needed."""
    kept: dict[str, Requirement] = {}
    for one in requirements:
        before = kept.get(one.text)
        if before is None:
            kept[one.text] = one
        elif before.optional and not one.optional:
            kept[one.text] = Requirement(before.name, before.text, before.reason, before.source, before.wheels_only)
    return kept.values()


def _unresolved(answers: Iterable[tuple[Import, Named]]) -> Iterable[Unresolved]:
    """Name each import that cannot be had once; those the script copes without are answers, not troubles."""
    seen: set[str] = set()
    for one, named in answers:
        if not named.trouble or one.kind == "optional" or one.module in seen:
            continue
        seen.add(one.module)
        yield Unresolved(one.module, one.line, named.trouble.kind, named.trouble.sentence, named.trouble.hint)


def _left_out(answers: Iterable[tuple[Import, Named]]) -> Iterable[str]:
    names = [named.name for _, named in answers if named.text and named.name]
    if names:
        yield f"left out, because nobody declared them (`--declared-only`): {', '.join(dict.fromkeys(names))}"
