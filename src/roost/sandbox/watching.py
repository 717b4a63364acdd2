"""What no kernel counts for us: the bytes below a folder, the memory of a tree of processes, who belongs to it."""

from __future__ import annotations

import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(root: int, *, without: Collection[int] = ()) -> tuple[int, ...]:
    """List the processes that came from one, itself left out; those whose parents ended count where `root` has them taken over.

    Args:
        without: those that are left out, with what came from them.
    """
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            parent = _parent(name)
            if parent is not None:
                parents.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        children = [one for one in parents.get(waiting.pop(), []) if one not in without]
        found += children
        waiting += children
    return tuple(found)


def memory(processes: Iterable[int]) -> int:
    """Add up the bytes that processes have in memory for themselves: shared pages count for each by its share."""
    return sum(map(_memory, processes))


def threads(processes: Iterable[int]) -> int:
    """Count the threads of processes."""
    total = 0
    for process in processes:
        with suppress(OSError):
            total += len(os.listdir(f"/proc/{process}/task"))  # noqa: PTH208
    return total


def disk(folder: str, *, most: int) -> int:
    """Add up the bytes on disk below a folder, links not followed; stops beyond `most`."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with suppress(OSError):
                        facts = entry.stat(follow_symlinks=False)
                        total += max(facts.st_blocks * 512, 512)  # a name takes something as well
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                if total > most:
                    return total
        except OSError:
            continue
    return total


def _parent(process: str) -> int | None:
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            return int(file.read().rpartition(b") ")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _memory(process: int) -> int:
    try:
        with open(f"/proc/{process}/smaps_rollup", "rb") as file:  # noqa: PTH123
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0
