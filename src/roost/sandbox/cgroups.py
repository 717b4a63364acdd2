"""Control groups: limits that hold for all processes of a run together, where this user may make groups."""

from __future__ import annotations

import os
import time

from roost.contexts import suppress
from roost.values import Value

from .values import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
else:
    import _signal as signal  # `signal` itself loads enum

ROOT = "/sys/fs/cgroup"
MOST = 1 << 22  # pages and processes: more than there are
ALONE = (
    "tasks"  # of version 1: one thread that moves itself waits for nobody; for a whole process all others are held up
)
NAME = "roost"  # the group below which those of runs are made
PATIENCE = 5.0  # seconds that ending what is in a group may take


class Group(Value):
    """The groups of one run: one for each controller (version 1), or one for all (version 2)."""

    folders: tuple[str, ...]
    held: tuple[str, ...]  # the limits that they hold: "memory", "processes"
    file: str = "cgroup.procs"  # in each of them, what a process with one thread writes itself into
    joined: bool = False  # we are in them ourselves, and so is what we start; whoever waits for us removes them

    @property
    def files(self) -> tuple[str, ...]:
        """What a process writes itself into."""
        return () if self.joined else tuple(f"{folder}/{self.file}" for folder in self.folders)

    def processes(self) -> tuple[int, ...]:
        """List who is in it."""
        found: set[int] = set()
        for folder in self.folders:
            with suppress(OSError, ValueError):
                found |= set(map(int, _read(f"{folder}/cgroup.procs").split()))
        return tuple(found)

    def ran_out(self) -> str | None:
        """Say which limit was reached: "memory", "processes", or None."""
        for folder in self.folders:
            for file, key, what in (
                ("memory.events", "oom_kill", "memory"),
                ("memory.oom_control", "oom_kill", "memory"),
                ("pids.events", "max", "processes"),
            ):
                if _number(f"{folder}/{file}", key):
                    return what
        return None

    def end(self) -> None:
        """Kill everybody in it, and remove it; who is in one that we have joined is a descendant of ours, and ended as that."""
        if self.joined:
            return
        until = time.monotonic() + PATIENCE
        while self.processes() and time.monotonic() < until:
            for folder in self.folders:
                _set(f"{folder}/cgroup.kill", 1)
            for process in self.processes():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
        for folder in self.folders:
            _removed(folder)


_ahead: Group | None = None


def join_ahead() -> None:
    """Make the groups of the one run that this process will start, and join them: joining takes long (an RCU period)."""
    global _ahead  # noqa: PLW0603  # of this process, as being in them is
    found = _named(f"run-{os.getpid()}-0", Limits(memory=MOST << 12, processes=MOST))
    if found is None:
        return
    if all(_set(file, 0) for file in found.files):
        _ahead = found.replace(joined=True)


def remove(process: int) -> None:
    """Remove the groups that a process has joined ahead, which has ended."""
    for above in _places():
        _removed(f"{above}/run-{process}-0")


def make(limits: Limits) -> Group | None:
    """Make groups that hold a run's memory and processes; None where that cannot be done, or nothing is limited."""
    if limits.memory is None and limits.processes is None:
        return None
    if _ahead is not None:
        return _limited(_ahead, limits)
    return _named(f"run-{os.getpid()}-{os.urandom(4).hex()}", limits)


def _limited(ahead: Group, limits: Limits) -> Group:
    """Set the limits of groups that we are in; a process more is ours."""
    if limits.processes is not None:
        limits = limits.replace(processes=limits.processes + 1)
    held = (what for folder in ahead.folders for what in _hold(folder, limits) if what in ahead.held)
    return ahead.replace(held=tuple(held))


def _hold(folder: str, limits: Limits) -> tuple[str, ...]:
    """Set those limits of a group for which it has files, in both versions; gives what it holds."""
    held = []
    most = limits.memory
    if most is not None and any(_set(f"{folder}/{file}", most) for file in ("memory.max", "memory.limit_in_bytes")):
        # Swap is counted only where the kernel was told to.
        for file, value in (("memory.swap.max", 0), ("memory.memsw.limit_in_bytes", most), ("memory.oom.group", 1)):
            _set(f"{folder}/{file}", value)
        held.append("memory")
    if limits.processes is not None and _set(f"{folder}/pids.max", limits.processes):
        held.append("processes")
    return tuple(held)


def _named(name: str, limits: Limits) -> Group | None:
    return _version_2(name, limits) if _one_hierarchy() else _version_1(name, limits)


def _places() -> tuple[str, ...]:
    """Name the folders below which groups of runs lie."""
    own = _own_v2()
    return (
        *((own,) if own else ()),
        f"{ROOT}/{NAME}",
        *(f"{ROOT}/{controller}/{NAME}" for controller in ("memory", "pids")),
    )


def left() -> Iterator[str]:
    """Give the groups of runs whose roost is gone."""
    for above in _places():
        for name in _below(above):
            kind, _, rest = name.partition("-")
            owner = rest.partition("-")[0]
            if kind == "run" and owner.isdecimal() and not os.path.exists(f"/proc/{owner}"):  # noqa: PTH110
                yield f"{above}/{name}"


def sweep() -> None:
    """End what is in groups of runs whose roost was killed, and remove them."""
    for folder in left():
        Group((folder,), ()).end()


def _version_1(name: str, limits: Limits) -> Group | None:
    folders, held = [], list[str]()
    for controller, most in (("memory", limits.memory), ("pids", limits.processes)):
        folder = f"{ROOT}/{controller}/{NAME}/{name}"
        if most is None or not _made(folder):
            continue
        if found := _hold(folder, limits):
            folders.append(folder)
            held += found
        else:
            _removed(folder)
    return Group(tuple(folders), tuple(held), ALONE) if folders else None


def _version_2(name: str, limits: Limits) -> Group | None:
    above = _own_v2()
    if above is None or not _made(f"{above}/{name}"):
        return None
    folder = f"{above}/{name}"
    held = _hold(folder, limits)
    if not held:
        _removed(folder)
        return None
    return Group((folder,), held)


def _own_v2() -> str | None:
    """Give the folder below which this process may make groups (version 2): the root for root, else one that was delegated."""
    if not _one_hierarchy():
        return None
    if os.geteuid() == 0:
        folder = f"{ROOT}/{NAME}"
        with suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        for place in (ROOT, folder):
            _set(f"{place}/cgroup.subtree_control", "+memory +pids")
        return folder
    with suppress(OSError):
        own = ROOT + _read("/proc/self/cgroup").strip().rpartition(":")[2].rstrip("/")
        above = os.path.dirname(own)  # noqa: PTH120
        return above if os.access(f"{above}/cgroup.procs", os.W_OK) else None
    return None


def _one_hierarchy() -> bool:
    return os.path.exists(f"{ROOT}/cgroup.controllers")  # noqa: PTH110


def _made(folder: str) -> bool:
    try:
        os.makedirs(folder)  # noqa: PTH103
    except OSError:
        return False
    return True


def _removed(folder: str) -> None:
    with suppress(OSError):
        os.rmdir(folder)  # noqa: PTH106


def _below(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _read(file: str) -> str:
    with open(file, encoding="ascii") as lines:  # noqa: PTH123
        return lines.read()


def _set(file: str, value: int | str) -> bool:
    """Write into a file of the kernel's; it makes none, so that one of another version's is none."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(descriptor, str(value).encode())
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _number(file: str, key: str) -> int:
    try:
        lines = _read(file).splitlines()
    except OSError:
        return 0
    for line in lines:
        name, _, value = line.partition(" ")
        if name == key and value.isdecimal():
            return int(value)
    return 0
