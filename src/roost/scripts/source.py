"""Bytes of a file, and the text that Python would see in them."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from posixpath import islink

from .errors import NotAScript, ScriptForbidden, ScriptMissing, UnknownEncoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 5 * 1024 * 1024  # bytes; of anything larger only the head is read
HEAD = 1024 * 1024  # bytes of a head
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?\r?$")
_KINDS = (
    (b"\x7fELF", "a compiled program (ELF)"), (b"MZ", "a Windows program"), (b"\xcf\xfa\xed\xfe", "a compiled program (Mach-O)"),
    (b"\xca\xfe\xba\xbe", "a compiled program (Mach-O or Java)"), (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"), (b"%PDF", "a PDF document"), (b"\x1f\x8b", "gzip-compressed data"), (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ", "xz-compressed data"), (b"7z\xbc\xaf", "a 7z archive"), (b"SQLite format 3", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"\x80\x04\x95", "a pickle"), (b"PAR1", "a Parquet file"),
    (b"\x89HDF", "an HDF5 file"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What was read of a file."""

    data: bytes
    truncated: bool = False  # only the head: the file is larger than LARGEST
    stream: bool = False  # a pipe or device, which can be read only once


def load(path: Path) -> Content:
    """Read a file, of a very large one only its head.

    Raises:
        ScriptMissing: nothing is there, or a link to nothing.
        ScriptForbidden: this user may not read it.
        NotAScript: a socket, or a device or pipe that gives more than LARGEST bytes.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise _unopened(path, error) from error
    except ValueError:
        raise ScriptMissing(
            f"cannot read `{path!s}`".replace("\0", "\\0"), why=("its name holds a NUL character",)
        ) from None
    try:
        facts = os.fstat(descriptor)
        regular = stat.S_ISREG(facts.st_mode)
        large = regular and facts.st_size > LARGEST
        data = _read(descriptor, HEAD if large else LARGEST + 1)
    except OSError as error:
        raise _unopened(path, error) from error
    finally:
        os.close(descriptor)
    if not large and len(data) > LARGEST:
        if not regular:
            raise NotAScript(
                f"cannot read `{path}`",
                why=(f"it is a {_sort(facts.st_mode)} that gives more than {LARGEST // 2**20} MB",),
            )
        large, data = True, data[:HEAD]  # it grew while it was read
    return Content(data, truncated=large, stream=not regular)


def _read(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left > 0:
        part = os.read(descriptor, min(left, 1 << 20))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _sort(mode: int) -> str:
    return "pipe" if stat.S_ISFIFO(mode) else "device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "special file"


def _unopened(path: Path, error: OSError) -> ScriptMissing | ScriptForbidden | NotAScript:
    """Say why a path cannot be read, looking at the links and folders on the way."""
    reason = (error.strerror or str(error)).lower()
    if isinstance(error, PermissionError):
        return ScriptForbidden(
            f"cannot read `{path}`",
            why=("this user may not read it",),
            hints=(f"allow it: `chmod u+r {_quoted(path)}`, if it is yours",),
        )
    if not isinstance(error, FileNotFoundError):
        if islink(path) and "symbolic links" in reason:
            reason = "it is a link that leads back to itself"
        missing = (
            isinstance(error, NotADirectoryError)
            or "symbolic links" in reason
            or "itself" in reason
            or "too long" in reason
        )
        return (ScriptMissing if missing else NotAScript)(f"cannot read `{path}`", why=(reason,))
    if islink(path):
        return ScriptMissing(
            f"cannot read `{path}`", why=(f"it is a link to `{path.readlink()}`, which does not exist",)
        )
    near = _nearest(path)
    return ScriptMissing(
        f"cannot read `{path}`",
        why=("there is no such file",),
        hints=(f"did you mean `{near}`?",) if near is not None else (),
    )


def _nearest(path: Path) -> Path | None:
    """Find a file in the same folder whose name is nearly this one."""
    import difflib

    try:
        names = [entry.name for entry in os.scandir(path.parent)][:2000]
    except OSError:
        return None
    found = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return path.with_name(found[0]) if found else None


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def decode(data: bytes, *, name: str) -> str:
    """Give the text that Python sees in a source's bytes (PEP 263), lines ended by a newline.

    Raises:
        NotAScript: a binary file; a NUL byte, which Python refuses.
        UnknownEncoding: UTF-16 or UTF-32, an encoding that does not exist, bytes that are not in the encoding.
    """
    marked = data.startswith(b"\xef\xbb\xbf")
    if not marked:
        _refuse_wide(data, name)
    if b"\0" in data:
        raise _with_nul(data, name)
    encoding = cookie(data[3:] if marked else data) or "utf-8"
    text = _decoded(data[3:] if marked else data, encoding, name=name, marked=marked)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def cookie(data: bytes) -> str | None:
    """Give the encoding that one of the first two lines declares."""
    if b"coding" not in data[:400] and b"coding" not in b"".join(data.split(b"\n", 2)[:2]):
        return None
    for line in data.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def _decoded(data: bytes, encoding: str, *, name: str, marked: bool) -> str:
    plain = encoding.lower().replace("_", "-")
    if plain in {"utf-8", "utf8"} or plain.startswith("utf-8-"):
        encoding = "utf-8"
    elif marked:
        raise UnknownEncoding(
            f"cannot read `{name}`",
            why=(f"it begins with the mark of UTF-8, but its first lines say `coding: {encoding}`",),
        )
    try:
        return data.decode(encoding)  # refuses codecs such as `hex`, which give no text, with a LookupError
    except LookupError:
        raise UnknownEncoding(
            f"cannot read `{name}`",
            why=(f"its first lines say `coding: {encoding}`, which no Python knows",),
            hints=("save it as UTF-8 and delete that comment",),
        ) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnknownEncoding(
            f"cannot read `{name}`",
            why=(f"line {line} is not {encoding}: byte 0x{data[error.start]:02x}",),
            hints=("save it as UTF-8, or say the encoding in its first line: `# -*- coding: latin-1 -*-`",),
        ) from None
    except (UnicodeError, ValueError) as error:
        raise UnknownEncoding(f"cannot read `{name}`", why=(f"it is not {encoding}: {error}",)) from None


def _refuse_wide(data: bytes, name: str) -> None:
    """Refuse UTF-16 and UTF-32, which no Python reads as source."""
    wide = None
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        wide = "UTF-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        wide = "UTF-16"
    elif b"\0" in data[:4096]:
        sample = data[:4096]
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if min(even, odd) == 0 and max(even, odd) * 2 >= len(sample) * 0.8:
            wide = "UTF-16"
    if wide:
        raise UnknownEncoding(
            f"cannot read `{name}`",
            why=(f"it is saved as {wide}, and Python reads source as UTF-8",),
            hints=(f"save it as UTF-8: `iconv -f {wide} -t UTF-8 {name} > utf8-{name}`",),
        )


def _with_nul(data: bytes, name: str) -> NotAScript:
    what = describe(data)
    if what:
        return NotAScript(f"cannot read `{name}`", why=(f"it is {what}, not Python source",))
    line = data.count(b"\n", 0, data.index(b"\0")) + 1
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in data[:4096]) / max(1, len(data[:4096]))
    if printable > 0.95:
        return NotAScript(
            f"cannot read `{name}`",
            why=(f"line {line} holds a NUL byte, which Python refuses",),
            hints=(f"take it out: `tr -d '\\000' < {name} > clean-{name}`",),
        )
    return NotAScript(f"cannot read `{name}`", why=("it is a binary file, not Python source",))


def describe(data: bytes) -> str | None:
    """Name what the first bytes of a file that is no text show it to be."""
    if data[2:4] == b"\r\n" and len(data) >= 16 and b"\0" in data[:16]:
        return "compiled Python (`.pyc`)"
    return next((what for magic, what in _KINDS if data.startswith(magic)), None)
