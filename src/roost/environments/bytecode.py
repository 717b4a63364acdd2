"""Bytecode of a whole environment in one go: at its second use, or before the first run that may not write."""

from __future__ import annotations

from roost import locks, processes
from roost.errors import RoostError

from .key import SHORT
from .manifest import packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home

    from .values import Environment

DONE = ".compiled"  # in the environment
TIMEOUT = 600.0


def compiled(environment: Environment) -> bool:
    """Tell whether it was done."""
    return (environment.path / DONE).exists()


def compile(environment: Environment, *, home: Home) -> bool:  # noqa: A001
    """Write the bytecode of everything installed, under the key's lock, whatever `PYTHONDONTWRITEBYTECODE` says.

    Gives False when that was not possible: nothing depends on it but time.
    """
    if compiled(environment):
        return True
    site = packages(environment.path, ".".join(environment.version.split(".")[:2]))
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
