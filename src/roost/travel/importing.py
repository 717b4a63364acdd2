"""A list in any form → an environment, or a script's own declaration."""

from __future__ import annotations

from pathlib import Path

from roost import distributions, environments
from roost.distributions import Lock, pylock
from roost.scripts import edit, pythons
from roost.scripts.values import PythonRange
from roost.values import Value

from . import installers, reading
from .errors import NotKept, WrongMachine
from .needs import Needs, as_script, portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Options
    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Script
    from roost.settings import Settings

    from .reading import Form


class Imported(Value):
    """What came of a list."""

    lock: Lock
    lost: tuple[str, ...]  # a sentence for each line that could not be kept
    environment: Environment | None = None  # that was built; None: the needs went into a script
    edit: edit.Edit | None = None
    where: str = ""  # the needs went: "the PEP 723 block of `a.py`"


def lock(
    path: Path, form: Form, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> tuple[Lock, Needs]:
    """Find the exact distributions of a list, and give what it asks for.

    Raises:
        MetadataBroken: it cannot be read.
        UnreadableLock: it is a lock that cannot be read.
        RoostError: as `distributions.plan` and `distributions.lock`.
    """
    if form == "pylock":
        return _read_lock(path, home=home, settings=settings, options=options, report=report)
    if form == "pep723":
        from roost import scripts

        script = scripts.read(path)
        needs = reading.of_script(script, home=home, settings=settings, options=options, report=report)
    else:
        needs = reading.read(path, form)
        script = as_script(needs, path=path)
    plan = distributions.plan(script, home=home, settings=settings, options=options, report=report)
    return distributions.lock(plan, home=home, settings=settings, options=options, report=report), needs


def _read_lock(path: Path, *, home: Home, settings: Settings, options: Options, report: Reporter) -> tuple[Lock, Needs]:
    """Take the files of a lock for the Python that it is for (PEP 751)."""
    import tomllib

    try:
        text = path.read_text("utf-8")
        python = str(tomllib.loads(text).get("requires-python", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise pylock.UnreadableLock(f"cannot read `{path.name}`", why=(str(error),)) from error
    wanted = PythonRange(python, (f"`requires-python` of `{path.name}`",) if python else ())
    offline = options.offline or settings.offline
    choice = pythons.choose(wanted, wanted=options.python, home=home, settings=settings, offline=offline)
    interpreter = pythons.fetch(choice, home=home, offline=offline, report=report)
    if reason := pylock.meant_for(text, interpreter):
        raise WrongMachine(
            f"`{path.name}` is not for this machine", why=(reason,), hints=("lock its script here: `roost lock FILE`",)
        )
    found = pylock.artifacts(text, interpreter, folder=path.absolute().parent)
    roots = tuple(artifact.name for artifact in found)
    kept = Lock(interpreter, found, pylock.without_credentials(text), roots, (f"read from `{path.name}`",))
    return kept, Needs(path.stem.removeprefix("pylock."), exact=True)


def build(
    path: Path, form: Form, *, strict: bool, home: Home, settings: Settings, options: Options, report: Reporter
) -> Imported:
    """Make the environment of a list.

    Args:
        strict: refuse, before anything is built, when a line cannot be kept.

    Raises:
        NotKept: it is strict, and one cannot.
        RoostError: as `lock`, and as `environments.ensure`.
    """
    found, needs = lock(path, form, home=home, settings=settings, options=options, report=report)
    if strict:
        _kept(needs.lost)
    built = environments.ensure(
        found, home=home, settings=settings, options=options, report=report, installers=installers(settings)
    )
    return Imported(found, needs.lost, built)


def into(
    script: Script,
    path: Path,
    form: Form,
    *,
    strict: bool,
    home: Home,
    settings: Settings,
    options: Options,
    report: Reporter,
) -> Imported:
    """Declare what a list asks for in a script, where that keeps its requirements, once it is known to go together.

    A lock is written beside the script instead.

    Raises:
        RoostError: as `lock`; as `edit.declare`: the script keeps its requirements elsewhere.
    """
    found, needs = lock(path, form, home=home, settings=settings, options=options, report=report)
    if form == "pylock":
        return Imported(found, (), where=_beside(script, found))
    here = portable(needs)
    made = edit.declare(
        script,
        [edit.Line(need.text, need.hashes) for need in here.requirements],
        constraints=here.constraints,
        python=here.python or None,
        indexes=here.indexes,
        index_url=here.index_url,
        exclude_newer=here.exclude_newer,
    )
    lost = (*here.lost, *made.lost, *_elsewhere(here))
    if strict:
        _kept(lost)
    edit.write(made.edit)
    for file, text in made.beside:
        from roost import home as homes

        homes.write(file, text, mode=0o644)
    return Imported(found, lost, edit=made.edit, where=made.edit.where)


def _elsewhere(needs: Needs) -> tuple[str, ...]:
    """Name what of the places is not written into a script."""
    pinned = [f"`{name}` from the index `{index}` alone" for name, index in (*needs.sources, *needs.pins)]
    packages = [f"`{need.text}` of conda: `roost add FILE 'conda:{need.text}'`" for need in needs.conda]
    return (
        *(f"{one}: write it by hand" for one in (*(f"`--find-links {place}`" for place in needs.find_links), *pinned)),
        *packages,
    )


def _kept(lost: tuple[str, ...]) -> None:
    if lost:
        raise NotKept("not every line can be kept, and nothing was changed", why=lost)


def _beside(script: Script, found: Lock) -> str:
    """Write a lock beside a script; gives its name."""
    from roost import home as homes

    if script.path is None:
        raise edit.CannotEdit(f"`{script.name}` is no file that a lock could stand beside")
    target = script.path.parent / f"pylock.{script.path.stem.replace('.', '_')}.toml"
    homes.write(target, pylock.write(found.artifacts, found.interpreter), mode=0o644)
    return f"`{target.name}`"
