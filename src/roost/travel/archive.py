"""The archive's format: a gzip'd tar, its first member a description of all the others."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from pathlib import PurePosixPath

from roost.values import Value

from . import artifacts
from .contents import Packed
from .errors import BadArchive, CannotMove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO, BinaryIO, Self

    from roost.distributions import Artifact

FIRST = "roost-archive.json"
SCHEMA = "roost.archive/1"
SUFFIX = ".roost.tar.gz"
LEVEL = 3  # of gzip: 6 takes twice the time for a twelfth less
DESCRIPTION_LIMIT = 64 << 20  # bytes
RESERVED = ("roost.json", "pyvenv.cfg", "lib64")
PIECE = 1 << 20  # bytes read at a time


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
    with file.open("rb") as stream, _Opened(stream, file.name) as archive:
        return _first(archive, file.name)


def unpack(file: Path, target: Callable[[Packed], BinaryIO]) -> None:
    """Write every file of an archive to where target opens it, compared with its description.

    Nothing but plain files is taken: no links, no devices, no path that leaves the folder, nothing twice.

    Raises:
        BadArchive: anything else is in it, something is missing, cut, or not what the description says; what has been
            written is of no use then.
    """
    with file.open("rb") as stream, _Opened(stream, file.name) as archive:
        waiting = {one.path: one for one in _first(archive, file.name).files}
        while member := archive.next():
            described = waiting.pop(member.name, None)
            if described is None:
                raise bad(file.name, f"`{member.name}` is not in its description, or there twice")
            if not member.isreg() or member.size != described.size:
                raise bad(file.name, f"`{member.name}` is not the plain file that its description says")
            with target(described) as there:
                found = _copied(archive, member, there)
            if found != described.sha256:
                raise bad(file.name, f"`{member.name}` does not have the digest that its description says")
        if waiting:
            raise bad(file.name, f"`{next(iter(waiting))}` is missing")


def _copied(archive: _Opened, member: tarfile.TarInfo, there: BinaryIO) -> str:
    file = archive.extractfile(member)
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
        there.write(piece)
    return found.hexdigest()


class _Careful(tarfile.TarInfo):
    """A member whose extended header cannot fill the memory: tarfile reads those whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Careful:
        found = super().frombuf(buf, encoding, errors)
        if found.type not in tarfile.REGULAR_TYPES and found.size > PIECE:
            raise tarfile.ReadError(f"a header of {found.size} bytes")
        return found


class _Opened:
    """Opens an archive as a stream, and turns what the readers say into one error."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._packed = gzip.GzipFile(fileobj=stream)
        self._name = name

    def __enter__(self) -> Self:
        try:
            self._archive = tarfile.open(fileobj=self._packed, mode="r|", tarinfo=_Careful)
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            raise bad(self._name, str(error)) from error
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._archive.close()
        self._packed.close()
        if isinstance(error, tarfile.TarError | EOFError | gzip.BadGzipFile | zlib.error):
            raise bad(self._name, str(error) or "it is cut") from error

    def next(self) -> tarfile.TarInfo | None:
        """Give the next member; behind the last one the rest is read, for gzip's own check sum stands there."""
        member = self._archive.next()
        if member is None and len(self._packed.read(PIECE)) == PIECE:
            raise bad(self._name, "it goes on behind its end")
        return member

    def extractfile(self, member: tarfile.TarInfo) -> IO[bytes]:
        """Open a plain member for reading."""
        file = self._archive.extractfile(member)
        assert file is not None, "a plain member can be read"
        return file


def _first(archive: _Opened, name: str) -> Described:
    member = archive.next()
    if member is None or member.name != FIRST or not member.isreg() or member.size > DESCRIPTION_LIMIT:
        raise bad(name, f"it does not begin with `{FIRST}`: it is no archive that `roost env pack` wrote")
    return _described(archive.extractfile(member).read(), name)


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
