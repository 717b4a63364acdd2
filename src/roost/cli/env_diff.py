"""`roost env diff`: environments, scripts and files side by side."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from . import place
from .env_finding import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions.comparing import Difference
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class NothingToCompare(RoostError):
    """Two files with ranges cannot be compared: an environment, a script or a lock must be one side."""

    code = "nothing-to-compare"
    exit = Exit.USAGE


class Side(Value):
    """One side of a comparison."""

    name: str
    versions: dict[str, str]  # canonical name → version
    python: str = ""  # full version; "" where nothing says
    asked: tuple[tuple[str, str], ...] | None = None  # requirements, each with where it stands: a file with ranges


def diff(arguments: Arguments, output: Output) -> int:
    """Say what the second side has otherwise than the first."""
    from roost.distributions import comparing

    home, settings = place.find(output)
    before, after = (_side(word, home, settings, output) for word in arguments.words)
    if before.asked is not None and after.asked is not None:
        raise NothingToCompare(
            f"`{before.name}` and `{after.name}` both say what is wanted, not what is there",
            hints=("name an environment, a script or a lock as one of the two",),
        )
    if before.asked is not None:
        before, after = after, before
    found: tuple[Difference, ...]
    if after.asked is not None:
        short = ".".join(before.python.split(".")[:2])
        markers = {"python_version": short, "python_full_version": before.python} if before.python else {}
        found = comparing.drift(before.versions, after.asked, markers)
    else:
        found = comparing.versions(before.versions, after.versions)
    pythons = (before.python, after.python) if before.python and after.python else ("", "")
    if output.json:
        rows = [{"name": one.name, "before": one.before, "after": one.after, "where": one.reason} for one in found]
        data: dict[str, object] = {"before": before.name, "after": after.name, "differences": rows}
        output.document("roost.diff/1", data | {"python": list(pythons) if pythons[0] != pythons[1] else None})
        return Exit.OK
    lines = [f"Python {pythons[0]} → {pythons[1]}"] if pythons[0] != pythons[1] else []
    lines += map(str, found)
    same = f"`{before.name}` has what `{after.name}` asks for" if after.asked is not None else "they have the same"
    output.text("\n".join(lines) or same)
    return Exit.OK


def _side(word: str, home: Home, settings: Settings, output: Output) -> Side:
    path = Path(word)
    if path.is_file() and path.suffix == ".toml":
        return _lock(path) if path.name.startswith("pylock.") else _project(path)
    if path.is_file() and path.suffix in (".txt", ".in"):
        from roost.scripts import requirements

        listed = requirements.read(path.absolute()).requirements
        return Side(word, {}, asked=tuple((one.text, f"`{(one.file or path).name}` line {one.line}") for one in listed))
    try:
        found = named(home, word)
    except RoostError:
        if path.is_file():
            return _script(word, home, settings, output)
        raise
    return Side(found.name, dict(found.distributions), found.version)


def _lock(path: Path) -> Side:
    """Read names and versions of a lock (PEP 751); of what is locked for several Pythons all count."""
    import tomllib

    from roost.distributions.pylock import UnreadableLock

    try:
        packages = tomllib.loads(path.read_text("utf-8"))["packages"]
        versions = {place.canonical(one["name"]): str(one.get("version", "")) for one in packages}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableLock(f"cannot read `{path}`", why=(str(error),)) from error
    return Side(path.name, versions)


def _project(path: Path) -> Side:
    from roost.scripts import pyproject

    declared = pyproject.read(path.absolute())
    listed = declared.requirements if declared else ()
    return Side(path.name, {}, asked=tuple((one.text, f"`{path.name}` line {one.line}") for one in listed))


def _script(word: str, home: Home, settings: Settings, output: Output) -> Side:
    """Give what a script that never ran would get."""
    from roost import distributions
    from roost.distributions import Options

    options = Options(offline=settings.offline)
    script = place.read(word, home, output)
    plan = distributions.plan(script, home=home, settings=settings, options=options, report=output)
    lock = distributions.lock(plan, home=home, settings=settings, options=options, report=output)
    return Side(script.name, {one.name: one.version for one in lock.artifacts}, lock.interpreter.full)
