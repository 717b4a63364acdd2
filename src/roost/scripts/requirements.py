"""Requirements files, as pip reads them."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from posixpath import exists

from roost.values import Value

from . import conda
from .errors import MetadataBroken
from .values import Declaration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 2 * 1024 * 1024  # bytes of a requirements file
_COMMENT = re.compile(r"(^|\s+)#.*$")
_SIMPLE = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[A-Za-z0-9._,\s-]*\])?"
    r"\s*(?:(?:~=|===?|!=|<=?|>=?)\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*"
)
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_PER_LINE = re.compile(r"\s--?(?:hash|config-settings?|global-option|install-option|C)[= ](\S+)")
_OPTION = re.compile(r"(-[a-zA-Z]|--[a-z][a-z-]*)(?:\s*=\s*|\s+|(?<=^-[a-zA-Z])(?=\S))?(.*)", re.DOTALL)
_LONG = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-i": "--index-url", "-f": "--find-links"}
_ADDRESS = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.-]*://|(?:git|hg|svn|bzr)\+")
_EGG = re.compile(r"#(?:.*&)?egg=([A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?)")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz")


class Line(Value):
    """One logical line: continued lines joined, comment taken off."""

    text: str
    number: int  # 1-based, of its first physical line


class Listed:
    """What a requirements file and the files that it includes say, while they are read."""

    __slots__ = ("conda", "constraints", "files", "find_links", "index_url", "indexes", "notes", "requirements")

    def __init__(self) -> None:
        self.requirements: list[Declaration] = []
        self.conda: list[Declaration] = []
        self.constraints: list[str] = []
        self.indexes: list[str] = []
        self.index_url: str | None = None
        self.find_links: list[str] = []
        self.files: list[Path] = []  # every file that was read
        self.notes: list[str] = []


def logical_lines(text: str) -> Iterator[Line]:
    """Split a requirements file into its logical lines; empty ones are left out."""
    start, parts = 0, list[str]()
    for number, physical in enumerate(text.splitlines(), 1):
        continued = physical.endswith("\\") and not _COMMENT.match(physical)
        start = start if parts else number
        parts.append(physical[:-1] if continued else physical)
        if continued:
            continue
        joined = _COMMENT.sub("", "".join(parts)).strip()
        if joined:
            yield Line(joined, start)
        parts = []
    joined = _COMMENT.sub("", "".join(parts)).strip()
    if joined:
        yield Line(joined, start)


def read(path: Path) -> Listed:
    """Read a requirements file and what it includes.

    Raises:
        MetadataBroken: a file cannot be read, or a line is no requirement; both name file and line.
    """
    listed = Listed()
    _read(path, listed, constraining=False, included=None)
    return listed


def _read(path: Path, listed: Listed, *, constraining: bool, included: str | None) -> None:
    if path in listed.files:
        return
    listed.files.append(path)
    for line in logical_lines(_text(path, included)):
        text = _VARIABLE.sub(lambda found: os.environ.get(found[1], found[0]), line.text)
        if text.startswith("-"):
            _option(text, line.number, path, listed, constraining=constraining)
        elif constraining:
            listed.constraints.append(_without_options(text)[0])
        elif text.startswith(conda.MARK):
            listed.conda.append(Declaration(text.removeprefix(conda.MARK).strip(), line.number, path, "requirements"))
        else:
            listed.requirements.append(_declaration(text, line.number, path))


def _text(path: Path, included: str | None) -> str:
    """Read a file's text; PowerShell writes UTF-16 with a mark, which pip understands too."""
    why = (f"it is included by {included}",) if included else ()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise MetadataBroken(f"cannot read `{path}`", why=((error.strerror or str(error)).lower(), *why)) from error
    if len(data) > LARGEST:
        raise MetadataBroken(f"cannot read `{path}`", why=(f"it is larger than {LARGEST // 2**20} MB", *why))
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    encoding = next((name for mark, name in marks if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise MetadataBroken(f"cannot read `{path}`", why=("it is a binary file, no list of requirements", *why))
    return text


def _option(text: str, number: int, path: Path, listed: Listed, *, constraining: bool) -> None:
    found = _OPTION.match(text)
    if found is None:
        raise _broken(path, number, text, "it is no option that pip knows")
    name, value = _LONG.get(found[1], found[1]), _unquoted(found[2])
    if name in {"--requirement", "--constraint"}:
        if _ADDRESS.match(value):
            raise _broken(path, number, text, "a list behind an address is not followed")
        inner = Path(posixpath.normpath(path.parent / value))
        _read(inner, listed, constraining=constraining or name == "--constraint", included=f"`{path}` line {number}")
    elif name == "--editable":
        if _ADDRESS.match(value) and not value.startswith("file:"):
            listed.notes.append(
                f"`{path.name}` line {number}: a repository cannot be editable here; what it has is installed"
            )
            listed.requirements.append(_declaration(value, number, path))
        else:
            listed.requirements.append(Declaration(f"-e {_placed(value, path)}", number, path, "requirements"))
    elif name in {"--index-url", "--pypi-url"} and value:
        listed.index_url = value
    elif name == "--extra-index-url" and value:
        listed.indexes.append(value)
    elif name == "--find-links" and value:
        listed.find_links.append(_placed(value, path))
    else:
        listed.notes.append(f"`{path.name}` line {number}: `{name}` is not used")


def _declaration(text: str, number: int, path: Path) -> Declaration:
    bare, hashes = _without_options(text)
    if _is_path(bare, path):
        return Declaration(_placed(bare, path), number, path, "requirements", hashes)
    if not _ADDRESS.match(bare):
        checked(bare, where=f"`{path.name}`", line=number)
    elif named := _EGG.search(bare):
        bare = f"{named[1]} @ {bare}"  # the form that every reader of requirements knows
    return Declaration(bare, number, path, "requirements", hashes)


def _without_options(text: str) -> tuple[str, tuple[str, ...]]:
    hashes = tuple(found[1] for found in _PER_LINE.finditer(text) if found[0].lstrip().startswith("--hash"))
    return _PER_LINE.sub("", text).strip(), hashes


def _is_path(text: str, path: Path) -> bool:
    bare = text.partition(";")[0].partition("[")[0].strip()
    if bare.startswith((".", "/", "~/", "file:")):
        return True
    return "@" not in bare and (bare.endswith(_ARCHIVES) or ("/" in bare and exists(path.parent / bare)))


def _placed(text: str, path: Path) -> str:
    """Write a path of a requirements file so that it does not depend on where it is read."""
    if _ADDRESS.match(text):
        return text
    bare, bracket, rest = text.partition("[")
    return posixpath.normpath(path.parent / posixpath.expanduser(bare.strip())) + bracket + rest


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def checked(text: str, *, where: str, line: int) -> None:
    """Check that a text is a requirement (PEP 508).

    Raises:
        MetadataBroken: it is not; says where it stands.
    """
    if _SIMPLE.fullmatch(text):
        return
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(text)
    except InvalidRequirement as error:
        raise MetadataBroken(
            f"cannot read {where}",
            why=(f"line {line}: `{text[:120]}` is no requirement: {str(error).splitlines()[0]}",),
        ) from None


def _broken(path: Path, number: int, text: str, why: str) -> MetadataBroken:
    return MetadataBroken(f"cannot read `{path}`", why=(f"line {number}: `{text[:120]}`: {why}",))
