"""The filter of system calls as Docker takes it: the same list as ours, for daemons whose own one lets io_uring through.

The form is that of runc's `linux.seccomp` (OCI runtime specification, "Seccomp"). What one rule lists must all be so.
"""

from __future__ import annotations

import errno
import json

from . import seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Rule = dict[str, object]

FIRST_UNNAMED = max(seccomp.FAMILIES.values())


def profile(families: Iterable[str] = tuple(seccomp.FAMILIES)) -> str:
    """Give the profile for `--security-opt seccomp=FILE`.

    Args:
        families: of sockets that may be made.
    """
    allowed = {seccomp.FAMILIES[name] for name in families}
    rules = [_rule(seccomp.REFUSED), _rule(seccomp.UNKNOWN, error=errno.ENOSYS)]
    rules += [_rule(["clone"], _bit(0, bit)) for bit in _bits(seccomp.NAMESPACES)]
    for bit in _bits(seccomp.SET_ID):
        rules.append(_rule(["chmod", "fchmod", "creat"], _bit(1, bit)))
        rules.append(_rule(["fchmodat"], _bit(2, bit)))
        rules.append(_rule(["open"], _bit(1, seccomp.O_CREAT), _bit(2, bit)))
        rules.append(_rule(["openat"], _bit(2, seccomp.O_CREAT), _bit(3, bit)))
    for kind in seccomp.DEVICES:
        rules.append(_rule(["mknod"], _argument(1, "SCMP_CMP_MASKED_EQ", 0o170000, kind)))
        rules.append(_rule(["mknodat"], _argument(2, "SCMP_CMP_MASKED_EQ", 0o170000, kind)))
    rules += [_rule(["ioctl"], _argument(1, "SCMP_CMP_EQ", request)) for request in seccomp.TERMINAL_INPUT]
    no_family = errno.EAFNOSUPPORT
    for family in range(FIRST_UNNAMED):
        if family not in allowed:
            rules.append(_rule(["socket"], _argument(0, "SCMP_CMP_EQ", family), error=no_family))
    rules.append(_rule(["socket"], _argument(0, "SCMP_CMP_GT", FIRST_UNNAMED), error=no_family))
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules})


def _rule(names: Iterable[str], *arguments: Rule, error: int = errno.EPERM) -> Rule:
    return {"names": list(names), "action": "SCMP_ACT_ERRNO", "errnoRet": error, "args": list(arguments)}


def _argument(index: int, operation: str, value: int, second: int = 0) -> Rule:
    return {"index": index, "op": operation, "value": value, "valueTwo": second}


def _bit(index: int, bit: int) -> Rule:
    return _argument(index, "SCMP_CMP_MASKED_EQ", bit, bit)


def _bits(mask: int) -> list[int]:
    return [1 << at for at in range(32) if mask & 1 << at]
