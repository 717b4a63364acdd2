"""Which extras of what is installed are there as a whole: what tells whether a lock answers `name[extra]`."""

from __future__ import annotations

import re
from email.parser import HeaderParser

from roost.environments import manifest
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from packaging.requirements import Requirement

    from roost.environments import Environment


class _Installed(Value):
    extras: tuple[str, ...]  # that it offers
    needs: tuple[Requirement, ...]


def present(environment: Environment, short: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give each distribution that offers extras with those of which everything is installed, sorted.

    Args:
        short: the version of the environment's Python, "3.11".
    """
    site = manifest.packages(environment.path, short)
    installed = dict(_metadata(file) for file in sorted(site.glob("*.dist-info/METADATA")))
    markers = {"python_version": short, "python_full_version": environment.version}
    found = []
    for name, one in sorted(installed.items()):
        whole = tuple(sorted(extra for extra in one.extras if _whole(name, extra, installed, markers, frozenset())))
        if whole:
            found.append((name, whole))
    return tuple(found)


def _whole(
    name: str, extra: str, installed: Mapping[str, _Installed], markers: Mapping[str, str], above: frozenset[str]
) -> bool:
    """Tell whether everything that `name[extra]` needs is installed, with the extras that it asks for in turn."""
    here = f"{name}[{extra}]"
    if here in above:
        return True
    for need in installed[name].needs:
        if need.marker and not need.marker.evaluate({**markers, "extra": extra}):
            continue
        below = canonical(need.name)
        if below not in installed:
            return False
        if not all(_whole(below, canonical(one), installed, markers, above | {here}) for one in need.extras):
            return False
    return True


def _metadata(file: Path) -> tuple[str, _Installed]:
    """Read the extras and needs of a distribution (core metadata)."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        headers = HeaderParser().parse(stream, headersonly=True)
    extras = tuple(canonical(str(extra)) for extra in headers.get_all("Provides-Extra", []))
    return canonical(str(headers["Name"])), _Installed(extras, tuple(_readable(headers.get_all("Requires-Dist", []))))


def _readable(texts: Iterable[object]) -> Iterable[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in texts:
        try:
            yield Requirement(str(text))
        except InvalidRequirement:
            continue  # old metadata; the installer read it in its own way


def canonical(name: str) -> str:
    """Give a name in its one form (PEP 503); extras follow the same rule (PEP 685)."""
    return re.sub(r"[-_.]+", "-", name).lower()
