"""Bytecode of a whole environment in one go: at its second use, or before the first run that may not write."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress

from roost import locks
from roost.errors import RoostError

from .key import SHORT
from .manifest import packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home

    from .values import Environment

DONE = ".compiled"  # in the environment
TIMEOUT = 600.0
LEFT = "/tests?/"  # what nobody imports: half of the files of some distributions
BEHIND = """
import compileall, os, re, sys
os.closerange(4, 65536)  # the script's pipes must end with the script; 3 is the lock
os.nice(19)
done, left, *folders = sys.argv[1:]
for folder in folders:
    compileall.compile_dir(folder, quiet=2, rx=re.compile(left))
os.close(os.open(done, os.O_WRONLY | os.O_CREAT, 0o600))
"""


def compiled(environment: Environment) -> bool:
    """Tell whether it was done."""
    return (environment.path / DONE).exists()


def writable(environment: Environment) -> bool:
    """Tell whether a run may write the bytecode of what it imports."""
    return os.access(packages(environment.path, environment.short), os.W_OK)


def compile(environment: Environment, *, home: Home) -> bool:  # noqa: A001
    """Write the bytecode of everything installed but tests, under the key's lock, whatever `PYTHONDONTWRITEBYTECODE` says.

    Gives False when that was not possible: nothing depends on it but time.
    """
    if compiled(environment):
        return True
    if not _whole(environment):
        return False
    from roost import processes

    site = packages(environment.path, environment.short)
    try:
        with locks.exclusive(home.locks / f"build-{environment.key[:SHORT]}", timeout=60) as held:
            if compiled(environment):
                return True
            processes.run(
                [
                    environment.python,
                    "-I",
                    "-S",
                    "-m",
                    "compileall",
                    "-qq",
                    "-x",
                    LEFT,
                    "-j",
                    "0",
                    str(site),
                    str(site.parent / "_roost"),
                ],
                env={"PATH": "/usr/bin:/bin"},
                timeout=TIMEOUT,
                keep=(held,),
            )
            (environment.path / DONE).touch()  # files that do not compile are other Pythons' templates: that is usual
    except (RoostError, OSError):
        return False
    return True


def _whole(environment: Environment) -> bool:
    """Tell whether no file was cut since it was installed: its bytecode would hide that; the next start mends it."""
    from . import integrity, manifest

    found = manifest.read(environment.path)
    harm = integrity.damage(environment.path, found) if found else ()
    for one in harm[:1]:
        integrity.suspect(environment.path, f"{environment.path / one.file}\t{one.what}")
    return not harm


def compile_behind(environment: Environment, *, home: Home) -> bool:
    """Have `compile` done by a process that nobody waits for and that gives way to every other.

    It is no child of ours, so that whoever we become does not find it among its own. Gives False when it was not
    started: somebody holds the key's lock, or the system has no room for it.
    """
    if not _whole(environment):
        return False
    site = packages(environment.path, environment.short)
    paths = map(str, (environment.path / DONE, LEFT, site, site.parent / "_roost"))
    words = ["/bin/sh", "-c", '"$@" &', "sh", str(environment.python), "-I", "-S", "-c", BEHIND, *paths]
    try:
        with locks.exclusive(home.locks / f"build-{environment.key[:SHORT]}", timeout=0) as held:
            kept = fcntl.fcntl(held, fcntl.F_DUPFD_CLOEXEC, 10)
            null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
            actions = [(os.POSIX_SPAWN_DUP2, kept, 3), *null]
            try:
                child = os.posix_spawn(words[0], words, {"PATH": "/usr/bin:/bin"}, file_actions=actions, setpgroup=0)
            finally:
                os.close(kept)
        with suppress(ChildProcessError):  # somebody ignores the ends of children
            os.waitpid(child, 0)
    except (RoostError, OSError):
        return False
    return True
