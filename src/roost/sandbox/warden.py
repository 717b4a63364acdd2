"""A process that starts sandboxed runs for a program that lives long: it has one thread, which forking needs, and few modules.

Requests come over a socket, each a job in a memory file with the descriptors of its streams, and are taken by a process
that waits for one, forked ahead; answers go down a pipe that came along. When its program is gone, so are its runs.
"""

from __future__ import annotations

import gc
import os
import select
import selectors
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from marshal import dumps, load

from roost import processes

from . import apart, bubblewrap, cgroups, docker, folders, plain, probing, tiers, watching  # noqa: F401  # loaded once, before the first run
from .streams import writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .folders import Place
    from .values import Ended, Job, TierName

START = "from roost.sandbox.warden import main; main(int(sys.argv[1]))"
PIECE = 1 << 16
LONGEST = 64  # bytes of a request's message; what it is about is in its memory file
NUMBER = 4  # bytes of a process's number
TICK = 0.25  # seconds between looking for what killed runs have left
GRACE = 3.0  # seconds that runs may take to end when the program is gone


def ended(said: bytes) -> Ended:
    """Read what came of a job.

    Raises:
        RunKilled: it was killed from outside.
        RoostError: as the tier's `run`.
    """
    return apart.ended_as(apart.understood(said))


def gather(descriptors: Sequence[int], asked: tuple[int, Callable[[], None]] | None = None) -> list[bytes]:
    """Read from pipes until all of them have ended; gives what came out of each.

    Args:
        asked: one more, and what is called once it can be read from.
    """
    said = {one: bytearray() for one in descriptors}
    left = set(said)
    with selectors.DefaultSelector() as selector:
        for one in (*said, *([asked[0]] if asked else [])):
            selector.register(one, selectors.EVENT_READ)
        while left:
            for key, _ in selector.select():
                if asked and key.fd == asked[0]:
                    selector.unregister(key.fd)
                    asked[1]()
                    continue
                piece = os.read(key.fd, PIECE)
                said[key.fd] += piece
                if not piece:
                    selector.unregister(key.fd)
                    left.discard(key.fd)
    return list(map(bytes, said.values()))


class Warden:
    """The program's side: starts the process with the first run, and again where it is gone."""

    def __init__(self) -> None:
        """Start with no process."""
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process = 0

    def start(self, tier: TierName, job: Job, streams: tuple[int, int, int], *, leaving: Place | None = None) -> int:
        """Start a job; may be called by several threads at once.

        Args:
            streams: descriptors for its input, output and errors.
            leaving: folders that are removed once it has been said what came of the job, which nobody waits for.

        Returns:
            A descriptor from which `ended` reads what came of it. Once it is closed, the job is ended.
        """
        reading, writing = os.pipe2(os.O_CLOEXEC)
        memory = os.memfd_create("roost-job", os.MFD_CLOEXEC)
        try:
            os.write(memory, dumps({"tier": tier, "job": apart.packed(job), "leaving": leaving and leaving.values()}))
            self._send((memory, *streams, writing))
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
            os.close(memory)
        return reading

    def close(self) -> None:
        """End the process, and what runs in it."""
        with self._lock:
            self._forget()

    def _send(self, descriptors: tuple[int, ...]) -> None:
        with self._lock:
            for again in (True, False):
                if self._socket is None:
                    self._start()
                assert self._socket is not None
                try:
                    socket.send_fds(self._socket, [b"run"], descriptors)
                except OSError:
                    if not again:
                        raise
                    self._forget()
                else:
                    return

    def _start(self) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(its.fileno(), True)  # noqa: FBT003  # the only way it can be called
        words = [*processes.ourselves(START), str(its.fileno())]
        self._process = os.posix_spawn(words[0], words, dict(os.environ), setsid=True)
        its.close()
        self._socket = ours

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)


def main(descriptor: int) -> None:
    """Serve until the other side is gone."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # the only way it can be called
    watching.adopt()
    gc.freeze()  # what is loaded stays shared with the children
    connection = socket.socket(fileno=descriptor)
    taken, taking = os.pipe2(os.O_CLOEXEC)
    poll = select.poll()
    poll.register(taken, select.POLLIN)
    poll.register(connection, 0)  # that it is closed is told always
    runs: set[int] = set()
    spare = _spare(connection, taking)
    while True:
        found = dict(poll.poll(TICK * 1000))
        if taken in found:
            if (
                int.from_bytes(os.read(taken, NUMBER), sys.byteorder) == spare
            ):  # else it has ended by now, and is reaped
                runs.add(spare)
                spare = _spare(connection, taking)
        elif connection.fileno() in found:
            break
        left = _reap(runs | {spare})
        runs &= left
        if spare not in left:
            spare = _spare(connection, taking)
    connection.close()
    for one in runs:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while (runs := _reap(runs)) and time.monotonic() < until:
        time.sleep(TICK / 10)
    watching.end_all()
    apart.clean()
    sys.exit(0)


def _spare(connection: socket.socket, taking: int) -> int:
    """Fork a process that waits for a run: forking takes as long as the rest of a start. It says so once it has one."""
    child = os.fork()
    if child == 0:
        cgroups.join_ahead()
        message, descriptors, _, _ = socket.recv_fds(connection, LONGEST, 8)
        if not message:
            os._exit(0)  # the group is removed by whoever waits for us
        os.write(taking, os.getpid().to_bytes(NUMBER, sys.byteorder))
        os.close(taking)
        connection.close()
        _serve(descriptors)
    return child


def _serve(descriptors: list[int]) -> None:
    memory, stdin, output, errors, writing = descriptors
    for one in descriptors:
        os.set_inheritable(one, False)  # noqa: FBT003  # the only way it can be called

    with os.fdopen(memory, "rb") as file:
        file.seek(0)
        asked = load(file)  # noqa: S302  # of our own program

    def work(alive: int) -> object:
        came = apart.run(
            tiers.tier(asked["tier"]),
            apart.unpacked(asked["job"]),
            (writer(output), writer(errors)),
            stdin=stdin,
            alive=alive,
        )
        for one in (output, errors):
            os.close(one)
        return apart.ending(came)

    def after() -> None:
        if asked["leaving"]:
            folders.clear(folders.Place(*asked["leaving"]))

    apart.answer(writing, work, after=after)


def _reap(runs: set[int]) -> set[int]:
    """Take the status of runs that ended, and give the others; what a killed one has left is a child of ours now, and is ended."""
    left, killed = set(runs), False
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if not child:
            break
        cgroups.remove(child)
        killed |= child in left and status != 0
        left.discard(child)
    if killed:
        for child in watching.children(os.getpid()):
            for one in (child, *watching.descendants(child)) if child not in left else ():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(one, signal.SIGKILL)
        apart.clean()
    return left
