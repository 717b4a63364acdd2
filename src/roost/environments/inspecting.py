"""What is in an environment and why, from the metadata of what is installed."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from . import manifest

MOST = 50  # ways that are given: enough to understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


class _Installed(Value):
    name: str
    version: str
    needs: tuple[Requirement, ...]
    extras: tuple[str, ...]  # that it offers


class _Contents(Value):
    """What is installed, by name, what was asked for, and what markers are compared with."""

    found: dict[str, _Installed]
    roots: tuple[str, ...]
    markers: dict[str, str]


def tree(environment: Environment) -> tuple[Node, ...]:
    """Give what was asked for and below each what it needs, each distribution's needs once."""
    contents = _read(environment)
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
    contents = _read(environment)
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
    contents = _read(environment)
    against: dict[str, tuple[str, ...]] = {}
    for one in contents.found.values():
        for need in _applying(one, _present(one, contents), contents):
            name = _canonical(need.name)
            if name in wanted and not need.specifier.contains(wanted[name], prereleases=True):
                against[name] = (*against.get(name, ()), f"{one.name} {one.version} needs {_words(need)}")
    return against


def _ways(way: list[tuple[str, str]], wanted: str, contents: _Contents) -> Iterator[tuple[str, ...]]:
    """Walk down from the end of a way, giving each that arrives; at most so many, for their number can explode."""
    at = way[-1][0]
    if at == wanted:
        yield tuple(words for _, words in way)
        return
    above = {name for name, _ in way}
    given = 0
    for need in _applying(contents.found[at], _present(contents.found[at], contents), contents):
        below = _canonical(need.name)
        if below in contents.found and below not in above:
            for found in _ways([*way, (below, _words(need))], wanted, contents):
                yield found
                given += 1
                if given >= MOST:
                    return


def _grow(name: str, asked: Requirement | None, contents: _Contents, seen: set[str]) -> Node:
    one = contents.found[name]
    words = _words(asked) if asked else None
    needs = _applying(one, frozenset(asked.extras) if asked else _present(one, contents), contents)
    if name in seen:
        return Node(name, one.version, words, (), again=bool(needs))
    seen.add(name)
    below = [need for need in needs if _canonical(need.name) in contents.found]
    return Node(name, one.version, words, tuple(_grow(_canonical(need.name), need, contents, seen) for need in below))


def _present(one: _Installed, contents: _Contents) -> frozenset[str]:
    """Guess the extras that were asked for: those of which everything is installed."""
    plain = {need.name for need in _applying(one, frozenset(), contents)}
    present = []
    for extra in one.extras:
        more = [need for need in _applying(one, frozenset({extra}), contents) if need.name not in plain]
        if more and all(_canonical(need.name) in contents.found for need in more):
            present.append(extra)
    return frozenset(present)


def _applying(one: _Installed, extras: frozenset[str], contents: _Contents) -> list[Requirement]:
    """Give the needs that hold here, with those of the extras that were asked for."""
    contexts = [{**contents.markers, "extra": extra} for extra in ("", *extras)]
    return [need for need in one.needs if need.marker is None or any(map(need.marker.evaluate, contexts))]


def _words(need: Requirement) -> str:
    extras = f"[{','.join(sorted(need.extras))}]" if need.extras else ""
    return f"{_canonical(need.name)}{extras}{need.specifier}"


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _read(environment: Environment) -> _Contents:
    known = manifest.read(environment.path)
    short = known.short if known else ".".join(environment.version.split(".")[:2])
    site = manifest.packages(environment.path, short)
    found = {one.name: one for one in map(_metadata, sorted(site.glob("*.dist-info/METADATA")))}
    markers = {"python_version": short, "python_full_version": environment.version}
    return _Contents(found, known.roots if known else (), markers)


def _metadata(file: Path) -> _Installed:
    """Read name, version and needs (core metadata, "Requires-Dist")."""
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
    return _Installed(
        _canonical(str(headers["Name"])),
        str(headers["Version"]),
        tuple(needs),
        tuple(headers.get_all("Provides-Extra", [])),
    )
