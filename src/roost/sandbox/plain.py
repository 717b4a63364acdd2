"""The tiers without a program of their own: none, limits, and Landlock with a filter of system calls."""

from __future__ import annotations

import os
import resource

from roost.contexts import ExitStack

from . import cgroups, guard, landlock, seccomp, syscalls, system, users
from .confine import Confinement
from .guard import Watched
from .tiers import CannotKeep
from .values import Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cgroups import Group
    from .streams import Stream
    from .values import Ended, Job, Limits, TierName

OPEN_FILES = 1024
SECONDS_MORE = 5  # of processor time beyond the wall-clock limit on every core: a backstop


class Plain:
    """`none`: a process with few variables and nobody of it left behind. `limits`: and bounded."""

    def __init__(self, name: TierName) -> None:
        """Take the name, `none` or `limits`."""
        self.name: TierName = name

    def probe(self) -> Standing:
        """It always works."""
        return Standing(self.name, works=True, about=held_here() if self.name == "limits" else ())

    def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
        """Run a job to its end."""
        if self.name == "limits" and not job.online:
            raise CannotKeep(
                "the tier `limits` cannot keep a program from the network",
                hints=("allow it, `--net all`, or take a stronger tier: `--sandbox auto`",),
            )
        environ = job.environ
        if self.name == "limits":
            environ = environ | {"HOME": job.home}
            os.makedirs(job.home, 0o700, exist_ok=True)  # noqa: PTH103
        group, watched, held = hold(job.limits, (job.folder, job.home))
        steps = Confinement(job.argv, environ, job.folder, group.files if group else (), rlimits(job.limits))
        return guard.run(steps, job.limits, watched, output, errors, stdin=stdin, alive=alive, group=group, held=held)


class Landlock:
    """Files, network and signals by Landlock, system calls by a filter: the one boundary that needs nothing installed."""

    name: TierName = "landlock"

    def probe(self) -> Standing:
        """Start `true` in it."""
        from .probing import tried

        version = landlock.version()
        if not version:
            return Standing(
                self.name, works=False, why="the kernel has no Landlock, or it is switched off",
                hint="start the kernel with `lsm=landlock,…` (Linux 5.13 or newer), or use another tier",
            )  # fmt: skip
        if os.uname().machine not in syscalls.TABLES:
            return Standing(self.name, works=False, why=f"there is no filter of system calls for {os.uname().machine}")
        return tried(self).standing(self.name).replace(about=(("Landlock", f"version {version}"), *held_here()))

    def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
        """Run a job to its end."""
        if job.network and not job.online:
            raise CannotKeep(
                "the tier `landlock` cannot allow some hosts and no others",
                hints=("`--sandbox bubblewrap`, or `--net all`",),
            )
        with ExitStack() as stack:
            home = job.home
            os.makedirs(f"{home}/.cache", 0o700, exist_ok=True)  # noqa: PTH103
            environ = job.environ | {"HOME": home, "TMPDIR": home, "XDG_CACHE_HOME": f"{home}/.cache"}
            readable = [
                *system.PROGRAMS,
                *system.etc(online=job.online),
                *job.readable,
                "/proc",
                "/sys/devices/system/cpu",
            ]
            writable = [job.folder, home, *job.pipes, *(f"/dev/{name}" for name in system.DEVICES)]
            rules = landlock.ruleset(readable, writable, network=job.online)
            stack.callback(os.close, rules)
            families = ("inet", "inet6", "netlink") if job.online else ()
            group, watched, held = hold(job.limits, (job.folder, job.home))
            user = users.another(job.readable, job.folder, fresh=job.fresh)
            users.hand_over(job.pipes, user)
            if user is not None:
                os.chown(home, user, user)
                os.chown(f"{home}/.cache", user, user)
            held |= users.said(user)
            steps = Confinement(
                job.argv, environ, job.folder, group.files if group else (), rlimits(job.limits), user=user,
                drop=True, rules=rules,
                program=seccomp.program(families),
            )  # fmt: skip
            return guard.run(
                steps, job.limits, watched, output, errors, stdin=stdin, alive=alive, group=group, held=held
            )


def hold(limits: Limits, folders: tuple[str, ...]) -> tuple[Group | None, Watched, dict[str, str]]:
    """Decide by what each limit is held: a control group where one can be made, else by looking."""
    group = cgroups.make(limits)
    by_group = group.held if group else ()
    held = dict.fromkeys(by_group, "cgroup")
    if limits.timeout is not None:
        held["timeout"] = "clock"
    if limits.file_size is not None:
        held["file-size"] = "rlimit"
    for name, most in (("memory", limits.memory), ("processes", limits.processes), ("disk", limits.disk)):
        if most is not None and name not in held:
            held[name] = "watched"
    if limits.output is not None:
        held["output"] = "pipe"
    watched = Watched(
        memory=limits.memory if "memory" not in by_group else None,
        processes=limits.processes if "processes" not in by_group else None,
        disk=limits.disk,
        folders=folders,
    )
    return group, watched, held


def held_here() -> tuple[tuple[str, str], ...]:
    """Say by what memory and processes are held on this machine."""
    from .values import MIB, Limits

    group = cgroups.make(Limits(memory=64 * MIB, processes=16))
    by_group = group.held if group else ()
    if group:
        group.end()
    return tuple((name, "cgroup" if name in by_group else "watched") for name in ("memory", "processes"))


def rlimits(limits: Limits) -> tuple[tuple[int, int], ...]:
    """Give the limits that the kernel holds for each process by itself."""
    found = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)]
    if limits.memory is not None:
        found.append(
            (resource.RLIMIT_DATA, limits.memory)
        )  # not the address space: numpy and others reserve much of it
    if limits.file_size is not None:
        found.append((resource.RLIMIT_FSIZE, limits.file_size))
    if limits.timeout is not None:
        found.append((resource.RLIMIT_CPU, int(limits.timeout * (os.cpu_count() or 1)) + SECONDS_MORE))
    return tuple(found)
