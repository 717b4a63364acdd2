"""The tiers by name, and what each takes: how strong it is decides which one `auto` means."""

from __future__ import annotations

import os

from roost import version
from roost.contexts import suppress
from roost.digests import sha256
from roost.errors import Exit, RoostError

from . import folders, system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from roost.home import Home

    from .values import Ended, Job, Standing, TierName

    class Tier(Protocol):
        """One way to keep a program within what a job allows."""

        name: TierName

        def probe(self) -> Standing:
            """Find out whether it works here, by running something in it."""

        def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
            """Run a job to its end, as `guard.run` does.

            Raises:
                CannotKeep: the job asks for what this tier cannot hold.
                CannotConfine: the system refuses.
            """

    from .streams import Stream

AUTO: tuple[TierName, ...] = ("bubblewrap", "docker", "landlock")  # never less
NAMES: tuple[TierName, ...] = ("none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc")


class NoSandbox(RoostError):
    """The tier that is asked for does not work here; nothing was run."""

    code = "no-sandbox"
    exit = Exit.NO_SANDBOX


class CannotKeep(RoostError):
    """A tier cannot hold what is asked of it; nothing was run."""

    code = "cannot-keep"
    exit = Exit.USAGE


def sweep(name: TierName) -> None:
    """Remove what killed runs have left, now and then; while a run of this tier is under way, which takes longer."""
    if folders.sweep() and name.startswith("docker"):
        from . import daemon

        daemon.sweep()


def tier(name: TierName, *, image: str = "") -> Tier:
    """Give a tier by its name.

    Args:
        image: of Docker, that a run names; none: the one that is built here.
    """
    if name in {"none", "limits"}:
        from .plain import Plain

        return Plain(name)
    if name == "landlock":
        from .plain import Landlock

        return Landlock()
    if name == "bubblewrap":
        from .bubblewrap import Bubblewrap

        return Bubblewrap()
    if name in {"docker", "docker:runsc"}:
        from .docker import GVISOR, Docker

        return Docker(GVISOR if name == "docker:runsc" else None, image=image)
    raise KeyError(name)


def working(name: str, home: Home | None = None, *, image: str = "") -> Tier:
    """Give the tier that is asked for, or the first of those that `auto` means, if it works here.

    Args:
        home: where it is remembered which do.
        image: of Docker, that a run names; none: the one that is built here.

    Raises:
        NoSandbox: it does not.
    """
    if name in {"none", "limits"}:  # they work everywhere
        return tier(name)  # type: ignore[arg-type]
    from .probing import standing

    wanted = AUTO if name == "auto" else (name,)
    said, hint = list[str](), ""
    for one in wanted:
        found = standing(one, home=home, image=image)  # type: ignore[arg-type]
        if found.works:
            return tier(one, image=image)  # type: ignore[arg-type]
        said.append(f"{one}: {found.why}")
        hint = found.hint
    what = (
        "no sandbox works here, and nothing was run"
        if name == "auto"
        else f"the sandbox `{name}` does not work here, and nothing was run"
    )
    raise NoSandbox(what, why=tuple(said), hints=(hint,) if hint else ("see what works here: `roost sandbox`",))


def grounds(name: TierName) -> str:
    """Digest what may make a tier work or not: the system's start, roost, who we are, the tier's program, its daemon.

    Raises:
        OSError: the system does not say.
    """
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
        facts = [file.read(), version.__version__, str(os.geteuid())]
    kind = name.partition(":")[0]
    if kind in {"bubblewrap", "docker"}:
        program = system.program({"bubblewrap": "bwrap", "docker": "docker"}[kind])
        facts += [program, str(os.stat(program).st_mtime_ns)] if program else ["-"]  # noqa: PTH116
    if kind == "docker":
        facts += [os.environ.get("DOCKER_HOST", "")]
        with suppress(OSError):  # a daemon that was started again made its socket again
            socket = os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or "/var/run/docker.sock"
            facts += [str(os.stat(socket).st_ctime_ns)]  # noqa: PTH116
    return sha256("\0".join(facts).encode())
