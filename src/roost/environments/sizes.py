"""Bytes on disk, each file once however many names it has: hard links to the engine's cache are the rule here."""

from __future__ import annotations

import os

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from roost.home import Home

    from .values import Environment

    Inode = tuple[int, int]  # device and number


class File(Value):
    """What a folder has of one file."""

    bytes: int  # on disk
    links: int  # names that it has anywhere
    here: int  # names that it has in the folder
    bytecode: bool
    changed: float  # when it was last written or got or lost a name; seconds since the epoch


class Usage(Value):
    """The bytes on disk of a folder, bytecode apart because it comes with the first run."""

    own: int  # nobody outside of the folder has these files
    shared: int  # of files that have names outside of it too: in the engine's cache, in other environments
    bytecode: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.own + self.shared + self.bytecode


class HomeUsage(Value):
    """The bytes on disk of a home, each file once."""

    total: int
    environments: int  # all of them together, bytecode included
    cache: int  # the engine's
    both: int  # in an environment and in the engine's cache: counted in each of the two, once in the total
    bytecode: int  # of all environments


class Ledger:
    """The names that files have left while folders are taken away one after the other."""

    def __init__(self) -> None:
        """Know of no folder yet."""
        self._left: dict[Inode, int] = {}

    def frees(self, files: dict[Inode, File]) -> int:
        """Tell how many bytes come free when a folder goes now."""
        return sum(one.bytes for inode, one in files.items() if self._left.get(inode, one.links) <= one.here)

    def take(self, files: dict[Inode, File]) -> int:
        """Take a folder away; gives the bytes that come free."""
        freed = self.frees(files)
        for inode, one in files.items():
            self._left[inode] = self._left.get(inode, one.links) - one.here
        return freed

    def shared(self, files: dict[Inode, File]) -> bool:
        """Tell whether a file of the folder still has a name elsewhere."""
        return any(self._left.get(inode, one.links) > one.here for inode, one in files.items())


def usage(folder: Path) -> Usage:
    """Add up a folder: what it has alone, what it shares, its bytecode."""
    own = shared = bytecode = 0
    for one in files(folder).values():
        if one.bytecode:
            bytecode += one.bytes
        elif one.links > one.here:
            shared += one.bytes
        else:
            own += one.bytes
    return Usage(own, shared, bytecode)


def of_home(home: Home) -> HomeUsage:
    """Add up a whole home."""
    environments = files(home.environments)
    cache = files(home.engine_cache)
    every = environments | cache
    for folder in (home.data, home.state, home.cache):
        every |= files(folder, without=(home.environments, home.engine_cache))
    return HomeUsage(
        total=_bytes(every.values()),
        environments=_bytes(environments.values()),
        cache=_bytes(cache.values()),
        both=_bytes(environments[inode] for inode in environments.keys() & cache.keys()),
        bytecode=_bytes(one for one in environments.values() if one.bytecode),
    )


def parted(folders: Sequence[Path], cache: Path) -> list[int]:
    """Part the bytes of folders among them: what several have counts for each by its share; last what only the cache has."""
    having = [files(folder) for folder in folders]
    holders: dict[Inode, int] = {}
    for one in having:
        for inode in one:
            holders[inode] = holders.get(inode, 0) + 1
    shares = [round(sum(file.bytes / holders[inode] for inode, file in one.items())) for one in having]
    return [*shares, _bytes(file for inode, file in files(cache).items() if inode not in holders)]


def size(environment: Environment) -> int:
    """Add up the bytes on disk of an environment, files with several names in it once."""
    return _bytes(files(environment.path).values())


def files(folder: Path, *, without: Iterable[Path] = ()) -> dict[Inode, File]:
    """Read what a folder has, by inode; links are not followed, what vanishes meanwhile is not there."""
    found: dict[Inode, File] = {}
    for name, facts in _walk(os.fspath(folder), frozenset(map(os.fspath, without))):
        inode = facts.st_dev, facts.st_ino
        before = found[inode].here if inode in found else 0
        found[inode] = File(facts.st_blocks * 512, facts.st_nlink, before + 1, name.endswith(".pyc"), facts.st_ctime)
    return found


def _bytes(every: Iterable[File]) -> int:
    return sum(one.bytes for one in every)


def _walk(folder: str, without: frozenset[str]) -> Iterator[tuple[str, os.stat_result]]:
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        yield entry.name, entry.stat(follow_symlinks=False)
                    elif entry.path not in without:
                        waiting.append(entry.path)
        except OSError:
            continue
