"""The tier of Docker: a container for each run, with nothing of the machine in it but what is mounted."""

from __future__ import annotations

import os
from contextlib import ExitStack

from . import guard, plain, system, users
from .confine import CannotConfine, Confinement
from .daemon import asked, call, daemon, happened, labels, program
from .guard import Watched
from .tiers import CannotKeep
from .values import MIB, Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from roost.home import Home

    from .streams import Stream
    from .values import Ended, Job, TierName

IMAGE = "roost/sandbox"
GVISOR_THREADS = 256  # what gVisor's own kernel may take of the machine's threads, beside two for each of its program's
GVISOR = "runsc"
HOME = "/home/user"
TEMPORARY = 512 * MIB
INSTALL = "install it: `apt-get install docker.io`, and start its daemon"
BUILD = "build it once: `roost sandbox image build`"
STARTED = ("container", "run", "--name")


class Docker:
    """A container: root read-only, no capabilities, no network, removed when it ends."""

    def __init__(self, runtime: str | None = None, *, image: str = "") -> None:
        """Take the runtime: None for the daemon's own, `runsc` for gVisor's.

        Args:
            image: of the user's own, in which it is tried where ours is not built.
        """
        self.runtime = runtime
        self._tried = IMAGE
        self._named = image
        self.name: TierName = "docker:runsc" if runtime else "docker"

    def probe(self) -> Standing:
        """Start something in it, and look whether it has no network."""
        from .probing import tried

        if system.program("docker") is None:
            return Standing(self.name, works=False, why="the program `docker` is not here", hint=INSTALL)
        found = daemon()
        if found is None:
            return Standing(
                self.name, works=False, why="the Docker daemon does not answer",
                hint="start it: `dockerd`, or join the group `docker`",
            )  # fmt: skip
        about = (("Docker", found.version),)
        if self.runtime and self.runtime not in found.runtimes:
            return Standing(
                self.name, works=False, why=f"the daemon has no runtime `{self.runtime}`", about=about,
                hint="install gVisor, and `runsc install`; then start the daemon again",
            )  # fmt: skip
        image = self._image()
        if image is None:
            named = f"there is no image `{self._named}`, and " if self._named else ""
            why = f"{named}the image `{IMAGE}` is not built"
            return Standing(self.name, works=False, why=why, hint=BUILD, about=about)
        leak = self.leak()
        if leak:
            hint = (
                "use another runtime" if self._tried == IMAGE else BUILD
            )  # an image may have no program to try it with
            return Standing(self.name, works=False, why=leak, hint=hint, about=about)
        facts = (*about, ("image", image.removeprefix("sha256:")[:12]))
        return tried(self).standing(self.name).replace(about=facts, note="" if self.runtime else found.note)

    def _image(self) -> str | None:
        """Give the id of the image in which it can be tried; None: there is none."""
        for name in filter(None, (IMAGE, self._named)):
            found = asked("image", "inspect", "--format", "{{.Id}}", name)
            if found is not None:
                self._tried = name
                return found
        return None

    def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
        """Run a job to its end; its container goes with it."""
        name = f"roost-{os.urandom(6).hex()}"
        if os.geteuid() == 0:
            users.hand_over(job.pipes, users.owner(job.folder, fresh=job.fresh)[0])
        with ExitStack() as stack:
            way = None
            if job.hosts:
                from . import network

                way = stack.enter_context(network.door(job))
                job = way.job
            argv = (
                program(),
                *STARTED,
                name,
                "--rm",
                *self.options(job),
                "--interactive",
                job.image or self._tried,
                *job.argv,
            )
            try:
                ended = guarded(argv, job, output, errors, stdin=stdin, alive=alive, started=way.start if way else None)
            except BaseException:
                asked("rm", "--force", name)
                raise
            if ended.reason != "ended":  # its end is the client's
                asked("rm", "--force", name)
            elif ended.status in {125, 126, 127} and not happened(name, "start"):
                raise CannotConfine(
                    "the container cannot be started, and nothing was run",
                    why=("the Docker daemon refuses, or does not answer",), hints=("see what works here: `roost sandbox`",),
                )  # fmt: skip
            elif ended.status == 137 and happened(name, "oom"):
                ended = ended.replace(reason="memory")
            if self.runtime:
                users.without_special_bits(job.folder)  # its kernel obeys no filter of system calls
            return way.told(ended) if way else ended

    def options(self, job: Job) -> tuple[str, ...]:
        """Give the options of `docker run` for a job: the opposite of what it does by itself, in every line."""
        if self.runtime and job.hosts:
            raise CannotKeep(
                "gVisor's containers cannot be let out to some hosts and no others",
                hints=("`--sandbox docker`, `--net none` or `--net all`",),
            )
        limits = job.limits
        words = ["--init", "--pull", "never", "--network", "bridge" if job.online else "none", "--read-only"]
        words += ["--entrypoint", "", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ipc", "private"]
        words += ["--log-driver", "none", "--stop-timeout", "1", "--hostname", "sandbox"]
        words += ["--ulimit", "core=0", "--ulimit", f"nofile={plain.OPEN_FILES}", *labels()]
        words += ["--runtime", self.runtime] if self.runtime else []
        if limits.processes is not None:
            threads = limits.processes if self.runtime is None else GVISOR_THREADS + 2 * limits.processes
            words += ["--pids-limit", str(threads)]
        if limits.memory is not None:
            words += ["--memory", str(limits.memory), "--memory-swap", str(limits.memory)]
        if limits.file_size is not None:
            words += ["--ulimit", f"fsize={limits.file_size}"]
        uid, gid = users.owner(job.folder, fresh=job.fresh)
        words += ["--user", f"{uid}:{gid}", "--tmpfs", f"/tmp:rw,nosuid,nodev,size={TEMPORARY},mode=1777"]  # noqa: S108
        words += ["--tmpfs", f"{HOME}:rw,nosuid,nodev,size={TEMPORARY},uid={uid},gid={gid},mode=0700"]
        for place in job.readable:
            if os.path.lexists(place):
                words += ["--mount", f"type=bind,src={place},dst={place},readonly"]
        words += ["--mount", f"type=bind,src={job.folder},dst={job.folder}", "--workdir", job.folder, *variables(job)]
        file = job.filter if job.filter is not None else self.filter()
        words += ["--security-opt", f"seccomp={file}"] if file else []
        return tuple(words)

    def filter(self) -> str:
        """Give the file of our filter of system calls, for the client to read; "": there is a better one."""
        from roost import home as homes

        from .profile import profile

        if self.runtime or ((found := daemon()) and found.filters):
            return ""
        file = filter_file(homes.locate())
        if not file.exists():
            homes.write(file, profile())
        return str(file)

    def leak(self, network: str = "none") -> str | None:
        """Say why a container without network has one after all, as the daemon and the container itself see it."""
        name = f"roost-{os.urandom(6).hex()}"
        words = [
            "--network",
            network,
            "--pull",
            "never",
            *labels(),
            *(["--runtime", self.runtime] if self.runtime else []),
        ]
        try:
            seen = call((*STARTED, name, *words, self._tried, "cat", "/proc/net/dev"), os.environ)
            mode = asked(
                "container", "inspect", "--format",
                "{{.HostConfig.NetworkMode}}{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}", name,
            )  # fmt: skip
        except CannotConfine as error:
            return f"a container without network cannot be started: {error.why[0]}"
        finally:
            asked("rm", "--force", name)
        devices = {line.partition(":")[0].strip() for line in seen.splitlines() if ":" in line}
        return None if devices <= {"lo"} and mode == "none none" else "`--network none` does not hold here"


def variables(job: Job) -> list[str]:
    """Give the options for a job's variables: by name alone, where the client has none of that name, so that values stand in no command line."""
    own = {"HOME": HOME, "TMPDIR": "/tmp", "XDG_CACHE_HOME": f"{HOME}/.cache"}  # noqa: S108
    words = []
    for name, value in (job.environ | own).items():
        words += ["--env", f"{name}={value}" if _clients(name) else name]
    return words


def environment(job: Job) -> dict[str, str]:
    """Give the variables of Docker's client: a job's, and its own."""
    return {**job.environ, **{name: value for name, value in os.environ.items() if _clients(name)}}


def guarded(
    argv: tuple[str, ...],
    job: Job,
    output: Stream,
    errors: Stream,
    *,
    stdin: int,
    alive: int | None,
    started: Callable[[], None] | None,
) -> Ended:
    """Stay beside Docker's client until a job ends."""
    limits = job.limits
    names = [
        name for name in ("memory", "processes", "file-size") if getattr(limits, name.replace("-", "_")) is not None
    ]
    held = dict.fromkeys(names, "docker")
    held |= {"timeout": "clock"} if limits.timeout is not None else {}
    held |= {"disk": "watched"} if limits.disk is not None else {}
    held |= {"output": "pipe"} if limits.output is not None else {}
    watched = Watched(disk=limits.disk, folders=(job.folder,))
    steps = Confinement(argv, environment(job), "/")
    return guard.run(
        steps, limits, watched, output, errors, stdin=stdin, alive=alive, group=None, held=held, started=started
    )  # fmt: skip


def filter_file(home: Home) -> Path:
    """Say where our filter of system calls is written for Docker's client."""
    from roost.digests import sha256

    from .profile import profile

    return home.cache / "sandbox" / f"seccomp-{sha256(profile().encode())[:12]}.json"


def _clients(name: str) -> bool:
    """Tell whether a variable is one that the client itself goes by."""
    return name in {"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME"} or name.startswith("DOCKER_")
