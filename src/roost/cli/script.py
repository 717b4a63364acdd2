"""`roost lock|add|remove|upgrade`: a script's own requirements, written where the user keeps them."""

from __future__ import annotations

from contextlib import suppress

from roost.distributions.direct import bare
from roost.errors import Exit, RoostError
from roost.scripts import edit
from roost.scripts.conda import MARK
from roost.scripts.edit_lines import canonical, loosened, pin
from roost.scripts.values import Declaration
from roost.values import Value

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roost.distributions import Lock, Options
    from roost.home import Home
    from roost.scripts import Script
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class Desk(Value):
    """A script on the desk, with all that resolving it takes."""

    script: Script
    home: Home
    settings: Settings
    options: Options
    output: Output

    def resolved(self, script: Script, *, upgrade: bool = False) -> Lock:
        """Return the lock of the script as given, which need not be what the file says yet."""
        from roost import distributions

        options = self.options.replace(upgrade=self.options.upgrade or upgrade)
        home, settings, report = self.home, self.settings, self.output
        plan = distributions.plan(script, home=home, settings=settings, options=options, report=report)
        return distributions.lock(plan, home=home, settings=settings, options=options, report=report)

    @property
    def pylock(self) -> Path:
        """Where the script's lock stands, or would (dots in the stem become `_`: PEP 751 allows none)."""
        path = self.script.path
        if path is None:
            raise edit.CannotEdit(f"`{self.script.name}` is no file that a lock could stand beside")
        return path.parent / f"pylock.{path.stem.replace('.', '_')}.toml"


def _desk(arguments: Arguments, output: Output) -> Desk:
    home, settings = place.find(output)
    script = place.read(arguments.words[0], home, output)
    return Desk(script, home, settings, place.options(arguments, settings), output)


def lock(arguments: Arguments, output: Output) -> int:
    """Write the script's lock beside it."""
    desk = _desk(arguments, output)
    target = desk.pylock
    platform = arguments.text("platform")
    if platform is not None:
        return _elsewhere(desk, platform, target.parent, output)
    found = desk.resolved(desk.script.replace(declared=desk.script.declared.replace(lock=None)))
    _write_lock(target, found)
    if output.json:
        output.document("roost.lock/1", {"file": str(target), "lock": views.lock_document(found)})
    else:
        output.text(f"locked {views.counted(len(found.artifacts), 'distribution')} in `{target.name}`")
    return Exit.OK


def _elsewhere(desk: Desk, platform: str, folder: Path, output: Output) -> int:
    """Write the lock for another machine beside the script, where no run of this one takes it."""
    from roost import home
    from roost.distributions import elsewhere

    assert desk.script.path is not None, "a script that has a place for its lock is a file"
    script = desk.script.replace(declared=desk.script.declared.replace(lock=None))
    found = elsewhere.lock(
        script, platform, home=desk.home, settings=desk.settings, options=desk.options, report=output
    )
    target = folder / elsewhere.file_name(desk.script.path.stem, found, python=desk.options.python is not None)
    home.write(target, found.text, mode=0o644)
    if output.json:
        names = [{"name": name, "version": version} for name, version in found.distributions]
        data = {"platform": platform, "python": found.short, "distributions": names}
        output.document("roost.lock-elsewhere/1", {"file": str(target), **data})
    else:
        count = views.counted(len(found.distributions), "distribution")
        output.text(f"locked {count} for {platform} with Python {found.short} in `{target.name}`")
    return Exit.OK


def add(arguments: Arguments, output: Output) -> int:
    """Declare requirements, once they are known to go together with the rest."""
    desk = _desk(arguments, output)
    made = edit.add(desk.script, arguments.words[1:])
    try:
        return _apply(desk, made, output)
    except RoostError as error:
        new = tuple(map(bare, made.change.added))
        error.hints = tuple(filter(None, (_with_new(hint, new) for hint in error.hints)))
        raise


def _with_new(hint: str, new: Sequence[str]) -> str | None:
    """Let a command that changes what is declared add what was to be added, too; None: it is about that alone."""
    import re
    import shlex

    def completed(found: re.Match[str]) -> str:
        texts = shlex.split(found[1])
        names = {canonical(text) for text in texts}
        return f"`roost add FILE {shlex.join([*texts, *(text for text in new if canonical(text) not in names)])}`"

    removed = re.search(r"`roost remove FILE ([^`]+)`", hint)
    if removed:
        there = canonical(removed[1]) not in {canonical(text) for text in new}
        return f"{hint}, then `roost add FILE {shlex.join(new)}`" if there else None
    return re.sub(r"`roost add FILE ([^`]+)`", completed, hint)


def remove(arguments: Arguments, output: Output) -> int:
    """Take requirements away; what imports still need, roost goes on finding by itself."""
    desk = _desk(arguments, output)
    made = edit.remove(desk.script, arguments.words[1:])
    return _apply(desk, made, output)


def _apply(desk: Desk, made: edit.Edit, output: Output) -> int:
    """Resolve what the edit asks for, write it, and say what changed."""
    found = desk.resolved(_as_edited(desk.script, made.change))
    edit.write(made)
    lines = [*(f"- {bare(text)}" for text in made.change.removed), *(f"+ {bare(text)}" for text in made.change.added)]
    _refresh(desk, found, output)
    _show(made, lines, found, output)
    return Exit.OK


def upgrade(arguments: Arguments, output: Output) -> int:
    """Resolve with pins let go, raise the pins to what came out, and remember the rest."""
    desk = _desk(arguments, output)
    names = {place.canonical(name) for name in arguments.words[1:]}
    _check_names(desk, names)
    before = _known(desk)
    found = desk.resolved(_let_go(desk, names, before), upgrade=True)
    versions = {artifact.name: artifact.version for artifact in found.artifacts}
    if names:
        versions = {name: version for name, version in versions.items() if name in names}
    made: edit.Edit | None = None
    with suppress(edit.CannotEdit):  # nothing declared in a place of its own: there are no pins to raise
        made = edit.upgrade(desk.script, versions)
    if made and made.change.added:
        found = desk.resolved(_held(desk, _as_edited(desk.script, made.change), names, before), upgrade=True)
        edit.write(made)
    for note in made.change.notes if made else ():
        output.note(note)
    _refresh(desk, found, output)
    _show(made, _moved(before, found), found, output)
    return Exit.OK


def _check_names(desk: Desk, names: set[str]) -> None:
    """Refuse to upgrade what is not there."""
    from roost import distributions

    if not names:
        return
    plan = distributions.plan(
        desk.script, home=desk.home, settings=desk.settings, options=desk.options, report=desk.output
    )
    there = {requirement.name for requirement in plan.requirements}
    for name in sorted(names - there):
        listed = ", ".join(f"`{other}`" for other in sorted(there))
        raise NotNeeded(
            f"`{desk.script.name}` does not ask for `{name}`", hints=(f"it asks for {listed}",) if listed else ()
        )


class NotNeeded(RoostError):
    """The distribution to be upgraded is none that the script asks for."""

    code = "not-needed"


def _known(desk: Desk) -> dict[str, str]:
    """Return the versions that a run takes today; nothing when there is no answer."""
    try:
        return {artifact.name: artifact.version for artifact in desk.resolved(desk.script).artifacts}
    except RoostError:
        return {}


def _let_go(desk: Desk, names: set[str], before: dict[str, str]) -> Script:
    """Give the script with its pins loosened, those of names only if there are any."""
    script = desk.script
    free = tuple(
        one.replace(text=loosened(one.text))
        if _is_pin(one.text) and (not names or canonical(one.text) in names)
        else one
        for one in script.declared.requirements
    )
    loose = script.replace(declared=script.declared.replace(requirements=free, lock=None))
    return _held(desk, loose, names, before)


def _held(desk: Desk, script: Script, names: set[str], before: dict[str, str]) -> Script:
    """Keep everything but names where it is, if a pylock is there to say so afterwards."""
    declared = script.declared.replace(lock=None)
    if names and desk.pylock.exists():
        held = tuple(f"{name}=={version}" for name, version in before.items() if name not in names)
        declared = declared.replace(constraints=declared.constraints + held)
    return script.replace(declared=declared)


def _is_pin(text: str) -> bool:
    try:
        return pin(text) is not None
    except edit.InvalidRequirement:
        return False  # a path or URL line of a requirements file


def _as_edited(script: Script, change: edit.Change) -> Script:
    """Give the script as it will be read once the edit is written."""
    kept = [one for one in script.declared.requirements if one.text not in change.removed]
    packages = [one for one in script.declared.conda if f"{MARK}{one.text}" not in change.removed]
    first = script.declared.requirements[:1]
    via = first[0].via if first else "pep723"
    line = first[0].line if first else 1
    new = [Declaration(text, line, None, via) for text in change.added if not text.startswith(MARK)]
    packages += [
        Declaration(text.removeprefix(MARK), line, None, via) for text in change.added if text.startswith(MARK)
    ]
    where = script.declared.where or f"the PEP 723 block of `{script.name}`"
    declared = script.declared.replace(
        requirements=(*kept, *new), conda=tuple(packages), where=where, via=via, lock=None
    )
    return script.replace(declared=declared)


def _refresh(desk: Desk, found: Lock, output: Output) -> None:
    """Write the lock beside the script again, if it has one: it must not disagree with what is declared."""
    if desk.pylock.exists():
        _write_lock(desk.pylock, found)
        output.note(f"`{desk.pylock.name}` has been written again")


def _write_lock(target: Path, found: Lock) -> None:
    from roost import home

    home.write(target, found.text + _conda_tables(found), mode=0o644)


def _conda_tables(found: Lock) -> str:
    from roost.distributions import conda

    prefix = conda.of(found.interpreter)
    return conda.lock_text(prefix.packages) if prefix else ""


def _moved(before: dict[str, str], found: Lock) -> list[str]:
    """Say which distributions came, went, or changed their version."""
    from roost.distributions import comparing

    after = {artifact.name: artifact.version for artifact in found.artifacts}
    return list(map(str, comparing.versions(before, after)))


def _show(made: edit.Edit | None, lines: Sequence[str], found: Lock, output: Output) -> None:
    if output.json:
        change = made.change if made else edit.Change()
        output.document(
            "roost.edit/1",
            {
                "file": str(made.file) if made else None,
                "where": made.where if made else None,
                "added": list(map(bare, change.added)),
                "removed": list(map(bare, change.removed)),
                "notes": list(change.notes),
                "changes": list(lines),
                "lock": views.lock_document(found),
            },
        )
    else:
        head = f"{made.where}:" if made and made.before != made.after else "resolved anew:"
        output.text("\n".join([head, *(f"  {line}" for line in lines)]) if lines else "nothing changed")
