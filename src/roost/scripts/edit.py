"""Requirements added, removed and raised where the user keeps them: the script's own block, or the file beside it."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from roost.errors import CannotCreate, Exit, RoostError
from roost.values import Value

from . import edit_lines
from .conda import MARK
from .edit_lines import Change, InvalidRequirement, canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .values import Script

ENCODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263


class CannotEdit(RoostError):
    """The script keeps its requirements in a place that roost does not write."""

    code = "cannot-edit"
    exit = Exit.UNREADABLE


class ChangedMeanwhile(RoostError):
    """Somebody else wrote the file while roost was at work on it."""

    code = "changed-meanwhile"
    exit = Exit.TRY_AGAIN


class Edit(Value):
    """One file as it stands and as it is to be; nothing is written yet."""

    file: Path  # links resolved: the file itself is replaced
    where: str  # for messages: "the PEP 723 block of `a.py`", "`requirements.txt`"
    before: bytes
    after: bytes
    change: Change  # what came and what went
    made: bool = False  # the block did not exist


def add(script: Script, requirements: Sequence[str]) -> Edit:
    """Give the edit that declares requirements, in the place of older ones for the same distribution and marker.

    Raises:
        InvalidRequirement: one of them is no PEP 508 requirement.
        CannotEdit: the script's form or project keeps requirements elsewhere.
    """
    packages = [text for text in requirements if text.startswith(MARK)]
    requirements = [text for text in requirements if not text.startswith(MARK)]
    for text in requirements:
        edit_lines.parsed(text)
    place = _place(script, makes=True)
    if place.kind == "new":
        carried = [declared.text for declared in script.declared.requirements if declared.via == "pip line"]
        kept = [text for text in carried if canonical(text) not in {canonical(new) for new in requirements}]
        text = _with_block(place.text, [*kept, *requirements])
        if not packages:
            return _edit(place, text, Change(added=tuple(requirements)))
        made = _changed(place.replace(kind="block", text=text), lambda block: _with_packages(block, place, packages))
        return made.replace(change=Change(added=(*requirements, *packages)), made=True)

    def alter(lines: edit_lines.Editable) -> Change:
        change = edit_lines.add(lines, requirements)
        more = _with_packages(lines, place, packages) if packages else Change()
        return Change((*change.added, *more.added), (*change.removed, *more.removed), change.notes)

    return _changed(place, alter)


def _with_packages(block: edit_lines.Editable, place: _Place, packages: Sequence[str]) -> Change:
    """Declare conda packages (`conda:NAME`) in the place of older ones of the same name."""
    from .edit_block import Block

    if not isinstance(block, Block):
        raise CannotEdit(
            f"{place.where} has no place for conda packages: pip could not read it any more",
            hints=("begin the script with a PEP 723 block of its own: `# /// script`",),
        )
    replaced = [f"{MARK}{one}" for text in packages if (one := block.add_package(text.removeprefix(MARK)))]
    return Change(tuple(packages), tuple(one for one in replaced if one not in packages))


class Line(Value):
    """One requirement with the hashes that its file may have."""

    text: str
    hashes: tuple[str, ...] = ()  # "sha256:…"


class Declaring(Value):
    """An edit that declares a whole list, and what had to be left out."""

    edit: Edit
    lost: tuple[str, ...]  # a sentence for each
    beside: tuple[tuple[Path, str], ...] = ()  # more files that the edited one refers to


def declare(
    script: Script,
    lines: Sequence[Line],
    *,
    constraints: Sequence[str] = (),
    python: str | None = None,
    indexes: Sequence[str] = (),
    index_url: str | None = None,
    exclude_newer: str | None = None,
) -> Declaring:
    """Give the edit that declares a list with all that belongs to it, where the script keeps its requirements.

    Args:
        python: the Pythons it is for (PEP 440); one that the script declares itself stays.

    Raises:
        InvalidRequirement, CannotEdit: as `add`.
    """
    place = _place(script, makes=True)
    if place.kind == "requirements":
        return _listed(
            place,
            lines,
            constraints=constraints,
            python=python,
            indexes=indexes,
            index_url=index_url,
            exclude_newer=exclude_newer,
        )
    texts = [line.text for line in lines]
    new = place.kind == "new"
    if new:
        place = place.replace(kind="block", text=_with_block(place.text, texts, python))

    def alter(block: edit_lines.Editable) -> Change:
        from .edit_block import Block

        assert isinstance(block, Block), "the place is a block"
        block.settle(
            constraints=constraints, python=python, indexes=indexes, index_url=index_url, exclude_newer=exclude_newer
        )
        return Change(tuple(texts)) if new else edit_lines.add(block, texts)

    made = _changed(place, alter)
    lost = tuple(f"`{line.text}`: its hashes, for which a PEP 723 block has no place" for line in lines if line.hashes)
    return Declaring(made, lost)


def _listed(
    place: _Place,
    lines: Sequence[Line],
    *,
    constraints: Sequence[str],
    python: str | None,
    indexes: Sequence[str],
    index_url: str | None,
    exclude_newer: str | None,
) -> Declaring:
    """Declare a list in a requirements file; its constraints go to a file beside that."""
    beside: tuple[tuple[Path, str], ...] = ()
    bare = [re.sub(r"^[\w.-]+=(?=\w+:)", "", entry) for entry in indexes]
    options = [f"--index-url {index_url}"] if index_url and index_url not in place.text else []
    options += [f"--extra-index-url {address}" for address in bare if address not in place.text]
    if constraints:
        name = f"{place.file.stem}.constraints.txt"
        beside = ((place.file.parent / name, "\n".join(constraints) + "\n"),)
        options += [f"-c {name}"] if f"-c {name}" not in place.text else []
    lost = [f"`requires-python {python}`: a requirements file has no place for it"] if python else []
    lost += [f"`exclude-newer {exclude_newer}`: a requirements file has no place for it"] if exclude_newer else []

    def alter(file: edit_lines.Editable) -> Change:
        for option in options:
            file.append(option)
        change = edit_lines.add(file, [line.text for line in lines])
        for line in lines:
            if line.hashes:
                at = file.entries().index(line.text)
                file.replace(at, " ".join([line.text, *(f"--hash={one}" for one in line.hashes)]))
        return change

    return Declaring(_changed(place, alter), tuple(lost), beside)


def remove(script: Script, names: Sequence[str]) -> Edit:
    """Give the edit that takes away every requirement with one of these names.

    Raises:
        CannotEdit: nobody declares one of them there.
    """
    place = _place(script, makes=False)
    packages = [name.removeprefix(MARK) for name in names if name.startswith(MARK)]
    plain = [name for name in names if not name.startswith(MARK)]

    def alter(lines: edit_lines.Editable) -> Change:
        from .edit_block import Block

        change = edit_lines.remove(lines, plain, place.where) if plain else Change()
        gone = []
        for name in packages:
            found = lines.remove_package(name) if isinstance(lines, Block) else None
            if found is None:
                raise CannotEdit(f"{place.where} declares no conda package `{name}`")
            gone.append(f"{MARK}{found}")
        return change.replace(removed=(*change.removed, *gone))

    return _changed(place, alter)


def upgrade(script: Script, versions: Mapping[str, str]) -> Edit:
    """Give the edit that raises pins (`==`) to the versions given by canonical name; ranges stay as they are."""
    place = _place(script, makes=False)
    return _changed(place, lambda lines: edit_lines.upgrade(lines, versions))


def write(edit: Edit) -> None:
    """Put the edited file in the place of the old one, whole, with its mode and owner.

    Raises:
        ChangedMeanwhile: the file is not what it was when the edit was made.
        CannotCreate: the folder cannot be written, or the disk is full.
    """
    beside = edit.file.parent / f".{edit.file.name}.{os.getpid()}.tmp"
    try:
        if edit.file.read_bytes() != edit.before:
            raise ChangedMeanwhile(
                f"`{edit.file.name}` was changed while roost was at work on it", hints=("try again",)
            )
        facts = edit.file.stat()
        with beside.open("xb") as stream:
            stream.write(edit.after)
            stream.flush()
            os.fchmod(stream.fileno(), facts.st_mode & 0o7777)
            if (facts.st_uid, facts.st_gid) != (os.geteuid(), os.getegid()):
                _give(stream.fileno(), facts)
            os.fsync(stream.fileno())
        beside.replace(edit.file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CannotCreate(f"cannot write `{edit.file}`", why=(error.strerror or str(error),)) from error


def _give(descriptor: int, facts: os.stat_result) -> None:
    with suppress(PermissionError):  # not ours to give away: the file becomes ours, as with any editor
        os.fchown(descriptor, facts.st_uid, facts.st_gid)


class _Place(Value):
    """Where the requirements stand, as text."""

    kind: str  # "block", "requirements", "new"
    file: Path
    where: str
    before: bytes
    text: str
    encoding: str


def _place(script: Script, *, makes: bool) -> _Place:
    """Find what is in use: the block, then `<stem>.requirements.txt` or `requirements.txt`, else a new block."""
    if script.path is None:
        raise CannotEdit(f"`{script.name}` is no file that could keep requirements")
    if script.form == "python":
        place = _python(script.path, "block", f"the PEP 723 block of `{script.path.name}`")
        if _span(place.text):
            return place
    folder = script.path if script.form == "folder" else script.path.parent
    for name in (f"{script.path.stem}.requirements.txt", "requirements.txt"):
        if (folder / name).is_file():
            return _requirements(folder / name)
    _refuse(script, makes=makes)
    return _python(script.path, "new", f"a PEP 723 block in `{script.path.name}`")


def _refuse(script: Script, *, makes: bool) -> None:
    """Raise where there is nothing to edit and nothing may be made."""
    name = script.name
    if script.declared.via == "pyproject":
        raise CannotEdit(
            f"`{name}` belongs to a project, which keeps its requirements in {script.declared.where}",
            hints=("write it there, or begin the script with a PEP 723 block of its own: `# /// script`",),
        )
    if not makes:
        raise CannotEdit(
            f"`{name}` declares no requirements that could be changed",
            why=("it has no PEP 723 block, and no requirements file stands beside it",),
            hints=(f"`roost check --no-build {name}` shows what its imports need",),
        )
    if script.form != "python":
        hint = {
            "notebook": "write `%pip install NAME` in its first cell, or make a `requirements.txt` beside it",
            "markdown": "write `pip install NAME` in its text, or make a `requirements.txt` beside it",
        }.get(script.form, "make a `requirements.txt` beside its code")
        raise CannotEdit(f"`{name}` cannot keep a PEP 723 block: only a Python file can", hints=(hint,))


def _python(path: Path, kind: str, where: str) -> _Place:
    import io
    import tokenize

    file, data = _bytes(path)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CannotEdit(f"cannot read `{path.name}` as text", why=(str(error),)) from error
    return _Place(kind, file, where, data, text, encoding)


def _requirements(path: Path) -> _Place:
    file, data = _bytes(path)
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"  # every byte is a character: what we do not touch is written back as it was
        text = data.decode(encoding)
    return _Place("requirements", file, f"`{path.name}`", data, text, encoding)


def _bytes(path: Path) -> tuple[Path, bytes]:
    try:
        file = path.resolve(strict=True)
        return file, file.read_bytes()
    except OSError as error:
        raise CannotEdit(f"cannot read `{path}`", why=(error.strerror or str(error),)) from error


def _edit(place: _Place, text: str, change: Change) -> Edit:
    after = text.encode(place.encoding)
    return Edit(place.file, place.where, place.before, after, change, made=place.kind == "new")


def _changed(place: _Place, alter: edit_lines.Alter) -> Edit:
    """Let alter change the requirements of a place, whatever they are written in."""
    if place.kind == "requirements":
        lines = edit_lines.File(place.text)
        change = alter(lines)
        return _edit(place, lines.text(), change)
    from .edit_block import Block

    span = _span(place.text)
    assert span is not None, "the place was found by its block"
    rows = place.text.split("\n")
    start, end = span
    ending = "\r" if rows[start].endswith("\r") else ""
    block = Block("\n".join(_bare(row) for row in rows[start + 1 : end]) + "\n", place.where)
    change = alter(block)
    rows[start + 1 : end] = [f"# {row}".rstrip() + ending for row in block.text().rstrip("\n").split("\n")]
    return _edit(place, "\n".join(rows), change)


def _bare(row: str) -> str:
    """Take the comment sign from a line of the block (PEP 723: "the first character is dropped, and a blank behind it")."""
    row = row.rstrip("\r")
    return row[2:] if row.startswith("# ") else row[1:]


def _span(text: str) -> tuple[int, int] | None:
    """Find the first and last line of the `script` block (PEP 723: the last `# ///` of the comment counts)."""
    rows = [row.rstrip("\r") for row in text.split("\n")]
    for start, row in enumerate(rows):
        if row != "# /// script":
            continue
        end = start + 1
        while end < len(rows) and (rows[end] == "#" or rows[end].startswith("# ")):
            end += 1
        closing = [at for at in range(start + 1, end) if rows[at] == "# ///"]
        if closing:
            return start, closing[-1]
    return None


def _with_block(text: str, requirements: Sequence[str], python: str | None = None) -> str:
    """Put a block behind the interpreter line and the encoding line."""
    rows = text.split("\n")
    ending = "\r" if rows[0].endswith("\r") else ""
    at = 1 if rows[0].startswith("#!") else 0
    if at < len(rows) and ENCODING.match(rows[at]):
        at += 1
    written = [f'#     "{requirement}",' for requirement in (_quoted(text) for text in requirements)]
    first = [f'# requires-python = "{python}"'] if python else []
    block = ["# /// script", *first, "# dependencies = [", *written, "# ]", "# ///"]
    if any(row.strip() for row in rows[at : at + 1]):
        block.append("")
    return "\n".join([*rows[:at], *(line + ending for line in block), *rows[at:]])


def _quoted(requirement: str) -> str:
    """Write a requirement between double quotes of TOML."""
    return requirement.replace("\\", "\\\\").replace('"', "'")


__all__ = [
    "CannotEdit",
    "Change",
    "ChangedMeanwhile",
    "Declaring",
    "Edit",
    "InvalidRequirement",
    "Line",
    "add",
    "declare",
    "remove",
    "upgrade",
    "write",
]
