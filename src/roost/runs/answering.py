"""The side of the import hook that is outside: a question of a running script in, an environment or a reason out.

The answer has everything of the environment that the run has come to, at the same versions, and what is missing. One
process at a time answers for a script, so that what its children ask adds up.
"""

from __future__ import annotations

import os
from pathlib import Path

from roost import environments, locks, travel
from roost.distributions import Options, Requirement, direct, extend, faults, plan_for
from roost.errors import Exit, RoostError
from roost.records import additions
from roost.scripts import Import
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.distributions import Artifact, Plan
    from roost.distributions.names import Parsed
    from roost.environments import Environment
    from roost.environments.manifest import Manifest
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Choice, Script
    from roost.settings import Settings

PROTOCOL = 1


class AddsTooMuch(RoostError):
    """A sandboxed run asks for more than may be added to it."""

    code = "adds-too-much"
    exit = Exit.REFUSED


class Bounds(Value):
    """What code that nobody has read may have added: names that can be trusted, as wheels, no more than so much."""

    most: int  # bytes of all files that come to those of the start
    before: frozenset[str]  # the files of the start


class Asked(Value):
    """A question, and where it comes from."""

    home: Home
    settings: Settings
    options: Options
    report: Reporter
    script: Script
    name: str  # the environment that the run has come to
    held: Manifest  # what is in it
    python: Choice
    bounds: Bounds | None = None  # None: what the script asks for is its user's word
    logins: tuple[tuple[str, str, str], ...] = ()  # what addresses that a `pip install` names say of credentials

    @property
    def folder(self) -> Path:
        """The environment's."""
        return environments.folder(self.home, self.name)


def answer(request: Mapping[str, object], *, home: Home, settings: Settings, report: Reporter) -> dict[str, object]:
    """Answer one question.

    Args:
        request: as `inside/_roost_mend.py` puts it together.

    Returns:
        `environment`: the folder in which the script can go on, and `said`: a line about it; or `why`: a sentence.
    """
    if request.get("protocol") != PROTOCOL:
        return {"why": "this roost does not know the protocol of the environment"}
    first, place = Path(str(request["first"])), Path(str(request["additions"]))
    theirs = home.pool / "environments" if home.pool else home.environments
    if first.parent not in {home.environments, theirs} or place.parent != home.additions:
        return {"why": "the environment belongs to another home of roost"}
    words = [str(word) for word in _list(request.get("options"))]
    texts = [
        home.additions / word.partition(":")[2] for word in words if word.startswith("text:t-") and "/" not in word
    ]
    places = tuple(dict.fromkeys((place, *texts)))
    allowed = tuple(word.partition(":")[2] for word in words if word.startswith("allow:"))
    script = _script(request, places, home, allowed)
    indexes = (*script.declared.indexes, *map(str, _list(request.get("indexes"))))
    script = script.replace(declared=script.declared.replace(indexes=tuple(dict.fromkeys(indexes))))
    options = Options(allow=allowed, offline="offline" in words or settings.offline)
    return answered(request, script, first.name, places, home=home, settings=settings, options=options, report=report)


def answered(
    request: Mapping[str, object],
    script: Script,
    first: str,
    places: Sequence[Path],
    *,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
    bounds: Bounds | None = None,
) -> dict[str, object]:
    """Answer a question of which it is known who asks it; as `answer`.

    Args:
        request: what is asked, and the environment and loaded modules of who asks.
        script: what runs.
        first: the name of the environment in which the run began.
        places: where its additions are noted.
        bounds: of a run in a sandbox.
    """
    try:
        with locks.exclusive(home.locks / f"additions-{places[0].name[2:4]}", timeout=settings.build_timeout):
            name = additions.follow(places[:1], first)
            held = environments.manifest_of(home, name)
            if held is None:
                return {"why": f"the environment `{name}` is gone"}
            python = _python(held, home, settings)
            logins = direct.logins(map(str, _list(request.get("requirements"))))
            asked = Asked(home, settings, options, report, script, name, held, python, bounds, logins)
            return _answered(request, asked, places)
    except RoostError as error:
        return {"why": _sentence(error)}


def _answered(request: Mapping[str, object], asked: Asked, places: Sequence[Path]) -> dict[str, object]:
    folder = asked.folder
    if request["ask"] == "install":
        added, why = _installed(request, asked)
        words = {one.text: one.name for one in added}
        if why:
            return {"why": why}
        if not added:
            return {"environment": str(folder), "said": None}
    else:
        name = str(request["name"])
        if str(folder) != request["environment"] and environments.has_module(folder, asked.held.short, name):
            return {"environment": str(folder), "said": None}
        added, why, there = _imported(request, asked)
        words = {one.text: name for one in added}
        if not added:
            mended = _mended(asked, there) if there else None
            return {"why": why} if mended is None else {"environment": str(folder), "said": mended}
    return _extended(request, asked, added, [(one, words[one.text]) for one in added], places)


def _extended(
    request: Mapping[str, object],
    asked: Asked,
    added: Sequence[Requirement],
    remembered: Sequence[tuple[Requirement, str]],
    places: Sequence[Path],
) -> dict[str, object]:
    """Build what has everything and the new; where versions stand against each other, keep at least what is imported.

    Raises:
        RoostError: nothing has both.
    """
    began = Path(str(request["environment"]))
    modules = request.get("modules")
    loaded = (
        environments.imported(began, asked.held.short, map(str, _list(modules)))
        if modules is not None
        else frozenset(name for name, _ in asked.held.distributions)
    )
    loose = tuple(one for one in _loose(asked) if one.name not in {new.name for new in added})
    tries = [
        (asked.held.artifacts, ()),
        (tuple(one for one in asked.held.artifacts if one.name in loaded), loose),
        ((), loose),
    ]
    environment = None
    first: RoostError | None = None
    for kept, others in tries:
        try:
            environment = _built(asked, kept, (*added, *others))
            break
        except (faults.Conflict, faults.NoMatchingVersion) as error:
            first = first or error
    if environment is None:
        assert first is not None
        raise first
    additions.remember(places, remembered, script=asked.script.path)
    additions.lead(places, asked.folder, environment.path)
    was = environments.manifest_of(asked.home, began.name)
    versions = dict(environment.distributions)
    changed = {
        name: version
        for name, version in (was.distributions if was else ())
        if name in loaded and versions.get(name) != version
    }
    if changed:
        name, version = next(iter(changed.items()))
        new = ", ".join(one.name for one in added)
        now = f"{versions[name]} of it" if name in versions else "nothing of it"
        return {
            "again": str(environment.path),
            "because": f"`{name}` {version} is imported, and `{new}` goes with {now}",
        }
    return {"environment": str(environment.path), "said": _said(added, environment)}


def _built(asked: Asked, kept: Sequence[Artifact], added: Sequence[Requirement]) -> Environment:
    lock = extend(
        kept, added, roots=asked.held.roots, script=asked.script, python=asked.python, home=asked.home,
        settings=asked.settings, options=asked.options, report=asked.report, logins=asked.logins,
    )  # fmt: skip
    _bounded(lock.artifacts, asked)
    return environments.ensure(
        lock, home=asked.home, settings=asked.settings, options=asked.options, report=asked.report,
        installers=travel.installers(asked.settings),
    )  # fmt: skip


def _bounded(artifacts: Sequence[Artifact], asked: Asked) -> None:
    """Look at how much comes before it comes.

    Raises:
        AddsTooMuch: more than the run may have added, or nobody says how much.
    """
    if asked.bounds is None:
        return
    size = 0
    for one in artifacts:
        if one.filename in asked.bounds.before:
            continue
        more = one.size if one.size is not None else _size(one, asked)
        if more is None:
            raise AddsTooMuch(
                f"nobody says how large `{one.filename}` is",
                why=(f"a run in a sandbox may have {asked.bounds.most >> 20} MiB added",),
                hints=("declare it: `roost add FILE NAME`",),
            )
        size += more
    if size > asked.bounds.most:
        raise AddsTooMuch(
            f"{size >> 20} MiB would be added",
            why=(f"a run in a sandbox may have {asked.bounds.most >> 20} MiB added",),
            hints=("declare it: `roost add FILE NAME`",),
        )


def _size(artifact: Artifact, asked: Asked) -> int | None:
    """Ask for the size of a file whose index does not name it."""
    from roost.distributions.index import Index
    from roost.distributions.indexes import configured, of_script

    indexes = of_script(configured(asked.settings, os.environ), asked.script.declared)
    index = Index(indexes, home=asked.home, settings=asked.settings, offline=asked.options.offline)
    return index.size(artifact.url)


def _loose(asked: Asked) -> tuple[Requirement, ...]:
    """Give what the script itself asks for, and what was added to it, without the versions that were found for it."""
    if asked.script.data:
        plan = plan_for(
            asked.script,
            asked.python,
            home=asked.home,
            settings=asked.settings,
            options=asked.options,
            report=asked.report,
        )
        wanted = {
            one.name: one
            for one in (*additions.known(asked.home, asked.script, asked.options.allow), *plan.requirements)
        }
        return tuple(wanted.values())
    return tuple(Requirement(name, name, "it was asked for", "kept", wheels_only=True) for name in asked.held.roots)


def _python(held: Manifest, home: Home, settings: Settings) -> Choice:
    """Find the interpreter that an environment was built with.

    Raises:
        RoostError: it cannot be started.
    """
    from roost.scripts import Choice, PythonRange, pythons

    reason = "the environment's own"
    for one in (pythons.own(), *pythons.installed(home, os.environ)):
        if os.path.realpath(one.path) == held.base[0]:
            return Choice(one, one.short, reason)
    return pythons.choose(PythonRange(), wanted=held.base[0], home=home, settings=settings, offline=True)


def _script(request: Mapping[str, object], places: Sequence[Path], home: Home, allowed: Sequence[str]) -> Script:
    """Read the script of a run again; where a child asks, or it cannot be read, there is one without words."""
    from roost import scripts

    file = request.get("script")
    try:
        if isinstance(file, str) and os.path.isfile(file):  # noqa: PTH113
            found = scripts.read(Path(file))
            if not set(places).isdisjoint(additions.folders(home, found, allowed)):
                return found
    except RoostError:
        pass
    return scripts.Script(None, "the script", "command", b"", b"")


def _imported(request: Mapping[str, object], asked: Asked) -> tuple[list[Requirement], str | None, str | None]:
    """Say which distributions a failed import asks for; none, with the reason, where there is nothing to add.

    The third is the one that is there and should have it.
    """
    places = [(str(file), int(str(line))) for file, line in map(_list, _list(request.get("places")))]
    if request.get("engine") is None and _copes(places, asked):
        return [], None, None
    line = places[0][1] if places else 1
    written = _written(places[:1], asked, str(request["name"]))
    wanted = written or Import(str(request.get("full") or request["name"]), (), line, "required")
    plan = _planned(wanted, asked)
    held = dict(asked.held.distributions)
    there = [one.name for one in plan.requirements if one.name in held]
    reason = f"`import {wanted.module}` at line {line}, while it ran"
    if request.get("engine"):
        reason = f"`{request['engine']}` loads `{wanted.module}`, while it ran"
    added = [
        one.replace(source="mended", reason=reason, optional=False) for one in plan.requirements if one.name not in held
    ]
    if added:
        return added, None, None
    if plan.unresolved:
        return [], _unanswered(plan), None
    if there:
        why = f"`{wanted.module}` should come from `{there[0]}`, of which {held[there[0]]} is in the environment"
        return [], why, there[0]
    return [], f"nothing is known to provide `{wanted.module}`", None


def _planned(wanted: Import, asked: Asked) -> Plan:
    """Decide what one import needs, as for one that was read in the script."""
    script = asked.script.replace(imports=(wanted.replace(kind="required", provider=None, marker=None, group=None),),
                                  calls=(), urls=(), declared=asked.script.declared.replace(requirements=(), lock=None))  # fmt: skip
    return plan_for(
        script, asked.python, home=asked.home, settings=asked.settings, options=asked.options, report=asked.report
    )


def _unanswered(plan: Plan) -> str | None:
    """Say why an import cannot be had."""
    if not plan.unresolved:
        return None
    one = plan.unresolved[0]
    return "\nhint: ".join(filter(None, (one.sentence, one.hint)))


def _mended(asked: Asked, name: str) -> str | None:
    """Build the environment again, if it is damaged; gives what is said about it, None where it is whole.

    Raises:
        RoostError: it cannot be built.
    """
    from roost.distributions import Lock, pylock

    folder = asked.folder
    harm = environments.damage(folder, asked.held, thorough=(name,))
    if not harm or asked.python.interpreter is None or folder.parent != asked.home.environments:
        return None
    environments.suspect(folder, f"{folder / harm[0].file}\t{harm[0].what}")
    text = pylock.write(asked.held.artifacts, asked.python.interpreter)
    lock = Lock(asked.python.interpreter, asked.held.artifacts, text, asked.held.roots)
    environments.ensure(
        lock, home=asked.home, settings=asked.settings, options=asked.options, report=asked.report,
        installers=travel.installers(asked.settings),
    )  # fmt: skip
    return f"mended the environment: {harm[0].sentence}"


def _written(places: Sequence[tuple[str, int]], asked: Asked, name: str) -> Import | None:
    """Find the import as it was read in the script or its local modules."""
    for file, line in places:
        for one in asked.script.imports:
            where = os.fspath(one.file) if one.file else ""
            if where == file and one.line == line and one.root == name.partition(".")[0]:
                return one
    return None


def _copes(places: Sequence[tuple[str, int]], asked: Asked) -> bool:
    """Judge code that was not read before the run: plugins, modules found while it ran."""
    from roost.scripts import expected

    read = {"", *(os.fspath(one.file) for one in asked.script.imports if one.file)}
    for number, (file, line) in enumerate(places):
        if file in read:
            continue
        for block in expected(Path(file)):
            if block.first <= line <= block.last and (number == 0 or block.anywhere):
                return True
    return False


def _installed(request: Mapping[str, object], asked: Asked) -> tuple[list[Requirement], str | None]:
    """Take the requirements of a `pip install` that the script ran; and why one of them may not be, None where all may."""
    from roost.distributions.names import parse

    found = []
    for text in map(str, _list(request.get("requirements"))):
        parsed = parse(direct.bare(text))
        reason = "`pip install`, while it ran"
        if asked.bounds is not None and (why := _doubt(parsed, asked)):
            return [], why
        found.append(
            Requirement(parsed.name, direct.bare(text), reason, "mended", wheels_only=asked.bounds is not None)
        )
    return found, None


def _doubt(parsed: Parsed, asked: Asked) -> str | None:
    """Say why a distribution may not be installed because code asks for it that nobody has read; None: it may.

    One that is not known must do what it must for an import of a module with its name.
    """
    from roost.distributions import tables
    from roost.distributions.trust import trusted

    if parsed.url or parsed.marker:
        return f"`{parsed.name}` is asked for by more than its name"
    if tables.rank(parsed.name) is not None or parsed.name in {*asked.options.allow, *trusted(asked.home)}:
        return None
    if parsed.name in dict(asked.held.distributions):
        return None
    plan = _planned(Import(parsed.name.replace("-", "_"), (), 1, "required"), asked)
    if any(one.name == parsed.name for one in plan.requirements):
        return None
    return _unanswered(plan) or f"nothing is known of `{parsed.name}`"


def _said(added: Sequence[Requirement], environment: Environment) -> str:
    versions = dict(environment.distributions)
    names = ", ".join(f"{one.name} {versions.get(one.name, '')}".rstrip() for one in added)
    return f"added {names} ({added[0].reason})"


def _sentence(error: RoostError) -> str:
    hints = [f"hint: {hint}" for hint in error.hints]
    return "\n".join([f"{error.what}" + (f": {error.why[0]}" if error.why else ""), *hints])


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
