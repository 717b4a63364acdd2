"""A parent that waits, but that nobody notices: signals go on to the child, stops and ends come back from it.

The signals are blocked and fetched one by one, because only then is known who sent them: what the terminal sends
(Ctrl-C, Ctrl-Z, a new size) goes to every process in the foreground, the child has it already.
"""

from __future__ import annotations

import os
import signal
import time

from .starting import GRACE, bound_to_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from types import TracebackType
    from typing import Self

_OURS = ("SIGKILL", "SIGSTOP", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGPIPE", "SIGXCPU", "SIGXFSZ", "SIGPROF", "SIGVTALRM")  # fmt: skip
_TERMINAL = ("SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGWINCH")
_FROM_KERNEL = 0x80  # SI_KERNEL (Linux)


class Forwarding:
    """Blocks signals from entering to leaving; use it in the only thread of a process."""

    def __enter__(self) -> Self:
        """Block every signal that is not about ourselves."""
        own = {getattr(signal, name) for name in _OURS if hasattr(signal, name)}
        self._watched = {number for number in signal.valid_signals() if number not in own}
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)
        self._children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, it would lose us the exit status
        self._bound = bound_to_us()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Put everything back; what came too late for the child, such as its own Ctrl-C, is not ours either."""
        while signal.sigpending() & self._watched:
            signal.sigwait(self._watched)
        signal.signal(signal.SIGCHLD, self._children or signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def restore(self) -> None:
        """Make the child's signals what ours were, between fork and exec."""
        if self._children == signal.SIG_IGN:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)
        self._bound()

    def wait(self, process: subprocess.Popen[bytes], timeout: float | None) -> tuple[int, bool]:
        """Wait for the child's end; returns its status, negative for a signal, and whether it ran out of time."""
        end = None if timeout is None else time.monotonic() + timeout
        late = False
        while True:
            status = self._status(process)
            if status is not None:
                return status, late
            number, from_terminal = self._next(end)
            if number == 0:
                process.send_signal(signal.SIGKILL if late else signal.SIGTERM)
                end, late = time.monotonic() + GRACE, True
            elif number != signal.SIGCHLD and not from_terminal:
                process.send_signal(number)

    def _status(self, process: subprocess.Popen[bytes]) -> int | None:
        """Return how the child ended; when it was stopped, stop as well, so that the shell takes its terminal back."""
        while process.returncode is None:
            pid, status = os.waitpid(process.pid, os.WNOHANG | os.WUNTRACED)
            if pid == 0:
                return None
            if os.WIFSTOPPED(status):
                os.kill(os.getpid(), signal.SIGSTOP)
            else:
                process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode

    def _next(self, end: float | None) -> tuple[int, bool]:
        """Return the next signal, and whether the terminal sent it; 0 when the time is over."""
        left = 3600.0 if end is None else max(0.0, end - time.monotonic())
        if not hasattr(signal, "sigtimedwait"):
            return self._polled(end)
        info = signal.sigtimedwait(self._watched, left)
        if info is None:
            return (0 if end is not None else signal.SIGCHLD), False
        return info.si_signo, info.si_code == _FROM_KERNEL

    def _polled(self, end: float | None) -> tuple[int, bool]:
        """Do it where a signal does not tell its sender (macOS): in the foreground these are the terminal's."""
        while not signal.sigpending() & self._watched:
            if end is not None and time.monotonic() > end:
                return 0, False
            time.sleep(0.01)
        number = signal.sigwait(self._watched)
        usual = {getattr(signal, name) for name in _TERMINAL}
        return number, number in usual and _in_foreground()


def _in_foreground() -> bool:
    for descriptor in (0, 1, 2):
        try:
            return os.tcgetpgrp(descriptor) == os.getpgrp()
        except OSError:
            continue
    return False
