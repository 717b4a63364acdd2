"""Control groups: limits that hold for all processes of a run together, where this user may make groups."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

from roost.values import Value

from .values import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path("/sys/fs/cgroup")
MOST = 1 << 22  # pages and processes: more than there are
NAME = "roost"  # the group below which those of runs are made
PATIENCE = 5.0  # seconds that ending what is in a group may take


class Group(Value):
    """The groups of one run: one for each controller (version 1), or one for all (version 2)."""

    folders: tuple[Path, ...]
    held: tuple[str, ...]  # the limits that they hold: "memory", "processes"
    joined: bool = False  # we are in them ourselves, and so is what we start; whoever waits for us removes them

    @property
    def files(self) -> tuple[str, ...]:
        """What a process writes itself into."""
        return () if self.joined else tuple(str(folder / "cgroup.procs") for folder in self.folders)

    def processes(self) -> tuple[int, ...]:
        """List who is in it."""
        found: set[int] = set()
        for folder in self.folders:
            with suppress(OSError, ValueError):
                found |= set(map(int, (folder / "cgroup.procs").read_text().split()))
        return tuple(found - {os.getpid()})

    def ran_out(self) -> str | None:
        """Say which limit was reached: "memory", "processes", or None."""
        for folder in self.folders:
            for file, key, what in (
                ("memory.events", "oom_kill", "memory"),
                ("memory.oom_control", "oom_kill", "memory"),
                ("pids.events", "max", "processes"),
            ):
                if _number(folder / file, key):
                    return what
        return None

    def end(self) -> None:
        """Kill everybody in it, and remove it."""
        import signal

        until = time.monotonic() + PATIENCE
        while self.processes() and time.monotonic() < until:
            for folder in self.folders if not self.joined else ():
                with suppress(OSError):
                    (folder / "cgroup.kill").write_text("1")
            for process in self.processes():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
        for folder in self.folders if not self.joined else ():
            with suppress(OSError):
                folder.rmdir()


_ahead: Group | None = None


def join_ahead() -> None:
    """Make the groups of the one run that this process will start, and join them: joining takes long (an RCU period)."""
    global _ahead  # noqa: PLW0603  # of this process, as being in them is
    found = _named(f"run-{os.getpid()}-0", Limits(memory=MOST << 12, processes=MOST))
    if found is None:
        return
    with suppress(OSError):
        for file in found.files:
            Path(file).write_text("0")
        _ahead = found.replace(joined=True)


def remove(process: int) -> None:
    """Remove the groups that a process has joined ahead, which has ended."""
    for above in _places():
        with suppress(OSError):
            (above / f"run-{process}-0").rmdir()


def make(limits: Limits) -> Group | None:
    """Make groups that hold a run's memory and processes; None where that cannot be done, or nothing is limited."""
    if limits.memory is None and limits.processes is None:
        return None
    if _ahead is not None:
        return _limited(_ahead, limits)
    return _named(f"run-{os.getpid()}-{uuid.uuid4().hex[:8]}", limits)


def _limited(ahead: Group, limits: Limits) -> Group:
    """Set the limits of groups that we are in; a process more is ours."""
    if limits.processes is not None:
        limits = limits.replace(processes=limits.processes + 1)
    held = (what for folder in ahead.folders for what in _hold(folder, limits) if what in ahead.held)
    return ahead.replace(held=tuple(held))


def _hold(folder: Path, limits: Limits) -> tuple[str, ...]:
    """Set those limits of a group for which it has files, in both versions; gives what it holds."""
    held = []
    most = limits.memory
    if most is not None and any(_set(folder / file, most) for file in ("memory.max", "memory.limit_in_bytes")):
        # Swap is counted only where the kernel was told to.
        for file, value in (("memory.swap.max", 0), ("memory.memsw.limit_in_bytes", most), ("memory.oom.group", 1)):
            _set(folder / file, value)
        held.append("memory")
    if limits.processes is not None and _set(folder / "pids.max", limits.processes):
        held.append("processes")
    return tuple(held)


def _named(name: str, limits: Limits) -> Group | None:
    return _version_2(name, limits) if (ROOT / "cgroup.controllers").exists() else _version_1(name, limits)


def _places() -> tuple[Path, ...]:
    """Name the folders below which groups of runs lie."""
    own = _own_v2()
    return (*((own,) if own else ()), ROOT / NAME, *(ROOT / controller / NAME for controller in ("memory", "pids")))


def left() -> Iterator[Path]:
    """Give the groups of runs whose roost is gone."""
    for above in _places():
        for folder in above.glob("run-*"):
            owner = folder.name.split("-")[1]
            if owner.isdecimal() and not Path("/proc", owner).exists():
                yield folder


def sweep() -> None:
    """End what is in groups of runs whose roost was killed, and remove them."""
    for folder in left():
        Group((folder,), ()).end()


def _version_1(name: str, limits: Limits) -> Group | None:
    folders, held = [], list[str]()
    for controller, most in (("memory", limits.memory), ("pids", limits.processes)):
        folder = ROOT / controller / NAME / name
        if most is None or not _made(folder):
            continue
        if found := _hold(folder, limits):
            folders.append(folder)
            held += found
        else:
            with suppress(OSError):
                folder.rmdir()
    return Group(tuple(folders), tuple(held)) if folders else None


def _version_2(name: str, limits: Limits) -> Group | None:
    above = _own_v2()
    if above is None or not _made(above / name):
        return None
    folder = above / name
    held = _hold(folder, limits)
    if not held:
        with suppress(OSError):
            folder.rmdir()
        return None
    return Group((folder,), held)


def _own_v2() -> Path | None:
    """Give the folder below which this process may make groups (version 2): the root for root, else one that was delegated."""
    if not (ROOT / "cgroup.controllers").exists():
        return None
    if os.geteuid() == 0:
        folder = ROOT / NAME
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            for place in (ROOT, folder):
                (place / "cgroup.subtree_control").write_text("+memory +pids")
        return folder
    with suppress(OSError):
        own = ROOT / Path("/proc/self/cgroup").read_text().strip().rpartition(":")[2].lstrip("/")
        return own.parent if os.access(own.parent / "cgroup.procs", os.W_OK) else None
    return None


def _made(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True)
    except OSError:
        return False
    return True


def _set(file: Path, value: int) -> bool:
    try:
        file.write_text(str(value))  # in these file systems nothing is made by writing
    except OSError:
        return False
    return True


def _number(file: Path, key: str) -> int:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        name, _, value = line.partition(" ")
        if name == key and value.isdecimal():
            return int(value)
    return 0
