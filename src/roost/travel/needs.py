"""What somebody needs, free of the form it is written in."""

from __future__ import annotations

import re

from roost.distributions.names import canonical
from roost.scripts.values import Declaration, Declared, PythonRange, Script
from roost.values import Value

from . import comments
from .secrets import bare, restored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from roost.distributions import Lock

PLACE = "it names a place of this machine"


class Need(Value):
    """One requirement."""

    text: str  # PEP 508, or what a requirements file allows beyond it: a path, `-e` and a path, a bare URL
    hashes: tuple[str, ...] = ()  # "sha256:…"; one of them is the file's
    where: str = ""  # for messages: "`requirements.txt` line 3"; "" nowhere in particular
    comment: str = ""  # what stands behind it, without `#`, as `comments` gives it

    @property
    def name(self) -> str:
        """Give its canonical name; of a path or a bare URL, something that is none."""
        return canonical(re.split(r"[^\w.-]", self.text, maxsplit=1)[0])

    @property
    def note(self) -> str:
        """Give its comment as every form has it behind a line."""
        return f"  # {self.comment}" if self.comment else ""


class Needs(Value):
    """A list of requirements with all that decides what they lead to, and what did not fit into it."""

    name: str  # of what needs it, without suffix: "chart"
    requirements: tuple[Need, ...] = ()
    constraints: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()  # that the list itself names, asked before the configured ones: "name=address"
    python: str = ""  # PEP 440 specifier; "" any
    exclude_newer: str | None = None
    lost: tuple[str, ...] = ()  # a sentence for each line that could not be kept
    variables: tuple[str, ...] = ()  # names of those whose values its file asked for: `${TOKEN}`
    index_url: str | None = None  # the index in the place of the default one
    find_links: tuple[str, ...] = ()  # folders and pages with wheels
    explicit: tuple[str, ...] = ()  # names of indexes that are asked only for `sources`
    sources: tuple[tuple[str, str], ...] = ()  # (canonical name, index): where a requirement comes from
    pins: tuple[tuple[str, str], ...] = ()  # (pattern of names, index): never taken from another one
    conda: tuple[Need, ...] = ()  # packages of conda channels, as conda writes them
    conda_channels: tuple[str, ...] = ()
    exact: bool = False  # every distribution with its version, nothing else is to be installed

    def placed(self, other: Needs | Declared) -> Needs:
        """Give the same, from the places that another list names."""
        return self.replace(
            indexes=other.indexes, index_url=other.index_url, find_links=other.find_links, explicit=other.explicit,
            sources=other.sources, pins=other.pins,
        )  # fmt: skip

    def listing(self, read: Needs) -> Needs:
        """Give the same, with what a requirements file that it names lists."""
        return self.replace(
            requirements=(*self.requirements, *read.requirements), constraints=(*self.constraints, *read.constraints),
            index_url=read.index_url or self.index_url, find_links=(*self.find_links, *read.find_links),
            indexes=(*self.indexes, *read.indexes), lost=(*self.lost, *read.lost),
        )  # fmt: skip

    def commented(self, other: Needs) -> Needs:
        """Give the same, with another list's comments behind the same names."""
        known = {need.name: need.comment for need in other.requirements if need.comment}
        return self.replace(
            requirements=tuple(need.replace(comment=known.get(need.name, "")) for need in self.requirements)
        )

    def losing(self, *sentences: str) -> Needs:
        """Give the same, with more that could not be kept."""
        return self.replace(lost=tuple(dict.fromkeys((*self.lost, *sentences))))


def of_declared(name: str, declared: Declared, *, lost: Iterable[str] = ()) -> Needs:
    """Take what a file declares."""
    needs = tuple(
        Need(line.text, line.hashes, _where(line, declared), comments.of(line)) for line in declared.requirements
    )
    return Needs(
        name,
        needs,
        declared.constraints,
        declared.indexes,
        declared.requires_python or "",
        declared.exclude_newer,
        tuple(lost),
        conda=tuple(Need(line.text, where=_where(line, declared)) for line in declared.conda),
        conda_channels=declared.conda_channels,
    ).placed(declared)


def _where(line: Declaration, declared: Declared) -> str:
    place = f"`{line.file.name}`" if line.file else declared.where
    return f"{place} line {line.line}" if place else ""


def of_lock(name: str, lock: Lock, hashes: dict[str, tuple[str, ...]]) -> Needs:
    """Pin every distribution of a lock to its version, URL or commit.

    Args:
        hashes: more files of the same versions that may be installed instead, by canonical name.
    """
    needs: list[Need] = []
    lost: list[str] = []
    for artifact in lock.artifacts:
        place, _, fragment = artifact.url.partition("#")
        known = tuple(
            dict.fromkeys([*([f"sha256:{artifact.sha256}"] if artifact.sha256 else []), *hashes.get(artifact.name, ())])
        )
        below = f"#{fragment}" if fragment.startswith("subdirectory=") else ""
        if artifact.commit is not None:
            needs.append(Need(f"{artifact.name} @ {place}@{artifact.commit}{below}"))
        elif artifact.sha256 is None and place.startswith("file:"):
            lost.append(f"`{artifact.name}`: it lies in a folder of this machine, `{place.removeprefix('file://')}`")
        elif artifact.name in hashes:
            needs.append(Need(f"{artifact.name}=={artifact.version}", known))
        elif place.startswith("file:"):
            lost.append(f"`{artifact.name}`: it is a file of this machine, `{place.removeprefix('file://')}`")
        else:
            needs.append(Need(f"{artifact.name} @ {place}{below}", known))
    python = f"=={lock.interpreter.short}.*"
    return Needs(name, tuple(needs), python=python, lost=tuple(lost), exact=True)


def portable(needs: Needs) -> Needs:
    """Take out what must not or cannot leave this machine: credentials, its own folders; each is named."""
    kept: list[Need] = []
    lost = list(needs.lost)

    def clean(text: str) -> tuple[str, bool]:
        less, secret = bare(text)
        return restored(less, needs.variables), secret

    for need in needs.requirements:
        text, secret = clean(need.text)
        said = f"`{text}`{f' ({need.where})' if need.where else ''}"
        if _is_local(text):
            lost.append(f"{said}: {PLACE}")
            continue
        if secret:
            lost.append(f"{said}: its credentials")
        kept.append(need.replace(text=text, comment=restored(need.comment, needs.variables)))
    constraints = [clean(text) for text in needs.constraints]
    indexes = [clean(text) for text in needs.indexes]
    lost += [f"the constraint `{text}`: its credentials" for text, secret in constraints if secret]
    default = clean(needs.index_url) if needs.index_url else None
    links = [clean(text) for text in needs.find_links]
    places = [*indexes, *([default] if default else []), *(one for one in links if "://" in one[0])]
    lost += [f"the index `{text}`: its credentials" for text, secret in places if secret]
    lost += [f"`--find-links {text}`: {PLACE}" for text, _ in links if _is_local(text)]
    channels = [clean(text) for text in needs.conda_channels]
    lost += [f"the channel `{text}`: its credentials" for text, secret in channels if secret]
    lost += [f"the channel `{text}`: {PLACE}; write one that others can ask" for text, _ in channels if _is_local(text)]
    return needs.replace(
        requirements=tuple(kept),
        constraints=tuple(text for text, _ in constraints),
        indexes=tuple(text for text, _ in indexes),
        index_url=default[0] if default else None,
        find_links=tuple(text for text, _ in links if not _is_local(text)),
        conda_channels=tuple(text for text, _ in channels if not _is_local(text)),
        lost=tuple(lost),
    )


def address(entry: str) -> tuple[str, str]:
    """Part `name=address`; an index may have no name."""
    before, mark, _ = entry.partition("://")
    name, equals, _ = before.partition("=")
    return (name, entry[len(name) + 1 :]) if mark and equals else ("", entry)


def _is_local(text: str) -> bool:
    place = text.partition(" @ ")[2] or text
    return place.strip().startswith(("file:", "git+file:", "/", ".", "~", "-e /", "-e .", "-e file:", "-e git+file:"))


def as_script(needs: Needs, *, path: Path | None = None) -> Script:
    """Make the script that declares these needs and imports nothing.

    Args:
        path: the file they stand in; its name is used in messages.
    """
    lines = tuple(
        Declaration(need.text, number, None, "requirements", need.hashes)
        for number, need in enumerate(needs.requirements, 1)
    )
    declared = Declared(
        lines,
        where=f"`{path.name if path else needs.name}`",
        via="requirements",
        requires_python=needs.python or None,
        indexes=needs.indexes,
        constraints=needs.constraints,
        exclude_newer=needs.exclude_newer,
        index_url=needs.index_url,
        find_links=needs.find_links,
        explicit=needs.explicit,
        sources=needs.sources,
        pins=needs.pins,
        conda=tuple(Declaration(need.text, 1, None, "requirements") for need in needs.conda),
        conda_channels=needs.conda_channels,
    )
    reasons = (f"`{needs.python}` in `{path.name if path else needs.name}`",) if needs.python else ()
    data = "\n".join(need.text for need in needs.requirements).encode()
    name = path.name if path else needs.name
    return Script(None, name, "command", b"", data, declared=declared, python=PythonRange(needs.python, reasons))
