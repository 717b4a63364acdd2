"""Control groups: limits that hold for all processes of a run together, where this user may make groups."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Limits

ROOT = Path("/sys/fs/cgroup")
NAME = "roost"  # the group below which those of runs are made
PATIENCE = 5.0  # seconds that ending what is in a group may take


class Group(Value):
    """The groups of one run: one for each controller (version 1), or one for all (version 2)."""

    folders: tuple[Path, ...]
    held: tuple[str, ...]  # the limits that they hold: "memory", "processes"

    @property
    def files(self) -> tuple[str, ...]:
        """What a process writes itself into."""
        return tuple(str(folder / "cgroup.procs") for folder in self.folders)

    def processes(self) -> tuple[int, ...]:
        """List who is in it."""
        found: set[int] = set()
        for folder in self.folders:
            with suppress(OSError, ValueError):
                found |= set(map(int, (folder / "cgroup.procs").read_text().split()))
        return tuple(found)

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
            for folder in self.folders:
                with suppress(OSError):
                    (folder / "cgroup.kill").write_text("1")
            for process in self.processes():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
        for folder in self.folders:
            with suppress(OSError):
                folder.rmdir()


def make(limits: Limits) -> Group | None:
    """Make groups that hold a run's memory and processes; None where that cannot be done, or nothing is limited."""
    if limits.memory is None and limits.processes is None:
        return None
    name = f"run-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return _version_2(name, limits) if (ROOT / "cgroup.controllers").exists() else _version_1(name, limits)


def left() -> Iterator[Path]:
    """Give the groups of runs whose roost is gone."""
    for above in (ROOT / NAME, *(ROOT / controller / NAME for controller in ("memory", "pids")), _own_v2()):
        for folder in above.glob("run-*") if above else ():
            owner = folder.name.split("-")[1]
            if owner.isdecimal() and not Path("/proc", owner).exists():
                yield folder


def sweep() -> None:
    """End what is in groups of runs whose roost was killed, and remove them."""
    for folder in left():
        Group((folder,), ()).end()


def _version_1(name: str, limits: Limits) -> Group | None:
    folders, held = [], []
    wanted = (
        ("memory", "memory", limits.memory, ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
        ("pids", "processes", limits.processes, ("pids.max",)),
    )
    for controller, what, most, files in wanted:
        folder = ROOT / controller / NAME / name
        if most is None or not _made(folder):
            continue
        if not _set(folder / files[0], most):
            with suppress(OSError):
                folder.rmdir()
            continue
        for file in files[1:]:  # swap is counted only where the kernel was told to
            _set(folder / file, most)
        folders.append(folder)
        held.append(what)
    return Group(tuple(folders), tuple(held)) if folders else None


def _version_2(name: str, limits: Limits) -> Group | None:
    above = _own_v2()
    if above is None or not _made(above / name):
        return None
    folder, held = above / name, []
    if limits.memory is not None and _set(folder / "memory.max", limits.memory):
        _set(folder / "memory.swap.max", 0)
        _set(folder / "memory.oom.group", 1)
        held.append("memory")
    if limits.processes is not None and _set(folder / "pids.max", limits.processes):
        held.append("processes")
    if not held:
        with suppress(OSError):
            folder.rmdir()
        return None
    return Group((folder,), tuple(held))


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
        file.write_text(str(value))
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
