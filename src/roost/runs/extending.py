"""The environment of a running script with something more, or mended: built beside it, within bounds."""

from __future__ import annotations

import os
from pathlib import Path

from roost import environments, travel
from roost.distributions import Requirement, extend, faults, plan_for
from roost.errors import Exit, RoostError
from roost.records import additions

from .asked import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.distributions import Artifact
    from roost.environments import Environment

    from .asked import Asked


class AddsTooMuch(RoostError):
    """A sandboxed run asks for more than may be added to it."""

    code = "adds-too-much"
    exit = Exit.REFUSED


def extended(
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
        environments.imported(began, asked.held.short, map(str, listed(modules)))
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
    was = environments.manifest_of(asked.home, began.name, whole=False)
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


def mended(asked: Asked, name: str) -> str | None:
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


def _said(added: Sequence[Requirement], environment: Environment) -> str:
    versions = dict(environment.distributions)
    names = ", ".join(f"{one.name} {versions.get(one.name, '')}".rstrip() for one in added)
    return f"added {names} ({added[0].reason})"
