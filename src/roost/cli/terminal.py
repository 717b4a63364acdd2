"""One line on a terminal that moves while something is going on, and is erased afterwards."""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_FRAMES = "|/-\\"
ERASE = "\r\x1b[2K"
DELAY = 0.15  # seconds before anything is drawn: what is over at once does not flicker
TICK = 0.1


class Line:
    """The line; a thread of its own keeps it moving through long silent steps."""

    def __init__(self, stream: TextIO) -> None:
        """Start with nothing drawn."""
        self._stream = stream
        unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
        self._frames = FRAMES if unicode else PLAIN_FRAMES
        self._text = ""
        self._drawn = False
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._move, name="progress", daemon=True)
        self._thread.start()

    def show(self, text: str) -> None:
        """Put text in the place of what stood there; drawn at the next tick."""
        self._text = text.partition("\n")[0]

    def erase(self) -> None:
        """Take the line away so that something else can be written; it comes back at the next tick."""
        with self._lock:
            if self._drawn:
                self._write(ERASE)
                self._drawn = False

    def close(self) -> None:
        """Take the line away for good, and wait for the thread."""
        self._end.set()
        self._thread.join()
        self.erase()

    def _move(self) -> None:
        step = 0
        pause = DELAY
        while not self._end.wait(pause):
            pause = TICK
            with self._lock:
                frame = self._frames[step % len(self._frames)]
                self._write(f"{ERASE}{frame} {self._fit(self._text)}")
                self._drawn = True
            step += 1

    def _fit(self, text: str) -> str:
        """Cut text to the terminal: a line that wraps cannot be erased."""
        try:
            width = os.get_terminal_size(self._stream.fileno()).columns or 80  # 0: the terminal does not know
        except (OSError, ValueError):
            width = 80
        room = max(width - 4, 10)
        return text if len(text) <= room else f"{text[: room - 1]}~"

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal has gone
            self._end.set()
