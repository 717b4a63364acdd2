"""A parent that waits, but that nobody notices: signals go on to the child, stops and ends come back from it.

The signals are blocked and fetched one by one, and each goes on unless it was sent to the whole process group, as the
terminal does (Ctrl-C, Ctrl-Z, a new size) and shells do: then the child has it already (`witness`).
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from .starting import GRACE
from .witness import Witness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_OURS = ("SIGKILL", "SIGSTOP", "SIGPIPE", "SIGXCPU", "SIGXFSZ", "SIGPROF", "SIGVTALRM")
_TERMINAL = ("SIGINT", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGWINCH")
_STOPS = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_FROM_KERNEL = 0x80  # SI_KERNEL (Linux)


class Forwarding:
    """Blocks signals from entering to leaving; use it in the only thread of a process."""

    def __init__(self, *, ours: bool) -> None:
        """Say whether signals are wanted again afterwards; else they stay blocked, for a process that is about to end."""
        self._ours = ours

    def __enter__(self) -> Self:
        """Block every signal that is not about ourselves."""
        own = {getattr(signal, name) for name in _OURS if hasattr(signal, name)}
        self._watched = {number for number in signal.valid_signals() if number not in own}
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)
        self._children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, it would lose us the exit status
        self._witness: Witness | None = None
        with suppress(OSError):  # without room for it the script may get twice what is sent to its whole group
            self._witness = Witness(self._watched)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Put everything back; what came too late for the child, such as its own Ctrl-C, is not ours either."""
        self._dismiss()
        while signal.sigpending() & self._watched:
            signal.sigwait(self._watched)
        if self._ours or kind is not None:
            signal.signal(signal.SIGCHLD, self._children or signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def restore(self) -> None:
        """Make the child's signals what ours were, between fork and exec."""
        if self._children == signal.SIG_IGN:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        if callable(signal.getsignal(signal.SIGINT)):
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # exec does it too, but one that comes before would be lost
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def wait(self, process: int, timeout: float | None) -> tuple[int, bool]:
        """Wait for the child's end; returns its status, negative for a signal, and whether it ran out of time."""
        if self._witness is not None:
            self._witness.guard(process)
        end = None if timeout is None else time.monotonic() + timeout
        late = False
        while True:
            status = self._status(process)
            if status is not None:
                return status, late
            number, from_kernel = self._next(end)
            if number == 0:
                os.kill(process, signal.SIGKILL if late else signal.SIGTERM)
                end, late = time.monotonic() + GRACE, True
            elif number != signal.SIGCHLD and not self._sent_to_all(number, from_kernel=from_kernel):
                os.kill(process, number)

    def _status(self, process: int) -> int | None:
        """Return how the child ended; when it was stopped, stop as well, so that the shell takes its terminal back."""
        while True:
            pid, status = os.waitpid(process, os.WNOHANG | os.WUNTRACED)
            if pid == 0:
                return None
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
            if signal.SIGCONT in signal.sigpending():
                return None  # we stopped when it did, and somebody has continued us since: that goes on to it
            _stop(os.WSTOPSIG(status) if os.getpgid(process) == os.getpgrp() else signal.SIGSTOP)

    def _sent_to_all(self, number: int, *, from_kernel: bool) -> bool:
        """Tell whether the child got a signal when we did."""
        told = self._witness.has(number) if self._witness is not None else None
        if told is None:
            self._dismiss()
            return from_kernel and number in {getattr(signal, name) for name in _TERMINAL}
        return told

    def _dismiss(self) -> None:
        if self._witness is not None:
            self._witness.dismiss()
            self._witness = None

    def _next(self, end: float | None) -> tuple[int, bool]:
        """Return the next signal, and whether the system itself sent it; 0 when the time is over."""
        left = 3600.0 if end is None else max(0.0, end - time.monotonic())
        if not hasattr(signal, "sigtimedwait"):
            return self._polled(end)
        info = signal.sigtimedwait(self._watched, left)
        if info is None:
            return (0 if end is not None else signal.SIGCHLD), False
        return info.si_signo, info.si_code == _FROM_KERNEL

    def _polled(self, end: float | None) -> tuple[int, bool]:
        """Do it where a signal does not tell its sender (macOS)."""
        while not signal.sigpending() & self._watched:
            if end is not None and time.monotonic() > end:
                return 0, False
            time.sleep(0.01)
        return signal.sigwait(self._watched), True


def _stop(number: int) -> None:
    """Stop as the child was stopped: shells say whether it was for Ctrl-Z or for reading the terminal."""
    if number not in _STOPS:
        os.kill(os.getpid(), signal.SIGSTOP)
        return
    before = signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})  # we stop here
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    signal.signal(number, before or signal.SIG_DFL)
