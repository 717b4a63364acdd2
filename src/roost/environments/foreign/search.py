"""Environments found: in the usual places, and below folders that somebody names; bounded in time and depth."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path

from roost.values import Value

from .places import usual
from .recognise import recognise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .values import Foreign

DEPTH = 8  # folders below one that was named
SECONDS = 20.0
PASSED_BY = frozenset({"node_modules", "__pycache__", ".git", ".hg", ".svn", "proc", "sys", "dev"})


class Seen(Value):
    """What a search found."""

    found: tuple[Foreign, ...]  # sorted by kind and path
    cut: bool  # time ran out: there may be more


def everywhere(
    environ: Mapping[str, str],
    folder: Path,
    *,
    below_these: Iterable[Path] = (),
    without: Path | None = None,
    seconds: float = SECONDS,
) -> Seen:
    """Look into the usual places and below folders; each environment once, however many links lead to it.

    Args:
        folder: the working folder.
        without: a folder that is not looked into: roost's own environments.
        seconds: then it ends with what was found.
    """
    end = time.monotonic() + seconds
    found: dict[str, Foreign] = {}
    left_out = os.path.realpath(without) if without else ""

    def take(path: Path, kind: str | None) -> None:
        real = os.path.realpath(path)
        if real in found or (left_out and real.startswith(f"{left_out}/")):
            return
        one = recognise(Path(real), kind)
        if one:
            found[real] = one

    cut = False
    for path, kind in usual(environ, folder):
        if time.monotonic() > end:
            cut = True
            break
        take(path, kind)
    for top in below_these:
        for candidate in below(top, end=end):
            take(candidate, None)
        cut = cut or time.monotonic() > end
    return Seen(tuple(sorted(found.values(), key=lambda one: (one.kind, one.path))), cut)


def below(top: Path, *, end: float, depth: int = DEPTH) -> Iterator[Path]:
    """Walk down from a folder and give those that look like environments, the nearest first.

    Links are not followed, so that there are no circles; what lies in an environment is not looked at.

    Args:
        end: when to stop, as `time.monotonic` counts.
    """
    waiting = deque([(os.path.realpath(top), 0)])
    while waiting and time.monotonic() < end:
        folder, level = waiting.popleft()
        names, folders = _entries(folder)
        if "pyvenv.cfg" in names:
            yield Path(folder)
        elif "conda-meta" in folders:
            yield Path(folder)
            waiting += [(f"{folder}/envs", level + 1)] if "envs" in folders else []
        elif level < depth:
            waiting += [(f"{folder}/{name}", level + 1) for name in folders if name not in PASSED_BY]


def _entries(folder: str) -> tuple[set[str], list[str]]:
    """List the names of files and of folders; nothing where we may not look."""
    names, folders = set[str](), list[str]()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    names.add(entry.name)
    except OSError:
        pass
    return names, sorted(folders)
