"""What a process does to itself between fork and exec: session, limits, user, capabilities, Landlock, seccomp.

Everything that can be prepared is prepared before the fork; the order of the steps is that in which each still may.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct

from roost.contexts import suppress
from roost.values import Value

from . import landlock
from .syscalls import (
    PR_CAP_AMBIENT,
    PR_CAP_AMBIENT_CLEAR_ALL,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

SECCOMP_MODE_FILTER = 2
_CAPABILITIES = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", 0, 0, 0, 0, 0, 0)  # version 3, nothing at all
CANNOT = 126  # the status of a child that could not become the program
_KILL = 9
FIRST = "500"  # where memory runs out it goes before whoever stays beside it (proc_pid_oom_score_adj(5))


class Confinement(Value):
    """The steps, as far as they are wanted."""

    argv: tuple[str, ...]
    environ: dict[str, str]
    folder: str
    cgroups: tuple[str, ...] = ()  # `cgroup.procs` files to join
    rlimits: tuple[tuple[int, int], ...] = ()
    user: int | None = None  # uid and gid to become; None: stay
    drop: bool = False  # give up every capability and new rights
    rules: int | None = None  # Landlock's descriptor
    program: bytes | None = None  # the seccomp filter
    keep: tuple[int, ...] = ()  # descriptors that stay open


def become(steps: Confinement, streams: tuple[int, int, int], failing: int) -> NoReturn:
    """Take the steps and turn into the program; called in a child that has one thread.

    Args:
        streams: what becomes standard input, output and error.
        failing: closed by exec; gets one line where something fails.
    """
    step = "starting"
    try:
        os.setsid()
        libc = ctypes.CDLL(None, use_errno=True)
        _prctl(libc, PR_SET_PDEATHSIG, _KILL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number, inheritable=True)
        _close_others({0, 1, 2, failing, *steps.keep, *([steps.rules] if steps.rules is not None else [])})
        for descriptor in steps.keep:
            os.set_inheritable(descriptor, True)  # noqa: FBT003  # the only way it can be called
        os.umask(0o077)
        with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
            score.write(FIRST)
        step = "joining its control group"
        for file in steps.cgroups:
            with open(file, "w") as group:  # noqa: PTH123
                group.write("0")
        step = "setting its limits"
        for kind, most in steps.rlimits:
            hard = resource.getrlimit(kind)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (least, least))
        step = "giving up rights"
        if steps.drop:
            _give_up(libc, steps.user)
        os.chdir(steps.folder)
        step = "restricting itself (Landlock)"
        if steps.rules is not None:
            landlock.restrict(steps.rules)
            os.close(steps.rules)
        step = "filtering its system calls"
        if steps.program is not None:
            _filter(libc, steps.program)
        step = f"starting `{steps.argv[0]}`"
        os.execve(steps.argv[0], steps.argv, steps.environ)  # noqa: S606
    except OSError as error:
        with suppress(OSError):
            os.write(failing, f"{step}: {error.strerror}".encode())
    finally:
        os._exit(CANNOT)


def _give_up(libc: ctypes.CDLL, user: int | None) -> None:
    """Drop every capability, for this process and what it starts; become another user where one is named."""
    _prctl(libc, PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        for number in range(64):
            if libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
                break
        if user is not None:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header, nothing = _CAPABILITIES
    if libc.capset(header, nothing) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _prctl(libc, PR_SET_DUMPABLE, 0)
    _prctl(libc, PR_SET_PDEATHSIG, _KILL)  # becoming another user has taken it back


def _filter(libc: ctypes.CDLL, program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    whole = Program(len(program) // 8, ctypes.addressof(buffer))
    _prctl(libc, PR_SET_NO_NEW_PRIVS, 1)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _close_others(kept: set[int]) -> None:
    """Close what we have inherited and nobody meant the program to have."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) not in kept:
            with suppress(OSError):
                os.close(int(name))
