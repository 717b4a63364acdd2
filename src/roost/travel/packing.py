"""Environment → archive: relocatable, the same bytes for the same lock, named by what is in it."""

from __future__ import annotations

import io
import os
from pathlib import Path

from roost.errors import CannotCreate
from roost.values import Value

from . import archive, contents, extras
from .errors import CannotMove, stay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from roost.environments import Environment
    from roost.reporting import Reporter

    from .contents import Packed


class Archived(Value):
    """An archive that has been written."""

    file: Path
    sha256: str
    size: int  # bytes
    files: int


def pack(environment: Environment, *, output: Path | None, report: Reporter) -> Archived:
    """Write an environment's archive.

    Args:
        output: the file; None: in the working folder, named by the environment and the archive's digest.

    Raises:
        CannotMove: something in it would not work elsewhere.
        CannotCreate: the file cannot be written.
    """
    from roost.environments import manifest

    known = manifest.read(environment.path)
    if known is None:
        raise CannotMove(f"the environment `{environment.name}` is damaged", hints=("run its script: that mends it",))
    if known.prefix:
        raise stay(environment.name)
    report.progress(f"reading `{environment.name}`")
    found = contents.collect(environment, known)
    facts = interpreter(environment)
    described = archive.Described(
        implementation=facts[0],
        short=known.short,
        abi=facts[1],
        platform=known.platform,
        artifacts=known.artifacts,
        roots=known.roots,
        extras=extras.present(environment, known.short),
        files=found.files,
    )
    replaced = dict(found.replaced)

    def source(file: Packed) -> BinaryIO:
        data = replaced.get(file.path)
        return io.BytesIO(data) if data is not None else contents.plain(environment.path / file.path)

    report.progress(f"packing {len(found.files)} files")
    folder = output.parent if output else Path.cwd()
    beside = folder / f".{output.name if output else environment.name}.{os.getpid()}.tmp"
    try:
        with beside.open("xb") as stream:
            digest = archive.write(stream, described, source)
            stream.flush()
            os.fsync(stream.fileno())
        size = beside.stat().st_size
        target = output or folder / named(environment, digest)
        beside.replace(target)
    except OSError as error:
        raise CannotCreate(f"cannot write the archive of `{environment.name}`", why=(str(error),)) from error
    finally:
        beside.unlink(missing_ok=True)
    return Archived(target, digest, size, len(found.files))


def named(environment: Environment, digest: str) -> str:
    """Name an archive by what people call the environment and by the archive's own digest."""
    readable = environment.name.rpartition("-")[0]
    return f"{readable}-{digest[:16]}{archive.SUFFIX}"


def interpreter(environment: Environment) -> tuple[str, str]:
    """Give implementation and ABI flags of an environment's Python.

    Raises:
        CannotMove: it does not start.
    """
    from roost.scripts import interpreters

    found = interpreters.ask(os.path.realpath(environment.python))
    if found is None:
        raise CannotMove(
            f"the Python of `{environment.name}` does not start", hints=("run its script: that has it made again",)
        )
    return found.interpreter.implementation, found.interpreter.abi
