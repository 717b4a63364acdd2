"""The one door through which roost starts other programs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

from .errors import ProcessFailed
from .values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Completed(Value):
    """A process that has ended."""

    argv: tuple[str, ...]
    status: int  # negative: ended by that signal
    output: str  # standard output
    errors: str  # standard error
    seconds: float

    def last_lines(self, count: int = 12) -> tuple[str, ...]:
        """Return the last lines of what it said, standard error first if there is any."""
        said = self.errors.strip() or self.output.strip()
        return tuple(said.splitlines()[-count:])


def ourselves(statement: str) -> list[str]:
    """Give the command that executes a statement in a process of roost's own Python, wherever roost is installed."""
    code = f"import sys; sys.path[:] = sys.argv.pop(1).split(chr(10)); {statement}"
    return [sys.executable, "-I", "-c", code, "\n".join(sys.path)]


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    timeout: float,
    cwd: Path | None = None,
    stdin: str | None = None,
    keep: Sequence[int] = (),
    line: Callable[[str], None] | None = None,
) -> Completed:
    """Run argv to its end, in its own process group, and collect what it says.

    Args:
        argv: program and arguments; no shell.
        env: its whole environment; nothing is inherited.
        timeout: seconds; then the whole group is killed.
        stdin: text for its standard input; none means the null device.
        keep: descriptors that it inherits, such as a lock's.
        line: called with each line of its standard error as it comes.

    Raises:
        ProcessFailed: the program cannot be started, or ran longer than timeout.
    """
    words = tuple(os.fspath(word) for word in argv)
    begin = time.monotonic()
    try:
        process = subprocess.Popen(
            words,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
            pass_fds=tuple(keep),
        )
    except OSError as error:
        raise ProcessFailed(f"cannot start `{words[0]}`", why=(error.strerror or str(error),)) from error
    try:
        output, errors = _collect(process, stdin, timeout, line)
    except subprocess.TimeoutExpired:
        raise ProcessFailed(
            f"`{os.path.basename(words[0])} {words[1] if len(words) > 1 else ''}` did not end within {timeout:.0f} s",  # noqa: PTH119
        ) from None
    finally:
        _end(process)
    return Completed(words, process.returncode, output, errors, time.monotonic() - begin)


def _collect(
    process: subprocess.Popen[str], stdin: str | None, timeout: float, line: Callable[[str], None] | None
) -> tuple[str, str]:
    if line is None:
        return process.communicate(stdin, timeout=timeout)
    import threading

    errors: list[str] = []

    def listen() -> None:
        if stream is None:
            return
        with stream:  # ours to close, as communicate does with what it reads
            for text in stream:
                errors.append(text)
                line(text.rstrip("\n"))

    stream, process.stderr = process.stderr, None  # the listener's, not communicate's
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        output, _ = process.communicate(stdin, timeout=timeout)
    finally:
        process.stderr = stream
    listener.join(timeout)
    return output, "".join(errors)


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the group of a process that has not ended, and reap it."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
