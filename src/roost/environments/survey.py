"""All about one environment: what each distribution takes on disk, who needs it, its licence, what is wrong with it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from roost.values import Value

from . import manifest
from .inspecting import read_contents, unmet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .values import Environment

    Walked = dict[str, os.stat_result]  # path relative to the environment → facts


class Part(Value):
    """A folder or module of a distribution."""

    name: str
    bytes: int


class Entry(Value):
    """One distribution."""

    name: str
    version: str
    root: bool  # somebody asked for it
    bytes: int  # on disk, its bytecode included; what it shares with another one counts for the first
    bytecode: int
    parts: tuple[Part, ...]  # largest first
    needs: tuple[tuple[str, str], ...]  # (name, the words that ask for it)
    needed_by: tuple[str, ...]
    licence: str | None
    summary: str | None
    breaks: tuple[str, ...]  # what is wrong with it, a sentence each


class Survey(Value):
    """One environment."""

    environment: Environment
    entries: tuple[Entry, ...]  # largest first
    rest: int  # bytes of files that belong to no distribution
    total: int  # bytes on disk


def survey(environment: Environment, *, yanked: Iterable[str] = ()) -> Survey:
    """Look at every file and all metadata of an environment; nothing is executed.

    Args:
        yanked: canonical names of which the installed version was taken back by its maker, where somebody knows.
    """
    walked = dict(_walk(environment.path))
    contents = read_contents(environment)
    short = ".".join(environment.version.split(".")[:2])
    site = manifest.packages(environment.path, short)
    records = {name: _record(folder, site, environment.path) for name, folder in contents.folders.items()}
    owners: dict[str, str] = {}
    also: dict[str, list[str]] = {}
    for name, paths in records.items():
        for path in paths:
            if owners.setdefault(path, name) != name and path.endswith((".py", ".so")):
                also.setdefault(name, []).append(path)
    taken = _taken(walked, owners)
    needed_by: dict[str, list[str]] = {}
    for one in contents.found.values():
        for need, _ in contents.needs(one.name):
            needed_by.setdefault(need, []).append(one.name)
    gone = set(yanked)
    below = site.relative_to(environment.path).as_posix()
    entries = []
    for name, one in contents.found.items():
        files = taken.get(name, {})
        breaks = [*unmet(contents, name)]
        if name in gone:
            breaks.append(f"{one.version} was yanked: its maker took it back")
        breaks += _damage(records[name], walked, below)
        breaks += _twice(also.get(name, ()), owners, below)
        entries.append(
            Entry(
                name, one.version, name in contents.roots, sum(files.values()),
                sum(size for path, size in files.items() if path.endswith(".pyc")),
                _parts(files, below),
                tuple(contents.needs(name)), tuple(sorted(needed_by.get(name, ()))), one.licence, one.summary, tuple(breaks),
            )
        )  # fmt: skip
    entries.sort(key=lambda one: (-one.bytes, one.name))
    return Survey(environment, tuple(entries), sum(taken.get("", {}).values()), sum(map(_size, walked.values())))


def _walk(top: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Give every file with its path below the environment; one with several names counts for the first."""
    waiting, seen = [os.fspath(top)], set[tuple[int, int]]()
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in sorted(entries, key=lambda one: one.name):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    facts = entry.stat(follow_symlinks=False)
                    if (facts.st_dev, facts.st_ino) not in seen:
                        seen.add((facts.st_dev, facts.st_ino))
                        yield entry.path[len(os.fspath(top)) + 1 :], facts
        except OSError:
            continue


def _size(facts: os.stat_result) -> int:
    return facts.st_blocks * 512


def _record(folder: Path, site: Path, top: Path) -> dict[str, int | None]:
    """Read which files a distribution has, relative to the environment, and their sizes where they are written down."""
    from .integrity import entries

    try:
        found = list(entries(folder / "RECORD"))
    except OSError:
        return {}
    return {os.path.relpath(os.path.join(site, path), top): size for path, _, size in found}  # noqa: PTH118  # thousands


def _taken(walked: Walked, owners: dict[str, str]) -> dict[str, dict[str, int]]:
    """Give each distribution's files with their bytes; bytecode belongs to whom its source does, "" has the rest."""
    taken: dict[str, dict[str, int]] = {}
    for path, facts in walked.items():
        owner = owners.get(path) or owners.get(_source(path), "")
        taken.setdefault(owner, {})[path] = _size(facts)
    return taken


def _source(path: str) -> str:
    """Give the source of a file of bytecode (PEP 3147)."""
    found = re.fullmatch(r"(.*/)?__pycache__/([^/]+?)\.[^/.]+(?:\.opt-\d)?\.pyc", path)
    return f"{found[1] or ''}{found[2]}.py" if found else path


def _damage(record: dict[str, int | None], walked: Walked, site: str) -> list[str]:
    """Compare with RECORD: what is missing, and what has another size. Contents are compared by `verify`, not here.

    Commands have another size where an installer put an interpreter into their first line.
    """
    if not record:
        return ["its RECORD is missing, so nobody knows which files it has"]
    inside = {path: size for path, size in record.items() if path.startswith(f"{site}/") and not path.endswith(".pyc")}
    missing = [path for path in inside if path not in walked]
    changed = [
        path for path, size in inside.items() if size is not None and path in walked and walked[path].st_size != size
    ]
    return [*_listed("missing", missing), *_listed("of another size than it was", changed)]


def _listed(what: str, paths: list[str]) -> list[str]:
    if not paths:
        return []
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return [f"{what}: {', '.join(f'`{path}`' for path in sorted(paths)[:3])}{more}"]


def _twice(paths: Iterable[str], owners: dict[str, str], site: str) -> list[str]:
    """Say which modules another distribution has as well: the last one installed won."""
    modules: dict[tuple[str, str], int] = {}
    for path in paths:
        top = path.removeprefix(f"{site}/").partition("/")[0]
        modules[top.removesuffix(".py"), owners[path]] = modules.get((top.removesuffix(".py"), owners[path]), 0) + 1
    return [f"`{module}` is in `{other}` too: the one installed last won" for module, other in sorted(modules)]


def _parts(files: dict[str, int], site: str) -> tuple[Part, ...]:
    sizes: dict[str, int] = {}
    for path, size in files.items():
        inner = _source(path).removeprefix(f"{site}/")
        top = "/".join(inner.split("/")[:2]) if inner.count("/") > 1 else inner.partition("/")[0]
        sizes[top] = sizes.get(top, 0) + size
    return tuple(Part(name, size) for name, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])))
