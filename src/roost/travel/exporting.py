"""A script, a list or an environment → its needs in another form."""

from __future__ import annotations

import os

from roost.distributions import Lock, pylock
from roost.distributions.indexes import Indexes
from roost.values import Value

from .forms import block, conda, dockerfile, requirements
from .forms.values import Written
from .needs import PLACE, Need, Needs, as_script, of_lock, portable
from .secrets import bare, restored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Options
    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Script
    from roost.settings import Settings

    from .reading import Form

ALWAYS_EXACT = ("pylock", "environment.yml", "dockerfile")


class Subject(Value):
    """What is exported."""

    needs: Needs
    lock: Lock | None = None  # where it is exact already
    files: tuple[str, ...] = ()  # of the program, the one that is started first; for an image
    outside: tuple[str, ...] = ()  # a sentence for each file that cannot be a part of one


def program(needs: Needs, script: Script) -> Subject:
    """Take a script's needs, and itself with its local modules as they lie below its folder."""
    if script.path is None or script.form != "python":
        why = f"`{script.name}`: an image can only start a Python file"
        return Subject(needs, outside=(why,))
    folder = script.path.parent
    local = [script.path, *(one for one in script.inputs if one.suffix == ".py" and one != script.path)]
    files = [one.relative_to(folder).as_posix() for one in local if one.is_relative_to(folder)]
    outside = [f"`{one}`: it lies outside of the script's folder" for one in local if not one.is_relative_to(folder)]
    return Subject(needs, files=tuple(files), outside=tuple(outside))


def locked(needs: Needs, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Lock:
    """Find the exact distributions of needs.

    Raises:
        RoostError: as `distributions.lock`.
    """
    from roost import distributions

    script = as_script(needs)
    plan = distributions.plan(script, home=home, settings=settings, options=options, report=report)
    return distributions.lock(plan, home=home, settings=settings, options=options, report=report)


def of_environment(environment: Environment) -> Subject:
    """Take an environment's exact distributions.

    Raises:
        CannotMove: it is damaged.
    """
    from roost.environments import manifest
    from roost.scripts import interpreters

    from .errors import CannotMove

    known = manifest.read(environment.path)
    found = interpreters.ask(os.path.realpath(environment.python))
    if known is None or found is None:
        raise CannotMove(f"the environment `{environment.name}` is damaged", hints=("run its script: that mends it",))
    lock = Lock(found.interpreter, known.artifacts, pylock.write(known.artifacts, found.interpreter), known.roots)
    return Subject(Needs(environment.name.rpartition("-")[0]), lock)


def export(
    subject: Subject,
    form: Form,
    *,
    exact: bool,
    beside: str | None,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
) -> Written:
    """Write needs in a form; credentials and places of this machine stay here, and each is named.

    Args:
        exact: pin every distribution; some forms always do.
        beside: the name that a second file would have, where the form may need one.

    Raises:
        RoostError: as `distributions.lock`, where something has to be resolved.
    """
    needs, lost = subject.needs, portable(subject.needs).lost
    if subject.lock is not None or exact or form in ALWAYS_EXACT:
        lock = subject.lock or locked(needs, home=home, settings=settings, options=options, report=report)
        if form == "pylock":
            return _lock(lock, needs, lost)
        places, variables = portable(needs), needs.variables
        needs = of_lock(needs.name, lock, _hashes(lock))
        lost = (*_without_places(lost), *needs.lost)
        needs = needs.placed(places).commented(places)
        needs = needs.replace(
            variables=variables, conda=_exact(lock) or places.conda, conda_channels=places.conda_channels
        )
    needs = portable(needs)
    if form != "requirements":
        lost = (*lost, *_unexpanded(needs))
    if form in {"requirements", "dockerfile"}:
        lost = (
            *lost,
            *(f"`{need.text}`: a package of conda's, for which this form has no place" for need in needs.conda),
        )
    written = _written(needs, form, subject.files, beside, settings)
    return written.replace(lost=tuple(dict.fromkeys((*lost, *written.lost))))


def _exact(lock: Lock) -> tuple[Need, ...]:
    """Give the very packages of conda's that a lock's Python stands among."""
    from roost.distributions import conda

    prefix = conda.of(lock.interpreter)
    return tuple(Need(f"{one.name}={one.version}={one.build}") for one in prefix.packages) if prefix else ()


def _unexpanded(needs: Needs) -> tuple[str, ...]:
    texts = [*(need.text for need in needs.requirements), *needs.indexes, *needs.constraints]
    marks = [f"${{{name}}}" for name in needs.variables]
    return tuple(
        f"`{text}`: its variable, which only a requirements file has"
        for text in texts
        if any(one in text for one in marks)
    )


def _written(needs: Needs, form: Form, files: Sequence[str], beside: str | None, settings: Settings) -> Written:
    if form == "requirements":
        return requirements.write(needs, constraints=beside)
    if form == "pep723":
        return block.pep723(needs)
    if form == "pyproject":
        return block.pyproject(needs)
    if form == "environment.yml":
        return conda.write(needs)
    default = Indexes(settings.index_url).places
    return dockerfile.write(needs, files=files, index=bare(default[0].address)[0] if default else None)


def _without_places(lost: Sequence[str]) -> tuple[str, ...]:
    """Leave out what a lock says better, which knows what a place led to."""
    return tuple(one for one in lost if not one.endswith(PLACE))


def _lock(lock: Lock, needs: Needs, lost: tuple[str, ...]) -> Written:
    """Write a lock without what lies on this machine (PEP 751)."""
    here = [artifact for artifact in lock.artifacts if artifact.url.startswith("file:") and artifact.sha256 is None]
    kept = [artifact for artifact in lock.artifacts if artifact not in here]
    text = (
        lock.text if not here and lock.text.count("[[packages]]") == len(kept) else pylock.write(kept, lock.interpreter)
    )
    places = tuple(
        f"`{one.name}`: it lies in a folder of this machine, `{one.url.removeprefix('file://')}`" for one in here
    )
    places += tuple(
        f"`{one.name}`: elsewhere its file is found only where the folder `{one.url.removeprefix('file://').rpartition('/')[0]}` is"
        for one in kept
        if one.url.startswith("file:")
    )
    if lock.interpreter.prefix:
        from roost.distributions import conda

        prefix = conda.of(lock.interpreter)
        text += conda.lock_text(prefix.packages) if prefix else ""
    clean, _ = bare(_with_python(text, lock))
    return Written(restored(clean, needs.variables), (*_without_places(lost), *places))


def _with_python(text: str, lock: Lock) -> str:
    """Say for which Python a lock was made: one that does not say would be read for any."""
    if "\nrequires-python" in text.partition("[[packages]]")[0]:
        return text
    first, newline, rest = text.partition("\n")
    return f'{first}{newline}requires-python = "=={lock.interpreter.short}.*"\n{rest}'


def _hashes(lock: Lock) -> dict[str, tuple[str, ...]]:
    """Give, by canonical name, the hashes of all files that an index has for the locked versions.

    A distribution that is not in the result came from an address of its own, not from an index.
    """
    import tomllib

    found: dict[str, tuple[str, ...]] = {}
    for package in tomllib.loads(lock.text).get("packages", []):
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        if files and "archive" not in package:
            known = [f"sha256:{one['hashes']['sha256']}" for one in files if one.get("hashes", {}).get("sha256")]
            found[str(package["name"])] = tuple(known)
    return found
