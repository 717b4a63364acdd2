"""The lock file beside a script: it wins when it satisfies what is declared (contracts §6)."""

from __future__ import annotations

from . import pylock
from .values import Artifact, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.reporting import Reporter
    from roost.scripts import Interpreter

    from .requests import Request
    from .values import Plan, Requirement


def use(plan: Plan, request: Request, report: Reporter) -> tuple[Lock | None, Request]:
    """Read the lock beside the script.

    Gives the lock when it has everything that the plan asks and the script does not cope without. When it has what is declared but not what the
    imports need beyond that, gives no lock but a request that keeps its versions. When it does not have what
    is declared, it is left alone, which the report says.

    Raises:
        UnreadableLock: it is no lock that roost knows.
        NothingFits: it has nothing for this interpreter.
    """
    file = plan.script.declared.lock
    assert file is not None
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise pylock.UnreadableLock(f"cannot read `{file.name}`", why=(str(error),)) from error
    found = pylock.artifacts(text, request.interpreter, folder=file.parent, hashes=request.hashes)
    there = (*found, *_standing(request.interpreter))
    unlike = [
        need for need in plan.requirements if not need.optional and not _satisfied(need, there, request.interpreter)
    ]
    declared = [need for need in unlike if need.source in {"declared", "option"}]
    if declared:
        report.note(f"`{file.name}` is not used: it does not have `{declared[0].text}`, {declared[0].reason}")
        return None, request
    if unlike:
        report.detail(
            f"`{file.name}` does not have {', '.join(f'`{need.name}`' for need in unlike)}: resolved beside it"
        )
        pins = tuple(
            f"{artifact.name}=={artifact.version}" for artifact in found if artifact.version and not artifact.commit
        )
        needs = tuple(dict.fromkeys([*request.requirements, *pins]))
        return None, request.replace(requirements=needs, constraints=(*request.constraints, *pins))
    step = f"read from `{file.name}`: {len(found)} distributions"
    return Lock(
        request.interpreter, found, pylock.without_credentials(text), _roots(request, found, file), (step,)
    ), request


def _standing(interpreter: Interpreter) -> tuple[Artifact, ...]:
    """Give what the Python has already, where it is one of conda packages, as if it were locked."""
    if not interpreter.prefix:
        return ()
    from .conda import distributions

    return tuple(
        Artifact(name, place.name.removesuffix(".dist-info").rpartition("-")[2], "", "", None, None)
        for name, place in distributions(interpreter).items()
        if place.suffix == ".dist-info"
    )


def _roots(request: Request, found: tuple[Artifact, ...], file: Path) -> tuple[str, ...]:
    return request.roots or ((file.stem.removeprefix("pylock."),) if not found else (found[0].name,))


def _satisfied(need: Requirement, found: tuple[Artifact, ...], interpreter: Interpreter) -> bool:
    """Tell whether a requirement holds among locked distributions (PEP 508)."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Read

    try:
        read = Read(need.text)
    except InvalidRequirement:
        return False
    if read.marker and not read.marker.evaluate({**pylock.markers(interpreter), "extra": ""}):
        return True
    locked = next((artifact for artifact in found if artifact.name == need.name), None)
    if locked is None:
        return False
    if read.url:
        return locked.url.partition("#")[0].removesuffix("/") == pylock.without_credentials(read.url).partition("#")[
            0
        ].partition("@")[0].removesuffix("/")
    return not locked.version or read.specifier.contains(locked.version, prereleases=True)
