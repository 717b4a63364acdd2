"""The archive's format: a gzip'd tar, its first member a description of all the others."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from contextlib import contextmanager
from pathlib import PurePosixPath

from roost.values import Value

from . import artifacts
from .contents import Packed
from .errors import BadArchive, CannotMove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from roost.archives import Entry
    from roost.distributions import Artifact

FIRST = "roost-archive.json"
SCHEMA = "roost.archive/1"
SUFFIX = ".roost.tar.gz"
LEVEL = 3  # of gzip: 6 takes twice the time for a twelfth less
DESCRIPTION_LIMIT = 64 << 20  # bytes
RESERVED = ("roost.json", "pyvenv.cfg", "lib64")


class Described(Value):
    """What an archive says of itself; the same for every packing of one lock."""

    implementation: str
    short: str  # Python's major and minor version
    abi: str
    platform: str  # of the machine it was packed on, with libc
    artifacts: tuple[Artifact, ...]
    roots: tuple[str, ...]
    extras: tuple[tuple[str, tuple[str, ...]], ...]  # distribution, and its extras of which everything is there
    files: tuple[Packed, ...]


def write(stream: BinaryIO, described: Described, source: Callable[[Packed], BinaryIO]) -> str:
    """Write an archive; gives its sha256. Names sorted, no times, no owners: equal contents are equal bytes.

    Args:
        source: opens a file.

    Raises:
        CannotMove: a file is not any more what was described.
    """
    hashing = _Hashing(stream)
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=hashing, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        text = json.dumps(_document(described), separators=(",", ":")).encode()
        archive.addfile(_facts(FIRST, len(text)), io.BytesIO(text))
        for file in described.files:
            with source(file) as stream_of:
                reading = _Hashing(stream_of)
                archive.addfile(_facts(file.path, file.size, executable=file.executable), reading)
            if reading.digest.hexdigest() != file.sha256:
                raise CannotMove(f"`{file.path}` was changed while it was packed", hints=("try again",))
    return hashing.digest.hexdigest()


def _facts(path: str, size: int, *, executable: bool = False) -> tarfile.TarInfo:
    facts = tarfile.TarInfo(path)  # its times and owners are zero
    facts.size = size
    facts.mode = 0o755 if executable else 0o644
    return facts


class _Hashing:
    """Hashes what goes through it to, or comes from, a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._stream = stream

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._stream.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data

    def flush(self) -> None:
        self._stream.flush()


def digest(file: Path) -> str:
    """Give the sha256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read(file: Path) -> Described:
    """Read the description alone.

    Raises:
        BadArchive: it is no archive of roost's, or cut within its first part.
    """
    with _opened(file) as members:
        return _first(members, file.name)


def unpack(file: Path, target: Callable[[Packed], BinaryIO]) -> None:
    """Write every file of an archive to where target opens it, compared with its description.

    Nothing but plain files is taken: no links, no devices, no path that leaves the folder, nothing twice.

    Raises:
        BadArchive: anything else is in it, something is missing, cut, or not what the description says; what has been
            written is of no use then.
    """
    with _opened(file) as members:
        waiting = {one.path: one for one in _first(members, file.name).files}
        for entry, pieces in members:
            described = waiting.pop(entry.name, None)
            if described is None:
                raise bad(file.name, f"`{entry.name}` is not in its description, or there twice")
            if entry.kind != "file" or entry.size != described.size:
                raise bad(file.name, f"`{entry.name}` is not the plain file that its description says")
            found = hashlib.sha256()
            with target(described) as there:
                for piece in pieces:
                    found.update(piece)
                    there.write(piece)
            if found.hexdigest() != described.sha256:
                raise bad(file.name, f"`{entry.name}` does not have the digest that its description says")
        if waiting:
            raise bad(file.name, f"`{next(iter(waiting))}` is missing")


@contextmanager
def _opened(file: Path) -> Iterator[Iterator[tuple[Entry, Iterator[bytes]]]]:
    """Open an archive for its members; what is wrong with it becomes one error.

    No limit but its description's: each size in it is compared, and before that the room on the disk.
    """
    from roost.archives import ArchiveUnreadable, ArchiveUnsafe, Limits, opened

    try:
        with opened(file, limits=Limits(None, None, None, cased=True)) as archive:
            yield archive.members()
    except (ArchiveUnreadable, ArchiveUnsafe) as error:
        raise bad(file.name, error.why[0]) from error


def _first(members: Iterator[tuple[Entry, Iterator[bytes]]], name: str) -> Described:
    entry, pieces = next(members, (None, iter(())))
    if entry is None or entry.name != FIRST or entry.kind != "file" or entry.size > DESCRIPTION_LIMIT:
        raise bad(name, f"it does not begin with `{FIRST}`: it is no archive that `roost env pack` wrote")
    return _described(b"".join(pieces), name)


def bad(name: str, why: str) -> BadArchive:
    """Give the error for an archive that is not taken."""
    return BadArchive(
        f"`{name}` cannot be unpacked", why=(why,), hints=("pack it again where it comes from: `roost env pack`",)
    )


def _document(described: Described) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "python": [described.implementation, described.short, described.abi, described.platform],
        "roots": described.roots,
        "extras": described.extras,
        "artifacts": artifacts.write(described.artifacts),
        "files": [[one.path, one.executable, one.size, one.sha256] for one in described.files],
    }


def _described(data: bytes, name: str) -> Described:
    """Read the description at the door: behind it every path is relative and stays below its folder."""
    try:
        document = json.loads(data)
        if document["schema"] != SCHEMA:
            raise bad(name, f"its description is `{document['schema']}`, this roost reads `{SCHEMA}`")
        implementation, short, abi, platform = map(str, document["python"])
        return Described(
            implementation,
            short,
            abi,
            platform,
            artifacts.read(document["artifacts"]),
            tuple(map(str, document["roots"])),
            tuple((str(one), tuple(map(str, extras))) for one, extras in document["extras"]),
            tuple(_file(fields, name) for fields in document["files"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise bad(name, "its description cannot be read") from error


def _file(fields: list[object], name: str) -> Packed:
    path, executable, size, sha256 = fields
    text = str(path)
    pure = PurePosixPath(text)
    strange = pure.is_absolute() or ".." in pure.parts or str(pure) != text or "\0" in text or not pure.parts
    if strange or pure.parts[0].startswith(".") or pure.parts[0] in RESERVED:
        raise bad(name, f"`{text}` would lie where no distribution installs anything")
    if not isinstance(size, int) or size < 0:
        raise bad(name, f"`{text}` has no size")
    return Packed(text, bool(executable), size, str(sha256))
