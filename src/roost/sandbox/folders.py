"""The work folder of a run: new and empty, files put in, files taken out, and removed whatever becomes of the run."""

from __future__ import annotations

import os
import time

from roost.contexts import contextmanager, suppress
from roost.errors import CannotCreate
from roost.values import Value

from . import cgroups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from .outputs import Collected

NAME = "roost-run-"  # then the number of the process whose it is
EVERY = 60.0  # seconds between sweeps of one process
_swept = 0.0


class Place(Value):
    """The folders of one run."""

    folder: str  # with both others in it
    work: str  # new and empty
    home: str  # the program's home and temporary folder


@contextmanager
def fresh(*, handed: bool = False) -> Iterator[Place]:
    """Make a folder that goes with the run; its home is only named, and made by the tiers whose programs see it.

    Args:
        handed: whoever stays beside the program removes it, unless we fail.

    Raises:
        CannotCreate: there is no place for them.
    """
    try:
        folder = os.path.realpath(f"{temporary()}/{NAME}{os.getpid()}-{os.urandom(6).hex()}")
        os.mkdir(folder, 0o700)  # noqa: PTH102
        place = Place(folder, f"{folder}/work", f"{folder}/home")
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # whoever the program runs as walks through
        os.mkdir(place.work, 0o700)  # noqa: PTH102
    except OSError as error:
        raise CannotCreate(
            "cannot make a folder for the script to work in", why=(error.strerror or str(error),)
        ) from error
    ours = True
    try:
        yield place
        ours = not handed
    finally:
        if ours:
            clear(place)


def clear(place: Place) -> None:
    """Remove the folders of a run with all that is in them."""
    with suppress(OSError):  # most programs leave nothing there
        os.rmdir(place.work)  # noqa: PTH106
        for one in (f"{place.home}/.cache", place.home):
            if os.path.lexists(one):
                os.rmdir(one)  # noqa: PTH106
        os.rmdir(place.folder)  # noqa: PTH106
    if os.path.lexists(place.folder):
        remove(place.folder)


def temporary() -> str:
    """Name the folder for temporary files, as `tempfile` would, without loading it."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        named = os.environ.get(name, "")
        if named and os.path.isdir(named) and os.access(named, os.W_OK | os.X_OK):  # noqa: PTH112
            return named
    return next((one for one in ("/tmp", "/var/tmp", "/usr/tmp") if os.access(one, os.W_OK | os.X_OK)), os.getcwd())  # noqa: S108, PTH109


def sweep() -> bool:
    """Remove the folders and control groups of runs whose roost was killed; tells whether it did, not more often than now and then."""
    global _swept  # noqa: PLW0603  # of this process, as the folders are
    now = time.monotonic()
    if _swept and now - _swept < EVERY:
        return False
    _swept = now
    cgroups.sweep()
    above = temporary()
    for name in os.listdir(above):  # noqa: PTH208
        if name.startswith(NAME):
            owner = name.removeprefix(NAME).partition("-")[0]
            if owner.isdecimal() and not os.path.exists(f"/proc/{owner}"):  # noqa: PTH110
                remove(f"{above}/{name}")
    return True


def put(files: Sequence[str], folder: str) -> tuple[str, ...]:
    """Copy files into a work folder under their own names; gives these.

    Raises:
        CannotCreate: one cannot be read, or the folder cannot be written.
    """
    if not files:
        return ()
    import shutil

    names = []
    for file in files:
        try:
            shutil.copy(file, folder)
        except shutil.SameFileError:
            pass
        except OSError as error:
            raise CannotCreate(
                f"cannot copy `{file}` into the work folder", why=(error.strerror or str(error),)
            ) from error
        names.append(os.path.basename(file))  # noqa: PTH119
    return tuple(names)


def taken(folder: str, names: Iterable[str], inputs: Iterable[str]) -> Collected:
    """Copy files that were made in a work folder into our own, in the place of older ones of the same name.

    Raises:
        CannotCreate: our folder cannot be written, or a link or a folder stands where a file belongs.
    """
    import shutil
    import tempfile
    from pathlib import Path

    from .outputs import collect

    wanted = tuple(names)
    own = Path.cwd()
    aside = Path(tempfile.mkdtemp(prefix=".roost-out-", dir=own))
    try:
        found = collect(Path(folder), aside, names=wanted, without=set(inputs) - set(wanted))
        for one in found.files:
            place = own / one.name
            if place.is_symlink() or place.is_dir() or not _plain_way(own, place):
                raise CannotCreate(f"cannot write `{one.name}`: a link or a folder stands in its place")
            place.parent.mkdir(parents=True, exist_ok=True)
            (aside / one.name).replace(place)
    except OSError as error:
        raise CannotCreate("cannot take what the script has made", why=(error.strerror or str(error),)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return found


def _plain_way(own: Path, place: Path) -> bool:
    """Tell whether no link leads elsewhere on the way to a place."""
    return not any(above.is_symlink() for above in place.parents if own in above.parents)


def remove(folder: str | Path) -> None:
    """Remove a folder whose contents a hostile program has made, whatever their modes; what belongs to somebody else stays."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    if not os.path.lexists(folder):
        return
    _open(os.fspath(folder))
    for above, names, _files in os.walk(folder):
        for name in names:  # before it is walked into
            _open(f"{above}/{name}")
    shutil.rmtree(folder, ignore_errors=True)


def _open(folder: str) -> None:
    with suppress(OSError):
        if not os.path.islink(folder):  # noqa: PTH114
            os.chmod(folder, 0o700)  # noqa: PTH101
