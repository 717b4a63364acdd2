"""What no kernel counts for us: the bytes below a folder, the memory of a tree of processes, who belongs to it."""

from __future__ import annotations

import ctypes
import os

from roost.contexts import suppress

from .syscalls import PR_SET_CHILD_SUBREAPER

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterable
else:
    import _signal as signal  # `signal` itself loads enum


PAGE = os.sysconf("SC_PAGE_SIZE")
_LISTED = os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # noqa: PTH110  # some kernels do not (CONFIG_PROC_CHILDREN)


def descendants(root: int) -> tuple[int, ...]:
    """List the processes that came from one, itself left out; those whose parents ended count where `root` has them taken over."""
    above = children if _LISTED else _by_parents()
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = above(waiting.pop())
        found += below
        waiting += below
    return tuple(found)


def _by_parents() -> Callable[[int], tuple[int, ...]]:
    """Read the parent of every process; gives what lists the children of one."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            parent = _parent(name)
            if parent is not None:
                parents.setdefault(parent, []).append(int(name))
    return lambda process: tuple(parents.get(process, ()))


def children(process: int) -> tuple[int, ...]:
    """List the processes whose parent one is."""
    if not _LISTED:
        return _by_parents()(process)
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208
            with suppress(OSError), open(f"/proc/{process}/task/{thread}/children", "rb") as file:  # noqa: PTH123
                found += map(int, file.read().split())
    return tuple(found)


def adopt() -> None:
    """Become the parent of what our descendants leave behind (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0)


def end_all() -> None:
    """End whoever is left of our descendants, until nobody is: they are ours since their parents ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        _end_rest()


def _end_rest() -> None:
    while True:
        rest = descendants(os.getpid())
        for process in rest:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        while os.waitpid(-1, 0 if rest else os.WNOHANG)[0]:
            pass


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


def disk(folders: Iterable[str], *, most: int) -> int:
    """Add up the bytes on disk below folders, links not followed; stops beyond `most`."""
    total = 0
    waiting = list(folders)
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
