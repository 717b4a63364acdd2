"""What is in an environment and why, from the metadata of what is installed."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from . import manifest

MOST = 50  # ways that are given: enough to understand
LONGEST = 60  # characters of a licence's name; longer ones are its text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

    from packaging.requirements import Requirement

    from .values import Environment


class NotInstalled(RoostError):
    """The environment does not have this distribution."""

    code = "not-installed"
    exit = Exit.NO_INPUT


class Node(Value):
    """A distribution and what it needs."""

    name: str
    version: str
    requirement: str | None  # the words that ask for it, of the one above; None: asked for by the script
    needs: tuple[Node, ...]
    again: bool = False  # its own needs are shown elsewhere


class Installed(Value):
    """What the metadata of one distribution says."""

    name: str  # canonical
    version: str
    requires: tuple[Requirement, ...]
    extras: tuple[str, ...]  # that it offers
    licence: str | None
    summary: str | None
    python: str | None  # the Pythons it is for, ">=3.9"


class Contents(Value):
    """What is installed, by name, what was asked for, and what markers are compared with."""

    found: dict[str, Installed]
    roots: tuple[str, ...]
    markers: dict[str, str]
    folders: dict[str, Path]  # of the metadata
    extras: dict[str, frozenset[str]]  # that were asked for, of each distribution, as far as that can be known

    def needs(self, name: str) -> list[tuple[str, str]]:
        """Give what a distribution needs here, (canonical name, words), whether it is there or not."""
        one = self.found[name]
        return [(_canonical(need.name), _words(need)) for need in _applying(one, self.extras[name], self)]


def tree(environment: Environment) -> tuple[Node, ...]:
    """Give what was asked for and below each what it needs, each distribution's needs once."""
    contents = read_contents(environment)
    seen: set[str] = set()
    grown = [_grow(name, None, contents, seen) for name in contents.roots if name in contents.found]
    grown += [_grow(name, None, contents, seen) for name in sorted(contents.found) if name not in seen]
    return tuple(grown)


def why(environment: Environment, name: str) -> tuple[tuple[str, ...], ...]:
    """Give every way from what was asked for to a distribution: the words of each step, the distribution last.

    Raises:
        NotInstalled: the environment does not have it.
    """
    wanted = _canonical(name)
    contents = read_contents(environment)
    if wanted not in contents.found:
        hint = f"see what it has: `roost env show {environment.name}`"
        raise NotInstalled(f"`{environment.name}` does not have `{wanted}`", hints=(hint,))
    ways: list[tuple[str, ...]] = []
    for root in contents.roots or sorted(contents.found):
        if root in contents.found:
            ways += _ways([(root, f"{root}=={contents.found[root].version}")], wanted, contents)
    return tuple(sorted(ways[:MOST], key=len)) or ((f"{wanted}=={contents.found[wanted].version}",),)


def holding(environment: Environment, wanted: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Say what stands against a version of each distribution: `soup 1.0 needs stock<2`.

    Args:
        wanted: versions by canonical name.
    """
    contents = read_contents(environment)
    against: dict[str, tuple[str, ...]] = {}
    for one in contents.found.values():
        for need in _applying(one, contents.extras[one.name], contents):
            name = _canonical(need.name)
            if name in wanted and not need.specifier.contains(wanted[name], prereleases=True):
                against[name] = (*against.get(name, ()), f"{one.name} {one.version} needs {_words(need)}")
    return against


def _ways(way: list[tuple[str, str]], wanted: str, contents: Contents) -> Iterator[tuple[str, ...]]:
    """Walk down from the end of a way, giving each that arrives; at most so many, for their number can explode."""
    at = way[-1][0]
    if at == wanted:
        yield tuple(words for _, words in way)
        return
    above = {name for name, _ in way}
    given = 0
    for need in _applying(contents.found[at], contents.extras[at], contents):
        below = _canonical(need.name)
        if below in contents.found and below not in above:
            for found in _ways([*way, (below, _words(need))], wanted, contents):
                yield found
                given += 1
                if given >= MOST:
                    return


def _grow(name: str, asked: Requirement | None, contents: Contents, seen: set[str]) -> Node:
    one = contents.found[name]
    words = _words(asked) if asked else None
    needs = _applying(one, frozenset(asked.extras) if asked else contents.extras[name], contents)
    if name in seen:
        return Node(name, one.version, words, (), again=bool(needs))
    seen.add(name)
    below = [need for need in needs if _canonical(need.name) in contents.found]
    return Node(name, one.version, words, tuple(_grow(_canonical(need.name), need, contents, seen) for need in below))


def _with_extras(contents: Contents) -> Contents:
    """Find out which extras were asked for: by other distributions; by users, where everything of one is installed."""
    extras = {
        name: _complete(one, contents) if name in contents.roots else frozenset[str]()
        for name, one in contents.found.items()
    }
    waiting = list(contents.found)
    while waiting:
        name = waiting.pop()
        for need in _applying(contents.found[name], extras[name], contents):
            below = _canonical(need.name)
            if below in extras and not need.extras <= extras[below]:
                extras[below] |= need.extras
                waiting.append(below)
    return contents.replace(extras=extras)


def _complete(one: Installed, contents: Contents) -> frozenset[str]:
    """Give the extras of which everything is installed."""
    plain = {need.name for need in _applying(one, frozenset(), contents)}
    present = []
    for extra in one.extras:
        more = [need for need in _applying(one, frozenset({extra}), contents) if need.name not in plain]
        if more and all(_canonical(need.name) in contents.found for need in more):
            present.append(extra)
    return frozenset(present)


def _applying(one: Installed, extras: frozenset[str], contents: Contents) -> list[Requirement]:
    """Give the needs that hold here, with those of the extras that were asked for."""
    contexts = [{**contents.markers, "extra": extra} for extra in ("", *extras)]
    return [need for need in one.requires if need.marker is None or any(map(need.marker.evaluate, contexts))]


def _words(need: Requirement) -> str:
    extras = f"[{','.join(sorted(need.extras))}]" if need.extras else ""
    return f"{_canonical(need.name)}{extras}{need.specifier}"


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def unmet(contents: Contents, name: str) -> list[str]:
    """Say what a distribution needs and does not have, a sentence each."""
    one = contents.found[name]
    said = []
    for need in _applying(one, contents.extras[one.name], contents):
        other = contents.found.get(_canonical(need.name))
        if other is None:
            said.append(f"needs {_words(need)}, which is not there")
        elif not need.specifier.contains(other.version, prereleases=True):
            said.append(f"needs {_words(need)}, and {other.version} is there")
    python = contents.markers["python_full_version"]
    if one.python and python and not _fits(one.python, python):
        said.append(f"is for Python {one.python}, and this is {python}")
    return said


def _fits(specifier: str, version: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def read_contents(environment: Environment) -> Contents:
    """Read the metadata of everything that is installed."""
    known = manifest.read(environment.path)
    short = known.short if known else environment.short
    site = manifest.packages(environment.path, short)
    read = [(_metadata(file), file.parent) for file in sorted(site.glob("*.dist-info/METADATA"))]
    markers = {"python_version": short, "python_full_version": environment.version}
    found = {one.name: one for one, _ in read}
    folders = {one.name: folder for one, folder in read}
    return _with_extras(Contents(found, known.roots if known else (), markers, folders, {}))


def _metadata(file: Path) -> Installed:
    """Read name, version, needs and licence (core metadata)."""
    from email.parser import HeaderParser

    from packaging.requirements import InvalidRequirement, Requirement

    with file.open(encoding="utf-8", errors="replace") as stream:
        headers = HeaderParser().parse(stream, headersonly=True)
    needs = []
    for text in headers.get_all("Requires-Dist", []):
        try:
            needs.append(Requirement(str(text)))
        except InvalidRequirement:
            continue  # old metadata; the installer read it in its own way
    name, _, version = file.parent.name.removesuffix(".dist-info").rpartition("-")
    return Installed(
        _canonical(str(headers["Name"] or name)),
        str(headers["Version"] or version),
        tuple(needs),
        tuple(headers.get_all("Provides-Extra", [])),
        _licence(headers),
        _one_line(headers.get("Summary")),
        _one_line(headers.get("Requires-Python")),
    )


def _licence(headers: Message) -> str | None:
    """Give a licence's name: its expression (PEP 639), its field unless that holds the whole text, its classifier."""
    for field in ("License-Expression", "License"):
        said = _one_line(headers.get(field))
        if said and len(said) <= LONGEST and said.upper() != "UNKNOWN":
            return said
    kinds = [str(one) for one in headers.get_all("Classifier", []) if str(one).startswith("License :: ")]
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds) or None


def _one_line(value: object) -> str | None:
    return " ".join(str(value).split()) or None if value else None
