"""Landlock: a process gives up files, ports and signals for itself and all that it starts, without any rights of its own.

From the kernel's `landlock.h`; each version of its interface knows more, and what it does not know is left out.
"""

from __future__ import annotations

import ctypes
import os
import struct

from .syscalls import LANDLOCK_ADD_RULE, LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
FIRST = (1 << 13) - 1  # everything that the first version knows
BIND_TCP, CONNECT_TCP = 1, 2
ABSTRACT_SOCKETS, SIGNALS = 1, 2
READ = EXECUTE | READ_FILE | READ_DIR
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # what a file, and no folder, can be given


def version() -> int:
    """Give the version of the kernel's interface; 0: there is none, or it is switched off."""
    return max(0, int(_libc().syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def ruleset(readable: Iterable[str], writable: Iterable[str], *, network: bool) -> int:
    """Make a descriptor with the rules; `restrict` puts them into force.

    Args:
        readable: files and folders that may be read and executed; what is not there is left out.
        writable: those in which everything but devices may be made.
        network: TCP may be used.

    Raises:
        OSError: the kernel refuses.
    """
    known = version()
    files = FIRST | (REFER if known >= 2 else 0) | (TRUNCATE if known >= 3 else 0) | (IOCTL_DEV if known >= 5 else 0)
    ports = 0 if network or known < 4 else BIND_TCP | CONNECT_TCP
    scopes = ABSTRACT_SOCKETS | SIGNALS if known >= 6 else 0
    attributes = struct.pack("=QQQ", files, ports, scopes)[: 24 if known >= 6 else 16 if known >= 4 else 8]
    rules = _checked(
        _libc().syscall(LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    )
    try:
        for path in readable:
            _allow(rules, path, READ & files)
        for path in writable:
            _allow(rules, path, files & ~(MAKE_CHAR | MAKE_BLOCK))
    except OSError:
        os.close(rules)
        raise
    return rules


def restrict(rules: int) -> None:
    """Put rules into force, for ever; the process must have given up new rights (PR_SET_NO_NEW_PRIVS).

    Raises:
        OSError: the kernel refuses.
    """
    _checked(_libc().syscall(LANDLOCK_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0)))


def _allow(rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{place}"):  # noqa: PTH112
            access &= OF_FILES
        attributes = struct.pack("=Qi", access, place)
        _checked(
            _libc().syscall(LANDLOCK_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(1), attributes, ctypes.c_uint32(0))
        )
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
