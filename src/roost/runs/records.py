"""What is needed to start a script again without reading it: a record of everything that the answer hung on.

The launcher's record is found by the script's path (`fragments`), and is only written where an edit after our reading
cannot go unseen: each file must have rested for a while before we began. It may be written long after, when the script
has ended: what changed meanwhile has not rested. A text's record is found by content, wherever the
text is next (`known`): in a new file, on standard input, in `-c`. It is only written for texts about which nothing
around them said anything.

A record wants the environment's bytecode. A run that may write it has written what the script imports, so that the
next one finds it. Where none may be written (PYTHONDONTWRITEBYTECODE, a folder of somebody else's), the record counts
from when all is compiled, which happens behind the second start that is ours.
"""

from __future__ import annotations

import os

from roost.digests import sha256
from roost.environments.integrity import SUSPECT, vital
from roost.environments.references import around_path
from roost.environments.use import MARK
from roost.records import additions, fragments, grounds, sealed
from roost.records.variables import isolated

from . import hooking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from roost.home import Home
    from roost.records.grounds import Grounds
    from roost.settings import Settings

    from .values import Prepared

MOST = 400  # files and absences in one record; beyond, starting Python costs less than testing them


def record(
    prepared: Prepared,
    given: str | None,
    *,
    began: int,
    home: Home,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
) -> bool:
    """Write the records of a plain `roost run`, if there is nothing about it that only we can do or say.

    Args:
        given: FILE as its user typed it; None: the text of `-c`.
        began: when we began to read, nanoseconds since the epoch.

    Returns:
        Whether the launcher has a record now. A home that cannot be written has none, and needs none.
    """
    if not _plain(prepared) or isolated(environ, prepared.environment.path)[1]:
        return False
    known = grounds.of(prepared.plan, prepared.lock, home=home, settings=settings, environ=environ)
    if known is None:
        return False
    by_path, by_text = _additions(prepared, home)
    known = _watching(known, by_text)
    try:
        rest = fragments.RESTED if _sharp(home) else fragments.RESTED_WHOLE
        if home.config.exists() and not fragments.rested(home.config.stat(), began - rest):
            return False  # one of the files that are not there may have been there when we read it
        text = _text(prepared, known, home, environ)  # first: what changes from here on is not as in it
        tests = tuple(_common(prepared, known, began - rest, home, environ))
        if text is not None:
            exports = _exports(prepared, by_text)
            more = {"common": (*tests, _end(prepared, exports)), "rest": rest, "exports": exports}
            sealed.keep(f"{home.launcher}/texts", sha256(prepared.plan.script.data), text | more)
        place = fragments.place(os.fspath(home.launcher), given, environ) if given is not None else None
        if place is not None and prepared.plan.script.path is not None:
            end = _end(prepared, _exports(prepared, by_path))
            return _for_launcher(prepared, place, (*tests, end), added=by_path, before=began - rest, home=home)
    except (OSError, ValueError):
        return False
    return False


def _additions(prepared: Prepared, home: Home) -> tuple[Path, Path]:
    """Name the files that would say what runs have added: to the script by its path, and to its text."""
    folders = [folder / additions.FILE for folder in additions.folders(home, prepared.plan.script)]
    return folders[0], folders[-1]


def _watching(known: Grounds, file: Path) -> Grounds:
    """Add a file to the grounds, whether it is there or not."""
    if file.exists():
        return known.replace(files=(*known.files, os.fspath(file)))
    return known.replace(missing=(*known.missing, os.fspath(file)))


def _exports(prepared: Prepared, added: Path) -> dict[str, str]:
    """Give the variables of a run besides those of an activated environment.

    Args:
        added: the file by which additions are known where the script is started.
    """
    return {} if prepared.run is None else {hooking.NAME: hooking.adding_to(prepared.run, added.parent)}


def _end(prepared: Prepared, exports: Mapping[str, str]) -> str:
    return fragments.settled(os.fspath(prepared.environment.path), os.fspath(prepared.environment.python), exports)


def _plain(prepared: Prepared) -> bool:
    """Tell whether nothing is to be said or arranged before the script starts."""
    script, plan = prepared.plan.script, prepared.plan
    return (
        (script.form in {"stdin", "command"} or (script.form == "python" and script.program is None))
        and not script.search
        and not (script.notes or plan.notes or plan.unresolved)
    )


def _for_launcher(
    prepared: Prepared, place: str, common: Sequence[str], *, added: Path, before: int, home: Home
) -> bool:
    """Write the launcher's record of a file; raises as `fragments.unchanged`."""
    script = prepared.plan.script
    if len(script.inputs) + len(script.absent) > MOST:
        return False
    *tests, end = common
    tests += fragments.unchanged(grounds.paths(script.inputs), before, os.fspath(home.launcher))
    tests += fragments.absent(grounds.paths(script.absent))
    if added.exists():
        tests += fragments.unchanged([os.fspath(added)], before, os.fspath(home.launcher))
    else:
        tests += fragments.absent([os.fspath(added)])
    sealed.write(place, os.fsencode(fragments.text(_mark(prepared), tests, end)))
    return True


def _common(prepared: Prepared, known: Grounds, before: int, home: Home, environ: Mapping[str, str]) -> Iterator[str]:
    """Give the tests that do not depend on where the script lies; raises as `fragments.unchanged`."""
    launcher = os.fspath(home.launcher)
    yield _variables(known, environ)
    yield from _standing(prepared, environ)
    yield from fragments.unchanged([*known.files, os.fspath(prepared.environment.python)], before, launcher)
    yield from (fragments.stamped(file, moment, launcher) for file, moment, _, _ in known.ours)
    if known.expires:
        yield f"[ ! {fragments.quoted(_mark(prepared))} -nt {fragments.quoted(fragments.stamp(launcher, known.expires))} ]"
    yield from fragments.absent(known.missing)
    if sealed.ACTIVE not in known.variables:
        yield f'[ ! -e "${{{sealed.ACTIVE}-}}{sealed.ACTIVE_FILE}" ]'


def _variables(known: Grounds, environ: Mapping[str, str]) -> str:
    values = "|".join(environ.get(name, "") for name in known.variables)
    return f'[ "{"|".join(f"${{{name}-}}" for name in known.variables)}" = {fragments.quoted(values)} ]'


def _standing(prepared: Prepared, environ: Mapping[str, str]) -> Iterator[str]:
    """Test that the environment is whole and that nothing is left to do for it."""
    environment = prepared.environment
    yield f"[ -x {fragments.quoted(os.fspath(environment.python))} ]"
    manifest, *compiled = map(fragments.quoted, _whole(prepared, environ))
    yield f"[ -s {manifest} ]"
    for file in vital(environment.path, environment.short):
        name = fragments.quoted(os.fspath(file))
        yield f"[ -s {name} ] && [ ! {name} -nt {manifest} ]"
    yield f"[ ! -s {fragments.quoted(f'{environment.path}/{SUSPECT}')} ]"
    yield from (f"[ -e {mark} ]" for mark in compiled)


def _whole(prepared: Prepared, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the files that are there when an environment is whole and nothing is left to do for it; its manifest first."""
    from roost.environments.bytecode import DONE, writable
    from roost.environments.manifest import FILE

    environment = prepared.environment
    manifest = f"{environment.path}/{FILE}"
    if environment.distributions and (environ.get("PYTHONDONTWRITEBYTECODE") or not writable(environment)):
        return manifest, f"{environment.path}/{DONE}"
    return (manifest,)


def _mark(prepared: Prepared) -> str:
    return f"{prepared.environment.path}/{MARK}"


def _sharp(home: Home) -> bool:
    """Tell whether the shell sees times apart by a nanosecond."""
    stamps = [fragments.stamp(os.fspath(home.launcher), moment) for moment in (1_000_000_001, 1_000_000_002)]
    words = [fragments.SHELL, "-c", '[ "$2" -nt "$1" ]', "sh", *stamps]
    child = os.posix_spawn(words[0], words, {})  # subprocess would take as long to load as the shell takes to answer
    try:
        return os.waitpid(child, 0)[1] == 0
    except ChildProcessError:  # somebody ignores the ends of children
        return False


def _text(prepared: Prepared, known: Grounds, home: Home, environ: Mapping[str, str]) -> dict[str, object] | None:
    """Give what is needed to start the same text wherever it is next, if it alone decided (`known` reads it).

    Raises:
        OSError: a file of the grounds is not there any more.
    """
    script, environment = prepared.plan.script, prepared.environment
    if (
        script.inputs not in {(), (script.path,)}  # a lock, a requirements file, a project, a module of its own
        or script.widened
        or any(one.provider for one in script.imports)
    ):
        return None
    every, foreign = grounds.roots(prepared.plan)
    python = os.fspath(environment.python)
    return {
        "grounds": known.replace(files=(*known.files, python)).facts(environ),
        "inline": script.declared.via == "pep723",
        "roots": every,
        "foreign": foreign,
        "environment": os.fspath(environment.path),
        "python": python,
        "mark": _mark(prepared),
        "whole": _whole(prepared, environ),
        "vital": grounds.paths(vital(environment.path, environment.short)),
        "suspect": f"{environment.path}/{SUSPECT}",
        "references": os.fspath(home.references),
        "reference": around_path(script, prepared.lock, environment),
    }
