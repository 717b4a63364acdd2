"""The tier of bubblewrap: namespaces in which only what a program needs exists at all."""

from __future__ import annotations

import os

from roost.contexts import ExitStack

from . import guard, plain, seccomp, system, users
from .confine import Confinement
from .values import MIB, Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .streams import Stream
    from .values import Ended, Job, TierName

PROGRAM = "bwrap"
HOME = "/home/user"
UID = "1000"
MEMORY_FILES = 64 * MIB  # what `/dev/shm` may have
TEMPORARY = 512 * MIB  # what `/tmp` and the home may have each
CLOSED = ("sys", "sysrq-trigger", "irq", "bus", "fs")  # of /proc: who is root outside could write there
INSTALL = "install it: `apt-get install bubblewrap`"
REFUSALS = (  # what it says → what that means, and what helps
    ("No permissions to create new namespace", "this user may not make namespaces here, as in an ordinary container",
     "allow it (`sysctl kernel.unprivileged_userns_clone=1`), or run the container with `--security-opt seccomp=unconfined`"),
    ("Can't mount proc", "a container around us hides parts of /proc", "run the container with `--security-opt systempaths=unconfined`"),
    ("pivot_root", "a container around us refuses to change the root", "run outside of the container, or take `--sandbox landlock`"),
    ("RTM_NEWADDR", "AppArmor refuses the network namespace", "give bwrap a profile that allows `userns`"),
    ("uid map", "AppArmor refuses user namespaces", "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"),
)  # fmt: skip


class Bubblewrap:
    """Files, processes, network, users and names of its own; nothing of the machine that was not bound."""

    name: TierName = "bubblewrap"

    def probe(self) -> Standing:
        """Start `true` in it."""
        from roost import processes
        from roost.errors import ProcessFailed

        from .probing import tried

        program = system.program(PROGRAM)
        if program is None:
            return Standing(self.name, works=False, why="the program `bwrap` is not here", hint=INSTALL)
        try:
            version = processes.run([program, "--version"], env={}, timeout=10).output.split()[-1]
        except (ProcessFailed, IndexError):
            version = "?"
        found = tried(self).standing(self.name)
        for said, why, hint in REFUSALS:
            if not found.works and said in found.why:
                found = found.replace(why=why, hint=hint)
        return found.replace(about=(("bwrap", version), *plain.held_here()))

    def run(self, job: Job, output: Stream, errors: Stream, *, stdin: int, alive: int | None = None) -> Ended:
        """Run a job to its end."""
        program = system.program(PROGRAM) or PROGRAM
        with ExitStack() as stack:
            user = users.another(job.readable, job.folder, fresh=job.fresh)
            users.hand_over(job.pipes, user)
            way = None
            if job.hosts:
                from . import network

                way = stack.enter_context(network.door(job, user))
                job = way.job
            families = ("unix", "inet", "inet6", "netlink")
            rules = os.memfd_create("roost-seccomp", os.MFD_CLOEXEC)
            stack.callback(os.close, rules)
            os.write(rules, seccomp.program(families))
            os.lseek(rules, 0, os.SEEK_SET)
            argv = (program, *options(job), "--seccomp", str(rules), "--", *job.argv)
            group, watched, held = plain.hold(job.limits, (job.folder, job.home))
            steps = Confinement(
                argv, {}, "/", group.files if group else (), plain.rlimits(job.limits), user=user, drop=user is not None,
                keep=(rules,),
            )  # fmt: skip
            held |= users.said(user)
            ended = guard.run(
                steps, job.limits, watched, output, errors, stdin=stdin, alive=alive, group=group, held=held,
                started=way.start if way else None,
            )  # fmt: skip
            return way.told(ended) if way else ended


def options(job: Job) -> tuple[str, ...]:
    """Give bwrap's options: what exists inside, who one is there, and which variables there are."""
    words = [
        "--unshare-user",
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--disable-userns",
    ]
    words += [] if job.online else ["--unshare-net"]
    words += [
        "--hostname",
        "sandbox",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--uid",
        UID,
        "--gid",
        UID,
        "--clearenv",
    ]
    for folder in system.PROGRAMS:
        if os.path.islink(folder):  # noqa: PTH114
            words += ["--symlink", os.readlink(folder), folder]  # noqa: PTH115
        elif os.path.isdir(folder):  # noqa: PTH112
            words += ["--ro-bind", folder, folder]
    for file in system.etc(online=job.online):
        words += ["--ro-bind-try", file, file]
    words += ["--proc", "/proc"]
    for name in CLOSED:
        words += ["--ro-bind-try", f"/proc/{name}", f"/proc/{name}"]
    words += ["--dev", "/dev"]
    for place, size in (("/dev/shm", MEMORY_FILES), ("/tmp", TEMPORARY), ("/home", TEMPORARY)):  # noqa: S108
        words += ["--size", str(size), "--tmpfs", place]
    words += ["--dir", HOME, "--dir", f"{HOME}/.cache"]
    for place in job.readable:
        if os.path.lexists(place) and not _below(place, system.PROGRAMS):
            words += ["--ro-bind", place, place]
    words += ["--bind", job.folder, job.folder, "--chdir", job.folder]
    environ = job.environ | {"HOME": HOME, "TMPDIR": "/tmp", "XDG_CACHE_HOME": f"{HOME}/.cache", "USER": "user"}  # noqa: S108
    for name, value in environ.items():
        words += ["--setenv", name, value]
    return (*words, "--remount-ro", "/")


def _below(place: str, folders: tuple[str, ...]) -> bool:
    return any(place == folder or place.startswith(f"{folder}/") for folder in folders)
