"""The network of a sandbox that may reach some hosts: a listener on its own loopback, behind which is our proxy.

The sandbox has no network but that loopback. `inside/proxied.py` makes the listener there and hands it out, over a socket
in a folder that is gone again before the program has said its first word; what remains are threads of this process.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

from . import addresses
from .proxy import Proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Ended, Job

PREFIX = "roost-net-"
_INSIDE = Path(__file__).parent.parent / "inside" / "proxied.py"


class Door:
    """The way out of one run."""

    def __init__(self, job: Job, folder: str, outside: socket.socket) -> None:
        """Take the job, and where the listener will be handed over."""
        place = f"{folder}/socket"
        words = (job.python, "-I", "-S", "-c", _INSIDE.read_text("utf-8"), place)
        self.job = job.replace(argv=(*words, *job.argv), readable=(*job.readable, place))
        self._folder, self._outside = folder, outside
        self._proxy = Proxy(map(addresses.target, job.network))

    def start(self) -> None:
        """Answer from now on; called once the program was forked, which has to happen with one thread."""
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """End every connection."""
        with suppress(OSError):
            self._outside.shutdown(socket.SHUT_RDWR)
        self._outside.close()
        self._proxy.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def told(self, ended: Ended) -> Ended:
        """Add what was refused."""
        return ended.replace(notes=(*ended.notes, *self._proxy.notes()))

    def _serve(self) -> None:
        try:
            with self._outside.accept()[0] as helper:
                _, descriptors, _, _ = socket.recv_fds(helper, 1, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError:  # it was closed: the program never started
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        for descriptor in descriptors:
            self._proxy.serve(socket.socket(fileno=descriptor))


@contextmanager
def door(job: Job, user: int | None = None, *, within: str | None = None) -> Iterator[Door]:
    """Open the way to the hosts that a job may reach.

    Args:
        user: as whom the sandbox is set up; None: as who we are.
        within: a folder that the sandbox sees; None: the sandbox is still to be made.
    """
    sweep()
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=within)  # 0700
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as outside:
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            outside.bind(f"/proc/self/fd/{descriptor}/socket")  # addresses of sockets are short
        finally:
            os.close(descriptor)
        os.chmod(f"{folder}/socket", 0o666)  # noqa: PTH101, S103  # nobody else gets into the folder
        if user is not None:
            os.chown(folder, user, user)
        outside.listen(1)
        opened = Door(job, folder, outside)
        try:
            yield opened
        finally:
            opened.close()


def sweep() -> None:
    """Remove folders of runs whose roost was killed while they started."""
    above = tempfile.gettempdir()
    for name in os.listdir(above):  # noqa: PTH208
        owner = name.removeprefix(PREFIX).partition("-")[0]
        if name.startswith(PREFIX) and owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(f"{above}/{name}", ignore_errors=True)
