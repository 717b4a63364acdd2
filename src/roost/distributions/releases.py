"""Which release of a project fits a Python and this platform; the one place that sorts versions."""

from __future__ import annotations

from functools import cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .pages import File, Project


class Release(Value):
    """One version, with the wheel that would be installed."""

    version: Version
    file: File

    @property
    def first(self) -> str:
        """Give the first version of its series: "2" of 2.3.1, "0.4" of 0.4.1."""
        release = self.version.release
        return str(release[0]) if release[0] else f"0.{release[1] if len(release) > 1 else 0}"


def fitting(project: Project, python: tuple[int, int, int], versions: str = "") -> list[Release]:
    """List the releases with a wheel for a CPython here, the newest first; pre-releases only if there is nothing else."""
    try:
        wanted = SpecifierSet(versions)
    except InvalidSpecifier:
        wanted = SpecifierSet()
    found: dict[Version, File] = {}
    for file in project.files:
        version = _version(file, python)
        if version is not None and wanted.contains(version, prereleases=True):
            found.setdefault(version, file)
    final = [version for version in found if not version.is_prerelease]
    return [Release(version, found[version]) for version in sorted(final or found, reverse=True)]


def majors(releases: list[Release]) -> list[Release]:
    """Keep the newest release of each series, newest first."""
    kept: dict[str, Release] = {}
    for release in releases:
        kept.setdefault(release.first, release)
    return list(kept.values())


def _version(file: File, python: tuple[int, int, int]) -> Version | None:
    if not file.is_wheel or file.yanked:
        return None
    try:
        _, version, _, tags = parse_wheel_filename(file.filename)
        if file.requires_python and not SpecifierSet(file.requires_python).contains(
            ".".join(map(str, python)), prereleases=True
        ):
            return None
    except (InvalidWheelFilename, InvalidSpecifier):
        return None
    return version if tags & _tags(python[:2]) else None


@cache
def _tags(python: tuple[int, int]) -> frozenset[Tag]:
    platforms = list(platform_tags())
    interpreter = f"cp{python[0]}{python[1]}"
    return frozenset(
        [
            *cpython_tags(python, platforms=platforms),
            *compatible_tags(python, interpreter=interpreter, platforms=platforms),
        ]
    )
