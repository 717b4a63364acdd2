"""The lines of a requirements file, changed one by one: comments, order, options and continuations stay."""

from __future__ import annotations

import re

from roost.errors import RoostError
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from packaging.requirements import Requirement

    class Editable(Protocol):
        """Requirements in the order in which they are written."""

        def entries(self) -> list[str]:
            """Return each as its text; "" for what is none."""

        def replace(self, position: int, text: str) -> None:
            """Write text in the place of one, its comment kept."""

        def delete(self, positions: Sequence[int]) -> None:
            """Take some away."""

        def append(self, text: str) -> None:
            """Write one more behind the last."""

        def fixed(self, position: int) -> str | None:
            """Return why one may not be replaced, or None."""

    Alter = Callable[[Editable], "Change"]

PIN = re.compile(r"(==\s*)([^\s,;#*]+)(?=\s*($|[;#]))")


class InvalidRequirement(RoostError):
    """A requirement is not written as PEP 508 asks."""

    code = "invalid-requirement"


class NotDeclared(RoostError):
    """The requirement to be changed does not stand there."""

    code = "not-declared"


class Change(Value):
    """What an edit brings and takes, as requirements."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was left alone, and why


class File:
    """A requirements file as its physical lines, grouped into logical ones."""

    def __init__(self, text: str) -> None:
        """Read the text of the file."""
        self._ending = "\r\n" if "\r\n" in text else "\n"
        self._lines: list[str] = []  # logical lines with their endings, continuations joined as they stand
        pending = ""
        for line in re.findall(r"[^\n]*\n|[^\n]+", text):
            pending += line
            if not line.rstrip("\r\n").endswith("\\"):
                self._lines.append(pending)
                pending = ""
        if pending:
            self._lines.append(pending)

    def entries(self) -> list[str]:
        """Return each logical line's requirement; "" for comments, options and paths."""
        return [_requirement(line) for line in self._lines]

    def replace(self, position: int, text: str) -> None:
        """Write text in the place of one requirement; indentation, comment and line ending stay."""
        line = self._lines[position]
        old = _requirement(line)
        at = line.index(old.split("\\")[0].rstrip())
        self._lines[position] = line[:at] + text + line[at + len(old) :]

    def delete(self, positions: Sequence[int]) -> None:
        """Take some lines away, with their comments and continuations."""
        gone = set(positions)
        self._lines = [line for position, line in enumerate(self._lines) if position not in gone]

    def append(self, text: str) -> None:
        """Write one more line behind the last."""
        if self._lines and not self._lines[-1].endswith("\n"):
            self._lines[-1] += self._ending
        self._lines.append(text + self._ending)

    def fixed(self, position: int) -> str | None:
        """Tell that hashes stand in the line: they belong to the version that stands there."""
        return "its line carries hashes" if "--hash" in self._lines[position] else None

    def text(self) -> str:
        """Return the whole file."""
        return "".join(self._lines)


def _requirement(line: str) -> str:
    """Return the requirement of a logical line, without comment and per-requirement options; "" when it is none."""
    bare = re.sub(r"(^|\s)#.*", "", line.rstrip("\r\n"), flags=re.DOTALL).strip()
    bare = re.split(r"\s--?[a-z]|\s*\\\r?\n", bare, maxsplit=1)[0].rstrip(" \t\\")
    if not bare or bare.startswith("-") or not re.match(r"[A-Za-z0-9]", bare):
        return ""
    try:
        parsed(bare)
    except InvalidRequirement:
        return ""
    return bare


def parsed(text: str) -> Requirement:
    """Read one requirement (PEP 508).

    Raises:
        InvalidRequirement: it is none.
    """
    from packaging import requirements

    try:
        return requirements.Requirement(text)
    except requirements.InvalidRequirement as error:
        raise InvalidRequirement(
            f"`{text}` is no requirement",
            why=(str(error).partition("\n")[0],),
            hints=("write a name, with a version if it matters: `pandas`, `pandas>=2,<3`, `name @ https://…`",),
        ) from error


def canonical(text: str) -> str:
    """Return the canonical name (PEP 503) that a requirement is for."""
    return re.sub(r"[-_.]+", "-", parsed(text).name).lower()


def add(lines: Editable, requirements: Sequence[str]) -> Change:
    """Put requirements in, each in the place of an older one for the same distribution and marker."""
    removed: list[str] = []
    for text in requirements:
        name, marker = canonical(text), str(parsed(text).marker or "")
        same = [
            (position, entry)
            for position, entry in enumerate(lines.entries())
            if entry and canonical(entry) == name and (not marker or str(parsed(entry).marker or "") == marker)
        ]
        if not same:
            lines.append(text)
            continue
        for position, _ in same:
            if reason := lines.fixed(position):
                raise InvalidRequirement(
                    f"cannot write `{text}` over an older requirement",
                    why=(reason,),
                    hints=("change that line by hand",),
                )
        removed += [entry for _, entry in same]
        lines.replace(same[0][0], text)
        lines.delete([position for position, _ in same[1:]])
    return Change(tuple(requirements), tuple(removed))


def remove(lines: Editable, names: Sequence[str], where: str) -> Change:
    """Take every requirement with one of these names away.

    Raises:
        NotDeclared: one of them does not stand there.
    """
    removed: list[str] = []
    for given in names:
        name = canonical(given)
        found = [position for position, entry in enumerate(lines.entries()) if entry and canonical(entry) == name]
        if not found:
            there = [canonical(entry) for entry in lines.entries() if entry]
            hints = (f"it declares {', '.join(f'`{other}`' for other in there)}",) if there else ()
            raise NotDeclared(f"`{name}` is not declared in {where}", hints=hints)
        removed += [lines.entries()[position] for position in found]
        lines.delete(found)
    return Change(removed=tuple(removed))


def upgrade(lines: Editable, versions: Mapping[str, str]) -> Change:
    """Raise each pin to the version given for its distribution."""
    added: list[str] = []
    removed: list[str] = []
    notes: list[str] = []
    for position, entry in enumerate(lines.entries()):
        version = versions.get(canonical(entry)) if entry else None
        pinned = version is not None and pin(entry)
        if version is None or not pinned or pinned == version:
            continue
        if reason := lines.fixed(position):
            notes.append(f"`{entry}` stays: {reason}")
            continue
        raised = PIN.sub(rf"\g<1>{version}", entry)
        lines.replace(position, raised)
        added.append(raised)
        removed.append(entry)
    return Change(tuple(added), tuple(removed), tuple(notes))


def pin(text: str) -> str | None:
    """Return the one version that a requirement allows (`==1.2`), or None when it allows several."""
    specifiers = list(parsed(text).specifier)
    if len(specifiers) == 1 and specifiers[0].operator == "==" and not specifiers[0].version.endswith(".*"):
        return specifiers[0].version
    return None


def loosened(text: str) -> str:
    """Return a pinned requirement without its version."""
    requirement = parsed(text)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{marker}"
