"""Archive → environment: on the local Python of the same kind, built aside and renamed like any other."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from roost import environments
from roost.distributions import Lock, Options, faults, pylock
from roost.distributions.tags import rank
from roost.environments.installers import Site, Uv
from roost.scripts import interpreters

from . import archive, arrivals
from .errors import WrongMachine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from roost.environments import Environment
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .archive import Described
    from .contents import Packed
    from .pointers import Pointer

OURS = re.compile(r"lib/[^/]+/(_roost(/|$)|site-packages/_roost)")  # what roost writes into every environment


class Unpacked:
    """An installer that takes the files from an archive."""

    name = "archive"

    def __init__(self, file: Path) -> None:
        """Read nothing yet."""
        self._file = file

    def missing(self, lock: Lock) -> str | None:  # noqa: ARG002  # the archive was chosen for the lock
        """Return None: an archive holds what its lock names."""
        return None

    def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        """Make the folder for the lock's Python, and write the archive's files into it; existing ones stay.

        Raises:
            BadArchive: the archive is not what it says; the folder is thrown away then.
        """
        Uv().make(lock, folder, site)

        def target(file: Packed) -> BinaryIO:
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o755 if file.executable else 0o644
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
            return os.fdopen(descriptor, "wb")

        try:
            archive.unpack(self._file, target)
        except (FileExistsError, NotADirectoryError) as error:
            raise archive.bad(self._file.name, f"it would write over `{error.filename}`") from error
        return (f"unpacked from `{self._file.name}`",)


def unpack(
    file: Path, *, sha256: str | None, home: Home, settings: Settings, options: Options, report: Reporter
) -> Environment:
    """Make the environment of an archive.

    Args:
        sha256: what the archive's digest must be; None: what its name says, if that says one.

    Raises:
        BadArchive: it is damaged, or not the archive that was meant.
        WrongMachine: no Python here can load its files.
        RoostError: as `environments.ensure`.
    """
    _same(file, sha256)
    try:
        described = archive.read(file)
    except OSError as error:
        raise archive.bad(file.name, (error.strerror or str(error)).lower()) from error
    for one in described.files:
        if OURS.match(one.path):
            raise archive.bad(file.name, f"`{one.path}` would lie where roost keeps its own files")
    interpreter = choose(described, home)
    _room(described, home)
    text = pylock.write(described.artifacts, interpreter)
    lock = Lock(interpreter, described.artifacts, text, described.roots, (f"unpacked from `{file.name}`",))
    report.progress(f"unpacking {len(described.files)} files")
    found = environments.ensure(
        lock, home=home, settings=settings, options=options, report=report, installers=(Unpacked(file),)
    )
    arrivals.note(home, found, lock, described.extras)
    return found


def _same(file: Path, sha256: str | None) -> None:
    """Compare the archive's digest with what was asked for, or with what its name says."""
    said = re.search(rf"-([0-9a-f]{{16}}){re.escape(archive.SUFFIX)}$", file.name)
    wanted = sha256.lower() if sha256 else said[1] if said else None
    if wanted is None:
        return
    try:
        found = archive.digest(file)
    except OSError as error:
        raise archive.bad(file.name, (error.strerror or str(error)).lower()) from error
    if not found.startswith(wanted):
        raise archive.bad(file.name, f"its sha256 is `{found}`, not `{wanted}{'' if sha256 else '…'}`")


def choose(described: Described | Pointer, home: Home) -> Interpreter:
    """Find the Python of this machine that can load an archive's files: roost's own if it can, else the newest.

    It has the same implementation, minor version and ABI, and a C library that every wheel's name allows; what was
    built on the other machine wants at least that machine's.

    Raises:
        WrongMachine: there is none.
    """
    candidates = (interpreters.own(), *interpreters.installed(home, os.environ))
    why: list[str] = []
    for one in candidates:
        reason = unfit(described, one)
        if reason is None:
            return one
        why.append(f"Python {one.full}: {reason}")
    kind = f"{described.implementation} {described.short}{described.abi}"
    raise WrongMachine(
        f"no Python here can load what was packed for {kind} on {described.platform}",
        why=tuple(dict.fromkeys(why)),
        hints=(
            f"install Python {described.short}: `uv python install {described.short}`",
            "or have the environment made here from its lock: `roost env export --format pylock` there, `roost env import` here",
        ),
    )


def unfit(described: Described | Pointer, one: Interpreter) -> str | None:
    """Say why an interpreter cannot load what was built elsewhere, or None."""
    if (one.implementation, one.short, one.abi) != (described.implementation, described.short, described.abi):
        return "another version or kind"
    for artifact in described.artifacts:
        if artifact.filename.endswith(".whl"):
            if rank(artifact.filename, one) is None:
                return f"`{artifact.filename}` does not fit {one.platform}"
        elif not _as_new(one.platform, described.platform):
            return f"`{artifact.name}` was built on {described.platform}, and this is {one.platform}"
    return None


def _as_new(here: str, there: str) -> bool:
    """Tell whether what was built on one platform runs on another: same machine and C library, no older."""
    pattern = r"(.*?-(?:glibc|musl)|macosx-)([\d.]+)(.*)"
    one, other = re.fullmatch(pattern, here), re.fullmatch(pattern, there)
    if not one or not other:
        return here == there
    if (one[1], one[3]) != (other[1], other[3]):
        return False
    return [int(part) for part in one[2].split(".")] >= [int(part) for part in other[2].split(".")]


def _room(described: Described, home: Home) -> None:
    """Refuse at once what the disk has no room for, whatever the archive says."""
    from roost import home as homes

    wanted = sum(file.size for file in described.files)
    free = shutil.disk_usage(homes.ensure(home.environments)).free
    if wanted > free:
        raise faults.DiskFull(
            f"cannot unpack {wanted >> 20} MiB",
            why=(f"`{home.environments}` has {free >> 20} MiB left",),
            hints=("make room, or drop what is not used: `roost env gc`",),
        )
