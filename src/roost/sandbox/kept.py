"""Sandboxes that are kept for several commands: start, check, files in, commands, outputs out, stop.

Docker's container stays, and what was started in it runs on between commands. The other tiers keep the folder alone:
each command has a sandbox of its own around it, and nobody of it is left when it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import time
from contextlib import ExitStack
from pathlib import Path

from roost.errors import CannotCreate, Exit, RoostError
from roost.home import ensure, write
from roost.values import Value

from . import apart, folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from roost.home import Home

    from .outputs import Collected
    from .streams import Stream
    from .values import Ended, Job, TierName

SCHEMA = "roost.cell/1"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
IDLE = 3600.0  # seconds that it may lie unused
WAITING = ("sleep", "2147483647")  # what Docker's container does until it is stopped


class NoSuchSandbox(RoostError):
    """There is no kept sandbox of that name."""

    code = "no-such-sandbox"
    exit = Exit.NO_INPUT


class SandboxEnded(RoostError):
    """A kept sandbox does not run any more: it was ended from outside, or by what ran in it."""

    code = "sandbox-ended"
    exit = Exit.UNAVAILABLE


class Cell(Value):
    """A kept sandbox."""

    name: str
    tier: TierName
    place: Path  # where it is written down; its work folder lies below
    job: Job  # what it may touch and take; the program that runs where none is named
    idle: float  # seconds that it may lie unused

    @property
    def file(self) -> Path:
        """The file whose time is that of its last use."""
        return self.place / "cell.json"

    @property
    def container(self) -> str:
        """Docker's name for it."""
        return f"roost-cell-{self.name}"


def start(home: Home, job: Job, tier: TierName, *, name: str | None = None, idle: float = IDLE) -> Cell:
    """Make a sandbox that stays.

    Args:
        job: with a folder that does not count: the sandbox has its own.
        name: none: one is made up.
        idle: seconds after which it goes by itself, unused.

    Raises:
        CannotCreate: there is one of that name.
        CannotConfine: Docker refuses.
    """
    listing(home)
    name = name or os.urandom(4).hex()
    place = ensure(home.cells) / name
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        raise CannotCreate(
            f"there is a sandbox `{name}` already", hints=(f"stop it: `roost sandbox stop {name}`",)
        ) from None
    work, own = place / "work", place / "home"
    work.mkdir()
    (own / ".cache").mkdir(parents=True)
    here = job.replace(folder=os.path.realpath(work), home=os.path.realpath(own), fresh=True)
    cell = Cell(name, tier, place, here, idle)
    try:
        if tier.startswith("docker"):
            cell.file.touch()  # who sweeps containers meanwhile sees that it is in use
            _start(cell)
        write(
            cell.file,
            json.dumps({"schema": SCHEMA, "name": name, "tier": tier, "job": apart.packed(here), "idle": idle}),
        )
    except BaseException:
        stop(cell)
        raise
    return cell


def find(home: Home, name: str) -> Cell:
    """Give the sandbox of a name.

    Raises:
        NoSuchSandbox: there is none.
    """
    place = home.cells / name
    try:
        document = json.loads((place / "cell.json").read_bytes()) if NAME.fullmatch(name) else {}
        if document["schema"] == SCHEMA:
            return Cell(document["name"], document["tier"], place, apart.unpacked(document["job"]), document["idle"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise NoSuchSandbox(f"there is no sandbox `{name}`", hints=("those there are: `roost sandbox list`",))


def listing(home: Home) -> list[Cell]:
    """Give the kept sandboxes; those that nobody used for long go, and what is left of a start that was cut short."""
    from .daemon import idle

    found = []
    for place in sorted(home.cells.glob("*")):
        try:
            cell = find(home, place.name)
            if idle(cell.file, cell.idle):
                stop(cell)
            else:
                found.append(cell)
        except NoSuchSandbox:
            if time.time() - place.stat().st_mtime > 60:  # it is not just being made
                folders.remove(place)
    return found


def runs(cell: Cell) -> bool:
    """Check whether commands can run in it."""
    if not cell.tier.startswith("docker"):
        return Path(cell.job.folder).is_dir()
    from .daemon import state

    return (state(cell.container) or {}).get("Running") is True


def put(cell: Cell, files: Iterable[Path]) -> tuple[str, ...]:
    """Copy files into its work folder, in the place of older ones; gives their names there.

    Raises:
        CannotCreate: one cannot be read, or is no file, or a folder stands in its place.
    """
    from shutil import copyfileobj

    owner = os.stat(cell.job.folder)  # noqa: PTH116
    names = []
    for file in files:
        beside = Path(cell.job.folder, f".roost-{os.urandom(16).hex()}")
        try:
            with open(file, "rb") as source:  # noqa: PTH123
                facts = os.fstat(source.fileno())
                if not stat.S_ISREG(facts.st_mode):
                    raise CannotCreate(f"`{file}` is no file")
                with open(beside, "xb") as sink:  # noqa: PTH123  # `x` follows no link that a program has put there
                    copyfileobj(source, sink)
                    os.fchmod(sink.fileno(), facts.st_mode & 0o777)
                    if os.geteuid() == 0:
                        os.fchown(sink.fileno(), owner.st_uid, owner.st_gid)
            beside.replace(Path(cell.job.folder, file.name))
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise CannotCreate(f"cannot put `{file}` into the sandbox", why=(error.strerror or str(error),)) from error
        names.append(file.name)
    return tuple(names)


def execute(
    cell: Cell,
    argv: Sequence[str],
    output: Stream,
    errors: Stream,
    *,
    stdin: int,
    alive: int | None = None,
    timeout: float | None = None,
) -> Ended:
    """Run a command in it to its end.

    Args:
        argv: none: the program that it was started with.
        alive: as for `guard.run`.
        timeout: seconds; None: what it was started with.

    Raises:
        SandboxEnded: it does not run any more.
        CannotConfine, CannotKeep: as for a run.
    """
    job = cell.job.replace(argv=tuple(argv) or cell.job.argv)
    if timeout is not None:
        job = job.replace(limits=job.limits.replace(timeout=timeout))
    with open(cell.file, "rb") as using:  # noqa: PTH123
        fcntl.flock(using, fcntl.LOCK_SH)
        os.utime(using.fileno())
        if cell.tier.startswith("docker"):
            ended = _execute(cell, job, output, errors, stdin, alive)
        else:
            from shutil import which

            from .tiers import tier

            program = which(job.argv[0], path=job.environ.get("PATH")) or job.argv[0]
            ready = job.replace(argv=(program, *job.argv[1:]))
            ended = tier(cell.tier).run(ready, output, errors, stdin=stdin, alive=alive)
        os.utime(using.fileno())
        return ended


def outputs(cell: Cell, target: Path, *, names: Iterable[str] = ()) -> Collected:
    """Copy what it has made into a folder, as `roost outputs` does.

    Raises:
        CannotCreate: target cannot be written.
    """
    from .outputs import collect

    return collect(Path(cell.job.folder), target, names=tuple(names))


def stop(cell: Cell) -> None:
    """End it, with everything that runs in it and its work folder."""
    if cell.tier.startswith("docker"):
        from .daemon import asked

        asked("rm", "--force", cell.container)
    folders.remove(cell.place)


def _start(cell: Cell) -> None:
    """Make Docker's container."""
    from .daemon import CELL, IDLE, call
    from .docker import GVISOR, IMAGE, Docker, environment

    job = cell.job
    if job.hosts:
        door = cell.place / "door"
        door.mkdir()
        job = job.replace(readable=(*job.readable, os.fspath(door)))
    labels = ("--label", f"{CELL}={cell.file}", "--label", f"{IDLE}={cell.idle}")
    options = Docker(GVISOR if cell.tier == "docker:runsc" else None).options(job)
    words = ("container", "run", "--detach", "--name", cell.container, *labels, *options, job.image or IMAGE, *WAITING)
    call(words, environment(job))


def _execute(cell: Cell, job: Job, output: Stream, errors: Stream, stdin: int, alive: int | None) -> Ended:  # noqa: PLR0917  # as `execute` has them
    """Run a command in Docker's container."""
    from .daemon import asked, program, state
    from .docker import guarded

    with ExitStack() as stack:
        way = None
        if job.hosts:
            from . import network

            owner = os.stat(job.folder).st_uid  # noqa: PTH116
            way = stack.enter_context(network.door(job, owner, within=os.fspath(cell.place / "door")))
            job = way.job
        argv = (program(), "container", "exec", "--interactive", cell.container, *job.argv)
        ended = guarded(argv, job, output, errors, stdin=stdin, alive=alive, started=way.start if way else None)
        if ended.reason != "ended":  # its end is the client's: what runs in the container would go on
            asked("container", "restart", "--time", "0", cell.container)
        elif ended.status:
            found = state(cell.container) or {}
            if not found.get("Running"):
                raise SandboxEnded(
                    f"the sandbox `{cell.name}` does not run any more",
                    hints=(
                        f"`roost sandbox outputs {cell.name} FOLDER` gives what it made, `roost sandbox stop {cell.name}` removes it",
                    ),
                )
            if ended.status == 137 and _ran_out(cell.container):
                ended = ended.replace(reason="memory")
                asked(
                    "container", "restart", "--time", "0", cell.container
                )  # so that it is not said of the next one too
        return way.told(ended) if way else ended


def _ran_out(container: str) -> bool:
    """Tell whether the kernel has ended a process of a container because its memory ran out."""
    from .daemon import asked

    files = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control"  # of control groups 2 and 1
    said = asked("container", "exec", container, "sh", "-c", f"cat {files} 2>/dev/null; true") or ""
    return bool(re.search(r"^oom_kill [1-9]", said, re.MULTILINE))
