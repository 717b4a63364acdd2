"""The tier of Docker: a container for each run, from an image that was built here, with nothing in it but what is mounted."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from contextlib import suppress

from roost import processes
from roost.errors import ProcessFailed

from . import guard, plain, users
from .confine import Confinement
from .guard import Watched
from .tiers import CannotKeep
from .values import MIB, Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .streams import Stream
    from .values import Ended, Job, TierName

PROGRAM = "docker"
IMAGE = "roost/sandbox"
LABEL = "roost.run"
HOME = "/home/user"
PATIENCE = 20.0  # seconds that asking the daemon may take
TEMPORARY = 512 * MIB
INSTALL = "install it: `apt-get install docker.io`, and start its daemon"
BUILD = "build it once: `roost sandbox image build`"


class Docker:
    """A container: root read-only, no capabilities, no network, removed when it ends."""

    name: TierName = "docker"

    def probe(self) -> Standing:
        """Start `true` in it."""
        from .probing import tried

        program = shutil.which(PROGRAM)
        if program is None:
            return Standing(self.name, works=False, why="the program `docker` is not here", hint=INSTALL)
        version = asked("version", "--format", "{{.Server.Version}}")
        if version is None:
            return Standing(
                self.name,
                works=False,
                why="the Docker daemon does not answer",
                hint="start it: `dockerd`, or join the group `docker`",
            )
        image = asked("image", "inspect", "--format", "{{.Id}}", IMAGE)
        about = (("Docker", version),)
        if image is None:
            return Standing(self.name, works=False, why=f"the image `{IMAGE}` is not built", hint=BUILD, about=about)
        return tried(self).standing(self.name).replace(about=(*about, ("image", image.removeprefix("sha256:")[:12])))

    def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
        """Run a job to its end; its container goes with it."""
        if job.network and not job.online:
            raise CannotKeep(
                "the tier `docker` cannot allow some hosts and no others yet", hints=("`--net none` or `--net all`",)
            )
        if os.geteuid() == 0:
            users.hand_over(job.pipes, os.stat(job.folder).st_uid)  # noqa: PTH116  # as `options` has it
        name = f"roost-{uuid.uuid4().hex[:12]}"
        program = shutil.which(PROGRAM) or PROGRAM
        argv = (program, "run", "--name", name, "--label", f"{LABEL}={os.getpid()}", *options(job), IMAGE, *job.argv)
        environ = {**job.environ, **{name: value for name, value in os.environ.items() if _clients(name)}}
        limits = job.limits
        held = {
            name: "docker"
            for name in ("memory", "processes", "file-size")
            if getattr(limits, name.replace("-", "_")) is not None
        }
        held |= {"timeout": "clock"} if limits.timeout is not None else {}
        held |= {"disk": "watched"} if limits.disk is not None else {}
        steps = Confinement(argv, environ, "/")
        watched = Watched(disk=limits.disk, folders=(job.folder,))
        try:
            ended = guard.run(steps, limits, watched, output, errors, stdin=stdin, alive=alive, group=None, held=held)
            if ended.reason == "ended" and ended.status == 137 and out_of_memory(name):
                ended = ended.replace(reason="memory")
            return ended
        finally:
            asked("rm", "--force", name)


def options(job: Job) -> tuple[str, ...]:
    """Give the options of `docker run`: the opposite of what it does by itself, in every line."""
    limits = job.limits
    words = [
        "--init",
        "--pull",
        "never",
        "--network",
        "bridge" if job.online else "none",
        "--read-only",
        "--cap-drop",
        "ALL",
    ]
    words += ["--security-opt", "no-new-privileges", "--ipc", "private", "--log-driver", "none", "--stop-timeout", "1"]
    words += ["--hostname", "sandbox", "--ulimit", "core=0", "--ulimit", f"nofile={plain.OPEN_FILES}"]
    if limits.processes is not None:
        words += ["--pids-limit", str(limits.processes)]
    if limits.memory is not None:
        words += ["--memory", str(limits.memory), "--memory-swap", str(limits.memory)]
    if limits.file_size is not None:
        words += ["--ulimit", f"fsize={limits.file_size}"]
    facts = os.stat(job.folder)  # noqa: PTH116
    user = f"{facts.st_uid}:{facts.st_gid}"
    words += ["--user", user, "--tmpfs", f"/tmp:rw,nosuid,nodev,size={TEMPORARY},mode=1777"]  # noqa: S108
    words += ["--tmpfs", f"{HOME}:rw,nosuid,nodev,size={TEMPORARY},uid={facts.st_uid},gid={facts.st_gid},mode=0700"]
    for place in job.readable:
        if os.path.lexists(place):
            words += ["--mount", f"type=bind,src={place},dst={place},readonly"]
    words += ["--mount", f"type=bind,src={job.folder},dst={job.folder}", "--workdir", job.folder]
    environ = job.environ | {"HOME": HOME, "TMPDIR": "/tmp", "XDG_CACHE_HOME": f"{HOME}/.cache"}  # noqa: S108
    for (
        name,
        value,
    ) in environ.items():  # by name alone, where the client has none of that name: values stand in no command line
        words += ["--env", f"{name}={value}" if _clients(name) or name not in job.environ else name]
    return tuple(words)


def _clients(name: str) -> bool:
    """Tell whether a variable is one that the client itself goes by."""
    return name in {"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME"} or name.startswith("DOCKER_")


def asked(*words: str) -> str | None:
    """Ask the daemon; None: it does not answer, or says no."""
    try:
        done = processes.run([shutil.which(PROGRAM) or PROGRAM, *words], env=dict(os.environ), timeout=PATIENCE)
    except ProcessFailed:
        return None
    return done.output.strip() if done.status == 0 else None


def out_of_memory(name: str) -> bool:
    """Tell whether the kernel has ended a container because its memory ran out."""
    with suppress(ValueError, KeyError, IndexError, TypeError):
        return bool(json.loads(asked("inspect", name) or "")[0]["State"]["OOMKilled"])
    return False


def sweep() -> None:
    """Remove containers of runs whose roost is gone."""
    for line in (
        asked("ps", "--all", "--filter", f"label={LABEL}", "--format", f'{{{{.ID}}}} {{{{.Label "{LABEL}"}}}}') or ""
    ).splitlines():
        container, _, owner = line.partition(" ")
        if owner.isdecimal() and not os.path.exists(f"/proc/{owner}"):  # noqa: PTH110
            asked("rm", "--force", container)
