"""Which sources there are of a name, and which of them fit what is asked."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import parse_qsl

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidSdistFilename, parse_sdist_filename
from packaging.version import Version

from roost.distributions.folders import path_of
from roost.distributions.index import Index
from roost.distributions.names import UnreadableRequirement, canonical, parse
from roost.distributions.values import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions.pages import File
    from roost.distributions.requests import Request
    from roost.distributions.resolve import Means

UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
VCS = "git+"


def newest_first(name: str, request: Request, means: Means, said: str, *, offline: bool) -> list[Artifact]:
    """List the sources of a name that fit: the request's versions, those that the resolver speaks of, Python, age.

    Args:
        said: the resolver's words; what it says that others depend on counts.

    Raises:
        IndexUnreachable: the index does not answer.
    """
    index = Index(request.indexes, home=means.home, settings=means.settings, offline=offline, environ=means.environ)
    project = index.project(name)
    wanted = _wanted(name, request, said)
    latest = moment(request.exclude_newer) if request.exclude_newer else None
    found: dict[Version, File] = {}
    for file in project.project.files if project else ():
        version = _version(file, name, request.interpreter.full)
        if version is None or not wanted.contains(version, prereleases=True):
            continue
        if (
            request.exclude_newer
            and not request.timeless
            and (latest is None or file.uploaded is None or file.uploaded > latest)
        ):
            continue
        found.setdefault(version, file)
    final = [version for version in found if not version.is_prerelease]
    return [_artifact(name, one, found[one]) for one in sorted(final or found, reverse=True)]


def direct(text: str) -> Artifact | None:
    """Read a requirement with an address (PEP 508, PEP 440 "Direct references") as a source; None: it names a wheel, or none."""
    try:
        parsed = parse(text)
    except UnreadableRequirement:
        return None
    if not parsed.url:
        return None
    place, _, fragment = parsed.url.partition("#")
    parts = dict(parse_qsl(fragment))
    below = f"#subdirectory={parts['subdirectory']}" if parts.get("subdirectory") else ""
    if place.startswith(VCS):
        scheme, _, rest = place.partition("://")
        host, slash, path = rest.partition("/")
        path, _, commit = path.partition("@")
        url = f"{scheme}://{host}{slash}{path}"
        return Artifact(parsed.name, "", path.rpartition("/")[2], url + below, None, None, commit)
    filename = place.rstrip("/").rpartition("/")[2]
    if filename.endswith(".whl"):
        return None
    return Artifact(parsed.name, "", filename, place + below, parts.get("sha256"), None)


def place_of(source: Artifact) -> Path:
    """Give where a source with a `file:` address lies."""
    return path_of(source.url.partition("#")[0])


def moment(text: str) -> float | None:
    """Read an age limit as the engine does, a date, a time or a span before now; gives seconds since the epoch, None: it is none of these."""
    import datetime as dt

    span = re.fullmatch(r"\s*(\d+)\s*(second|minute|hour|day|week)s?\s*(ago)?\s*", text)
    if span:
        return time.time() - int(span[1]) * UNITS[span[2]]
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        found += dt.timedelta(days=1)  # all of that day
    return found.timestamp()


def _wanted(name: str, request: Request, said: str) -> SpecifierSet:
    texts = [*request.requirements, *request.constraints]
    clauses = [versions for one in texts if (versions := _of(one, name))]
    pattern = rf"(?:depends on|require) {re.escape(name)}(?:\[[^\]]*\])?((?:[<>=!~]=?=?[^\s,]+,?)+)"
    clauses += [found.rstrip(",.") for found in re.findall(pattern, said)]
    wanted = SpecifierSet()
    for clause in clauses:
        try:
            wanted &= SpecifierSet(clause)
        except InvalidSpecifier:
            continue
    return wanted


def _of(text: str, name: str) -> str:
    try:
        parsed = parse(text)
    except UnreadableRequirement:
        return ""
    return parsed.versions if canonical(parsed.name) == name else ""


def _version(file: File, name: str, python: str) -> Version | None:
    if file.is_wheel or file.yanked:
        return None
    try:
        found, version = parse_sdist_filename(file.filename)
        if file.requires_python and not SpecifierSet(file.requires_python).contains(python, prereleases=True):
            return None
    except (InvalidSdistFilename, InvalidSpecifier):
        return None
    return version if found == name else None


def _artifact(name: str, version: Version, file: File) -> Artifact:
    return Artifact(name, str(version), file.filename, file.url, file.sha256, file.size)
