"""What a sandboxed program may do and take, and what came of it: frozen values."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    TierName = Literal["none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc"]
    Reason = Literal["ended", "timeout", "memory", "disk", "output", "processes", "stopped"]

MIB = 1 << 20


class Limits(Value):
    """How much a program may take; None: as much as there is."""

    timeout: float | None = None  # seconds of wall-clock time
    memory: int | None = None  # bytes of all its processes together
    processes: int | None = None  # processes and threads at the same time
    file_size: int | None = None  # bytes of one file
    disk: int | None = None  # bytes that it writes below its work folder
    output: int | None = None  # bytes of each stream that are kept


class Job(Value):
    """One program to be run, and what it may touch; paths are absolute and without links."""

    argv: tuple[str, ...]
    environ: dict[str, str]  # all of it; a tier adds what it needs itself
    folder: str  # its working folder, the one place where it may write
    home: str  # an empty folder that is its home and temporary folder where a tier has none of its own
    fresh: bool = False  # the folder was made for this run: all that is in it was put there by us
    readable: tuple[str, ...] = ()  # beside what every program of the system needs: environment, interpreter, script
    network: tuple[str, ...] = ()  # () none; ("all",); hosts with ports: "example.org:443"
    limits: Limits = Limits()
    image: str = ""  # of Docker; none: the one that is built here
    filter: str | None = None  # of system calls, a file for Docker's client; "": none; None: as the daemon needs it
    python: str = ""  # with which roost's own part inside runs, where the network is some hosts
    pipes: tuple[str, ...] = ()  # named pipes in what may be read, into which it may write
    hidden: tuple[str, ...] = ()  # places that stay out of reach although they lie in what may be read

    @property
    def online(self) -> bool:
        """Whether all of the network may be used."""
        return self.network == ("all",)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts with ports that alone may be reached."""
        return () if self.online else self.network


class Standing(Value):
    """Whether a tier works here."""

    tier: TierName
    works: bool
    why: str = ""  # one line: what is missing
    hint: str = ""  # one line: how to get it
    about: tuple[tuple[str, str], ...] = ()  # facts: versions, which limits are held by what
    note: str = ""  # one line: what it holds less well than it could


class Ended(Value):
    """What came of a job."""

    status: int  # as a shell has it: 128 and the signal's number where one ended it
    signal: int | None
    reason: Reason  # which limit ended it, if one did
    seconds: float
    held: tuple[tuple[str, str], ...] = ()  # limit → by what it was held: "rlimit", "cgroup", "watched"
    notes: tuple[str, ...] = ()  # blocked hosts, what was cut
