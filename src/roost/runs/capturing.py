"""Waiting for a script whose output is wanted: nothing fills up, nothing is left behind when its time is over."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from .starting import GRACE, alone, bound_to_us, spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from .values import Launch

LINGER = 1.0  # seconds to wait for output that a process left running by the script still holds open


def captured(start: Launch, data: bytes, cwd: Path | None, timeout: float | None) -> tuple[int, str, str, bool]:
    """Run to the end; returns status (negative: a signal), standard output and error, and whether time ran out."""
    import subprocess

    bind = bound_to_us() if alone() else None
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = spawn(start, data, cwd, preexec_fn=bind, process_group=0, **pipes)
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    said: dict[int, list[bytes]] = {stream.fileno(): [] for stream in streams}
    try:
        late = not _collect(process, said, None if timeout is None else time.monotonic() + timeout)
        if late:
            _end_group(process)
            _collect(process, said, None)
    finally:
        if process.poll() is None:
            _end_group(process, patience=0)
        for stream in streams:
            stream.close()
    output, errors = (b"".join(chunks).decode("utf-8", "replace") for chunks in said.values())
    return process.returncode, output, errors, late


def _collect(process: subprocess.Popen[bytes], said: dict[int, list[bytes]], until: float | None) -> bool:
    """Read both streams as they come, until the process has ended; tells false when it has not by then.

    A process that the script left behind may hold the streams open for ever: they are waited for only so long.
    """
    import selectors

    ended = None
    with selectors.DefaultSelector() as selector:
        for descriptor in said:
            selector.register(descriptor, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if ended is None and process.poll() is not None:
                ended = now
            reading = bool(selector.get_map())
            if ended is not None and (not reading or now > ended + LINGER):
                return True
            if ended is None and until is not None and now > until:
                return False
            if not reading:
                time.sleep(0.002)
            for key, _ in selector.select(0.05) if reading else ():
                chunk = os.read(key.fd, 1 << 16)
                if chunk:
                    said[key.fd].append(chunk)
                else:
                    selector.unregister(key.fd)


def _end_group(process: subprocess.Popen[bytes], patience: float = GRACE) -> None:
    """Ask a process and all that it started to end, and kill what is left of them."""
    import signal
    import subprocess

    with suppress(ProcessLookupError):
        if patience:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
