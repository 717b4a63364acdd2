"""A second process beside a parent that waits: it tells what was sent to everybody, and outlives the parent.

Whoever fetches a signal does not learn whether it was sent to him alone (`kill PID`) or to his whole process group
(Ctrl-C, `kill %1`, `timeout`, a hangup). The witness is in the group, blocks everything and is known to nobody: what
it has got as well, the script has got. The script and the witness are younger than the parent, and Linux gives a
group's signal to its youngest process first, so the witness has it by the time the parent can ask.

When the parent is killed, whoever killed it meant the script: the witness, which the end of a pipe wakes, kills it.
What the script itself left behind (a daemon) lives on, as without us.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress

from .starting import opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from typing import NoReturn

PATIENCE = 0.2  # seconds to wait for an answer: a witness that somebody has stopped gives none
_WORD = 4  # bytes: a signal's number, or with the highest bit set the script's process
_PROCESS = 1 << 31


class Witness:
    """Made by a process with one thread that has blocked what is watched, before it starts the script."""

    def __init__(self, watched: AbstractSet[signal.Signals]) -> None:
        """Fork it.

        Raises:
            OSError: there is no room for another process; then nothing was made.
        """
        asked, self._asking = os.pipe()
        self._answers, answering = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            for descriptor in (asked, self._asking, self._answers, answering):
                os.close(descriptor)
            raise
        if self._pid == 0:
            _stand(asked, answering, watched)
        os.close(asked)
        os.close(answering)

    def guard(self, process: int) -> None:
        """Tell which process ends with us."""
        with suppress(OSError):
            os.write(self._asking, (_PROCESS | process).to_bytes(_WORD, "little"))

    def has(self, number: int) -> bool | None:
        """Tell whether a signal was sent to the whole group; None: the witness is stopped, or gone."""
        with suppress(OSError):
            os.write(self._asking, number.to_bytes(_WORD, "little"))
            if select.select([self._answers], [], [], PATIENCE)[0]:
                return os.read(self._answers, 1) == b"y"
        return None

    def dismiss(self) -> None:
        """End it; nothing is left of it."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._asking)
        os.close(self._answers)


def _stand(asked: int, answering: int, watched: AbstractSet[signal.Signals]) -> NoReturn:
    """Be the witness, until the parent ends."""
    script = None
    try:
        for descriptor in opened():
            if descriptor not in (asked, answering):
                with suppress(OSError):  # the one that listed the others
                    os.close(descriptor)  # the script's pipes must end when the script closes them
        while word := os.read(asked, _WORD):
            number = int.from_bytes(word, "little")
            if number & _PROCESS:
                script = number ^ _PROCESS
            elif number in signal.sigpending() and number in watched:
                signal.sigwait({number})
                os.write(answering, b"y")
            else:
                os.write(answering, b"n")
        if script is not None:
            os.kill(script, signal.SIGKILL)
    finally:
        os._exit(0)
