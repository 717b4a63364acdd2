"""What a process does to itself between fork and exec: session, limits, user, capabilities, Landlock, seccomp.

Everything that can be prepared is prepared before the fork; the order of the steps is that in which each still may.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct

from roost.contexts import suppress
from roost.errors import Exit, RoostError
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
UMASK = 0o077
ROOM = 256 << 20  # bytes of memory that whoever starts a program has to itself where it takes the program's limits
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

    @property
    def inherited(self) -> bool:
        """Whether whoever starts the program can take every step itself, and the program has them from it."""
        only_after = self.cgroups or self.drop or self.rules is not None or self.program is not None or self.keep
        return not only_after and all(most >= ROOM for kind, most in self.rlimits if kind == resource.RLIMIT_DATA)


class CannotConfine(RoostError):
    """The system refuses a step of the sandbox; the program was not started."""

    code = "cannot-confine"
    exit = Exit.NO_SANDBOX


def start(steps: Confinement, streams: tuple[int, int, int], *, ourselves: bool) -> int:
    """Start a program with the steps taken; gives the number of its process.

    Args:
        streams: what becomes standard input, output and error.
        ourselves: this process may take steps itself, if that suffices: it is for this program alone.

    Raises:
        CannotConfine: a step cannot be taken.
    """
    if ourselves and steps.inherited:
        try:
            return _spawn(steps, streams)
        except OSError as error:
            raise _cannot(f"starting `{steps.argv[0]}`: {error.strerror}") from error
    reading, failing = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        _become(steps, streams, failing)
    os.close(failing)
    with os.fdopen(reading, "rb") as reader:
        trouble = reader.read().decode("utf-8", "replace")
    if trouble:
        os.waitpid(child, 0)
        raise _cannot(trouble)
    return child


def _cannot(why: str) -> CannotConfine:
    return CannotConfine("the sandbox cannot be set up", why=(why,), hints=("see what works here: `roost sandbox`",))


def _spawn(steps: Confinement, streams: tuple[int, int, int]) -> int:
    """Take the steps, which are inherited, and start the program without a copy of this process (posix_spawn(3)).

    A copy takes longer than all the steps. The program does not end with this process as after `_become`: whoever waits
    for us ends it then, or the next sweep of control groups.
    """
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with suppress(OSError):  # the one that has listed them
            os.set_inheritable(int(name), False)  # noqa: FBT003  # the only way it can be called
    os.umask(UMASK)
    _limit(steps.rlimits)
    os.chdir(steps.folder)
    actions = [(os.POSIX_SPAWN_DUP2, stream, number) for number, stream in enumerate(streams)]
    child = os.posix_spawn(steps.argv[0], steps.argv, steps.environ, file_actions=actions, setsid=True)
    _go_first(child)
    return child


def _become(steps: Confinement, streams: tuple[int, int, int], failing: int) -> NoReturn:
    """Take the steps and turn into the program; `failing` is closed by exec, and gets one line where something fails."""
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
        os.umask(UMASK)
        _go_first("self")
        step = "joining its control group"
        for file in steps.cgroups:
            with open(file, "w") as group:  # noqa: PTH123
                group.write("0")
        step = "setting its limits"
        _limit(steps.rlimits)
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


def _limit(rlimits: tuple[tuple[int, int], ...]) -> None:
    """Set limits of this process and of what it starts, none above what it has."""
    for kind, most in rlimits:
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _go_first(process: int | str) -> None:
    with suppress(OSError), open(f"/proc/{process}/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write(FIRST)


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
