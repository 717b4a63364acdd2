"""Asking Docker's daemon, through its client; and whose a container is, so that those of nobody go."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress

from roost.errors import ProcessFailed, RoostError
from roost.values import Value

from . import system
from .confine import CannotConfine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PROGRAM = "docker"
PATIENCE = 20.0  # seconds that asking it may take
MACHINE, OWNER = "roost.machine", "roost.owner"  # labels: the processes of which system, and which of them
CELL, IDLE = (
    "roost.cell",
    "roost.idle",
)  # of kept ones: where they are written down, how many seconds they may lie unused


class Daemon(Value):
    """What a daemon is."""

    version: str
    runtimes: tuple[str, ...]

    @property
    def filters(self) -> bool:
        """Whether its own filter of system calls refuses io_uring (since 25.0)."""
        first = self.version.partition(".")[0]
        return first.isdecimal() and int(first) >= 25

    @property
    def note(self) -> str:
        """What is weaker than it could be; "": nothing."""
        if self.filters:
            return ""
        return f"Docker {self.version} is older than 25: system calls are refused by roost's list, not allowed by Docker's stricter one"


def program() -> str:
    """Give the path of the client."""
    return system.program(PROGRAM) or PROGRAM


def asked(*words: str) -> str | None:
    """Ask the daemon; None: it does not answer, or says no."""
    from roost import processes

    try:
        done = processes.run([program(), *words], env=dict(os.environ), timeout=PATIENCE)
    except ProcessFailed:
        return None
    return done.output.strip() if done.status == 0 else None


def call(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """Have the daemon do something.

    Raises:
        CannotConfine: it does not.
    """
    from roost import processes

    try:
        done = processes.run([program(), *words], env=environ, timeout=PATIENCE)
    except ProcessFailed as error:
        raise CannotConfine("Docker does not answer", why=(error.what,)) from error
    if done.status:
        refusal = [line for line in done.last_lines() if "rror" in line] or done.last_lines(1)
        raise CannotConfine("Docker refuses", why=tuple(refusal[:1]), hints=("see what works here: `roost sandbox`",))
    return done.output.strip()


def daemon() -> Daemon | None:
    """Say what the daemon is, as it was said since it started; None: it does not answer."""
    import json

    from roost import home as homes

    file, grounds = homes.locate().facts / "docker.json", _grounds()
    with suppress(OSError, ValueError, KeyError, TypeError):
        document = json.loads(file.read_bytes())
        if grounds and document["grounds"] == grounds:
            return Daemon(document["version"], tuple(document["runtimes"]))
    said = asked("info", "--format", "{{json .ServerVersion}} {{json .Runtimes}}")
    try:
        version, end = json.JSONDecoder().raw_decode(said or "")
        found = Daemon(version, tuple(json.loads((said or "")[end:])))
    except (ValueError, TypeError):
        return None
    with suppress(RoostError):
        homes.write(file, json.dumps({"grounds": grounds, "version": found.version, "runtimes": found.runtimes}))
    return found if version else None


def state(container: str) -> dict[str, object] | None:
    """Say how a container is; None: there is no such."""
    import json

    with suppress(ValueError, TypeError):
        found = json.loads(asked("container", "inspect", "--format", "{{json .State}}", container) or "")
        return found if isinstance(found, dict) else None
    return None


def happened(container: str, event: str) -> bool:
    """Tell whether something has happened to a container that may be gone by now: "start", "oom"."""
    words = ("--filter", f"container={container}", "--filter", f"event={event}", "--format", "{{.Action}}")
    return bool(asked("events", "--since", "0", "--until", f"{time.time():.6f}", *words))


def labels() -> list[str]:
    """Give the options that say whose a container is: this process's, on this machine."""
    return ["--label", f"{MACHINE}={machine()}", "--label", f"{OWNER}={_process(os.getpid())}"]


def machine() -> str:
    """Name where the numbers of processes mean the same as here: this start of the system, this namespace."""
    with open("/proc/sys/kernel/random/boot_id") as file:  # noqa: PTH123
        return f"{file.read().strip()}-{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116


def sweep() -> None:
    """Remove containers of runs whose roost is gone, and kept ones that nobody has used for as long as they were to stay."""
    for container, found in listed(f"{MACHINE}={machine()}"):
        owner = found.get(OWNER, "")
        if idle(found[CELL], float(found[IDLE])) if CELL in found else owner != _process(owner.partition("-")[0]):
            asked("rm", "--force", container)


def listed(label: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the containers that have a label, with all of their labels."""
    words = ("ps", "--all", "--no-trunc", "--filter", f"label={label}", "--format", "{{.ID}} {{.Labels}}")
    for line in (asked(*words) or "").splitlines():
        container, _, said = line.partition(" ")
        pairs = (pair.partition("=") for pair in said.split(","))
        yield container, {name: value for name, _, value in pairs}


def idle(file: str | Path, seconds: float) -> bool:
    """Tell whether nobody has used a kept sandbox for so long; what is written down of it is locked while somebody does."""
    try:
        with open(file, "rb") as descriptor:  # noqa: PTH123
            if time.time() - os.fstat(descriptor.fileno()).st_mtime < seconds:
                return False
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def _process(number: int | str) -> str:
    """Name a process for as long as the system runs: its number comes again, with another time of start."""
    try:
        with open(f"/proc/{number}/stat", "rb") as file:  # noqa: PTH123
            return f"{number}-{file.read().rpartition(b') ')[2].split()[19].decode()}"
    except (OSError, IndexError):
        return f"{number}-gone"


def _grounds() -> str | None:
    """Give what changes when the daemon starts again; None: it is on another machine."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    try:
        return f"{host} {os.stat(host.removeprefix('unix://')).st_ctime_ns}"  # noqa: PTH116
    except OSError:
        return None
