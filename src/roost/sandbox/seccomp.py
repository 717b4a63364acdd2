"""A filter of system calls (seccomp BPF): what no script of anybody needs, and what leads out of a sandbox.

Written from the kernel's `seccomp_data` and `sock_filter`. The table of aarch64 comes from the headers and was never run.
"""

from __future__ import annotations

import errno
import os
import struct

from .syscalls import ARCHITECTURES, OTHER_ABI, TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LOAD, EQUAL, GREATER_OR_EQUAL, ANY_BIT, RETURN, AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in `seccomp_data`

REFUSED = (
    "ptrace", "syslog", "iopl", "ioperm", "pivot_root", "adjtimex", "chroot", "acct", "settimeofday", "mount", "umount2", "swapon", "swapoff",
    "reboot", "sethostname", "setdomainname", "init_module", "delete_module", "quotactl", "lookup_dcookie", "clock_settime", "kexec_load",
    "add_key", "request_key", "keyctl", "unshare", "perf_event_open", "fanotify_init", "open_by_handle_at", "clock_adjtime", "setns",
    "process_vm_readv", "process_vm_writev", "kcmp", "finit_module", "kexec_file_load", "bpf", "userfaultfd", "io_uring_setup",
    "io_uring_enter", "io_uring_register", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "pidfd_getfd",
    "process_madvise", "mount_setattr", "quotactl_fd", "vhangup",
)  # fmt: skip
UNKNOWN = (
    "clone3",
    "openat2",
    "fchmodat2",
)  # answered as by an older kernel: their arguments lie in memory, where nobody can look
NAMESPACES = 0x7E020080  # CLONE_NEW…
SET_ID = 0o6000  # the bits of a mode that lend somebody's rights
O_CREAT = 0o100
TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: what is typed for whoever owns the terminal
DEVICES = (0o020000, 0o060000)  # S_IFCHR, S_IFBLK
FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16}

Instruction = tuple[int, int, int, int]


def program(families: Iterable[str], machine: str | None = None) -> bytes:
    """Give the filter for `prctl(PR_SET_SECCOMP)` and for `bwrap --seccomp`.

    Args:
        families: of sockets that may be made: "unix", "inet", "inet6", "netlink".
        machine: as `uname -m` says it; None: this one's.

    Raises:
        KeyError: there is no table of its system calls.
    """
    machine = machine or os.uname().machine
    numbers = TABLES[machine]
    lines: list[Instruction] = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, ARCHITECTURES[machine]), (RETURN, 0, 0, KILL)]
    lines.append((LOAD, 0, 0, NUMBER))
    if machine == "x86_64":
        lines += [(GREATER_OR_EQUAL, 0, 1, OTHER_ABI), (RETURN, 0, 0, KILL)]
    refused, unknown = _error(errno.EPERM), _error(errno.ENOSYS)
    for name in REFUSED:
        lines += _when(numbers.get(name), [refused])
    for name in UNKNOWN:
        lines += _when(numbers.get(name), [unknown])
    lines += _when(numbers.get("clone"), _bits(0, NAMESPACES, refused))
    for name, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("creat", 1)):
        lines += _when(numbers.get(name), _bits(argument, SET_ID, refused))
    for name, flags in (("open", 1), ("openat", 2)):
        check = [_argument(flags), (ANY_BIT, 0, 3, O_CREAT), _argument(flags + 1), (ANY_BIT, 0, 1, SET_ID), refused]
        lines += _when(numbers.get(name), check)
    for name, mode in (("mknod", 1), ("mknodat", 2)):
        check = [_argument(mode), (AND, 0, 0, 0o170000)]
        check += [line for kind in DEVICES for line in ((EQUAL, 0, 1, kind), refused)]
        lines += _when(numbers.get(name), check)
    check = [_argument(1)]
    check += [line for request in TERMINAL_INPUT for line in ((EQUAL, 0, 1, request), refused)]
    lines += _when(numbers.get("ioctl"), check)
    allowed = sorted(FAMILIES[name] for name in families)
    check = [_argument(0)]
    check += [(EQUAL, len(allowed) - at, 0, number) for at, number in enumerate(allowed)]
    check.append(_error(errno.EAFNOSUPPORT))
    lines += _when(numbers.get("socket"), check)
    lines.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _when(number: int | None, then: list[Instruction]) -> list[Instruction]:
    """Do what follows for one system call; the number is loaded before and after."""
    if number is None:
        return []
    block = then if len(then) == 1 else [*then, (LOAD, 0, 0, NUMBER)]
    return [(EQUAL, 0, len(block), number), *block]


def _bits(argument: int, mask: int, then: Instruction) -> list[Instruction]:
    return [_argument(argument), (ANY_BIT, 0, 1, mask), then]


def _argument(number: int) -> Instruction:
    """Load the lower half of an argument; both machines are little-endian."""
    return (LOAD, 0, 0, ARGUMENTS + 8 * number)


def _error(number: int) -> Instruction:
    return (RETURN, 0, 0, ERROR | number)
