"""The files of an environment that travel: what its distributions' RECORDs list, and nothing else."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import stat
from pathlib import Path

from roost.distributions.folders import path_of
from roost.environments import manifest
from roost.values import Value

from .errors import CannotMove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from roost.environments import Environment
    from roost.environments.manifest import Manifest

PIECE = 1 << 20  # bytes read at a time
LEFT_OUT = ("uv_cache.json", "uv_build.json")  # when and how uv built a distribution: differs from build to build


class Packed(Value):
    """One file on its way."""

    path: str  # below the environment, "/" between its parts
    executable: bool
    size: int  # bytes
    sha256: str


class Contents(Value):
    """What an environment brings along, and the digests by which it is known again."""

    files: tuple[Packed, ...]  # sorted by path
    replaced: tuple[tuple[str, bytes], ...]  # files that travel with other contents than they have here


def collect(environment: Environment, known: Manifest) -> Contents:
    """List the files that travel, each read once and compared with what its distribution installed.

    Bytecode, roost's own files and whatever was written later stay: all of that is made again.

    Raises:
        CannotMove: a file is not what was installed, or would not work elsewhere; names up to ten of them.
    """
    site = manifest.packages(environment.path, known.short)
    looking = _Looking(environment.path, site, os.fsencode(f"{environment.path.parent}/"))
    looking.troubles += [*_editable(known), *_paths(environment, known)]
    for record in sorted(site.glob("*.dist-info/RECORD")):
        looking.at(record)
    if looking.troubles:
        raise CannotMove(
            f"the environment `{environment.name}` cannot be packed",
            why=tuple(looking.troubles[:10]),
            hints=(f"have it made again: `roost env rm {environment.name}`, then run its script",),
        )
    files = tuple(looking.files[path] for path in sorted(looking.files))
    return Contents(files, tuple(sorted(looking.replaced.items())))


class _Looking:
    """Goes through what the distributions of an environment have installed."""

    def __init__(self, folder: Path, site: Path, trace: bytes) -> None:
        self.folder = folder
        self.site = site
        self.trace = trace  # what no file may contain: the folder that environments are built in
        self.files: dict[str, Packed] = {}
        self.replaced: dict[str, bytes] = {}
        self.troubles: list[str] = []

    def at(self, record: Path) -> None:
        """Take the files of one distribution."""
        rows = list(_rows(record))
        kept = [row for row in rows if Path(row[0]).name not in LEFT_OUT]
        for name, digest, _ in kept:
            place = Path(os.path.normpath(self.site / name))
            if "__pycache__" in place.parts:
                continue
            try:
                if place == record and len(kept) < len(rows):
                    self._replace(place, _written(kept))
                else:
                    self._file(place, digest)
            except ValueError:
                self.troubles.append(f"`{name}` of `{record.parent.name}` lies outside of the environment")
            except OSError as error:
                self.troubles.append(f"`{name}` of `{record.parent.name}`: {(error.strerror or str(error)).lower()}")

    def _replace(self, place: Path, data: bytes) -> None:
        path = place.relative_to(self.folder).as_posix()
        self.replaced[path] = data
        self.files[path] = Packed(path, executable=False, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def _file(self, place: Path, said: str) -> None:
        path = place.relative_to(self.folder).as_posix()
        kind, _, wanted = said.partition("=")
        hashes = [hashlib.sha256()] + ([hashlib.new(kind)] if kind in {"sha384", "sha512"} else [])
        size, before = 0, b""
        with plain(place) as file:
            while piece := file.read(PIECE):
                for one in hashes:
                    one.update(piece)
                if self.trace in before + piece:
                    self.troubles.append(f"`{path}` names the folder of environments on this machine")
                size, before = size + len(piece), piece[-len(self.trace) :]
            executable = bool(os.fstat(file.fileno()).st_mode & stat.S_IXUSR)
        found = base64.urlsafe_b64encode(hashes[-1].digest()).rstrip(b"=").decode()
        if kind in {"sha256", "sha384", "sha512"} and found != wanted:
            self.troubles.append(f"`{path}` is not what its distribution installed")
        self.files[path] = Packed(path, executable, size, hashes[0].hexdigest())


def plain(place: Path) -> BinaryIO:
    """Open a plain file; a link is none, for its other end may not travel.

    Raises:
        OSError: it is not there, or something else.
    """
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115  # the caller's to close
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError("it is no plain file")
    return file


def _rows(record: Path) -> Iterator[tuple[str, str, str]]:
    """Read a RECORD (binary distribution format, "The .dist-info/RECORD file")."""
    with record.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row:
                path, digest, size, *_ = [*row, "", ""]
                yield path, digest, size


def _written(rows: list[tuple[str, str, str]]) -> bytes:
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _editable(known: Manifest) -> Iterator[str]:
    for artifact in known.artifacts:
        if artifact.url.endswith("#editable"):
            yield f"`{artifact.name}` is an editable installation: its code lies in `{path_of(artifact.url)}`"


def _paths(environment: Environment, known: Manifest) -> Iterator[str]:
    """Name the lines of `.pth` files that add a folder by its absolute path."""
    for name in known.pth:
        try:
            lines = (environment.path / name).read_text("utf-8", "replace").splitlines()
        except OSError:
            continue  # RECORD's own check says it
        for line in lines:
            if line.startswith(("/", "~")):
                yield f"`{Path(name).name}` adds the folder `{line.strip()}` of this machine"
