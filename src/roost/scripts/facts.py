"""What an interpreter is: asked of roost's own by import, of every other one by running this file with it."""

from __future__ import annotations

import os
import sys


def tell() -> list[str]:
    """Give what wheels and version specifiers depend on; reads no file on glibc and macOS, starts nothing."""
    system = os.uname()
    return [
        sys.implementation.name,
        *map(str, sys.version_info[:3]),
        sys.version_info[3],  # "final" or a pre-release
        getattr(sys, "abiflags", ""),
        "64" if sys.maxsize > 2**32 else "32",
        system.sysname,
        system.machine,
        system.release,
        _libc(),
    ]


def _libc() -> str:
    """Give "glibc2.36" or "musl1.2"; nothing on other systems."""
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        said = None
    if said:
        return said.replace(" ", "")
    loader = "/lib/ld-musl-" + os.uname().machine + ".so.1"
    return "musl" + _musl(loader) if os.path.exists(loader) else ""  # noqa: PTH110  # pathlib costs others a start


def _musl(loader: str) -> str:
    """Read major and minor out of musl's loader, which tells them only when it is run."""
    import re

    with open(loader, "rb") as file:  # noqa: PTH123
        found = re.search(rb"\0(\d+\.\d+)\.\d+\0", file.read())
    return found.group(1).decode() if found else "1.1"


if __name__ == "__main__":
    print("\n".join(tell()))  # noqa: T201  # its output is the answer
