"""What a program says: passed on as it comes, its middle left out where it is too much, escapes taken out for terminals and records."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"


class Stream:
    """One stream of a program.

    Args:
        sink: gets what is passed on.
        most: bytes that are kept: the first half, and the last; None: everything.
    """

    def __init__(self, sink: Callable[[bytes], None], most: int | None) -> None:
        """Start with nothing said."""
        self._sink = sink
        self._head = None if most is None else most // 2
        self._most_tail = 0 if most is None else most - most // 2
        self._tail = bytearray()
        self._told = False
        self.total = 0  # bytes that were said
        self.cut = 0  # bytes that were left out

    def feed(self, data: bytes) -> None:
        """Take what was said; beyond the limit only the end of it is remembered."""
        self.total += len(data)
        if self._head is None:
            self._sink(data)
            return
        if self._head:
            self._sink(data[: self._head])
            data, self._head = data[self._head :], max(0, self._head - len(data))
        if data:
            self._tail += data
            beyond = len(self._tail) - self._most_tail
            if beyond > 0:
                del self._tail[:beyond]
                self.cut += beyond

    def finish(self) -> None:
        """Pass on the end."""
        if self.cut:
            self._sink(f"\n… {self.cut} bytes left out …\n".encode())
        if self._tail:
            self._sink(bytes(self._tail))
            self._tail.clear()


def writer(descriptor: int) -> Callable[[bytes], None]:
    """Give what writes to one of our own streams; on a terminal, so that it obeys nothing."""
    terminal = os.isatty(descriptor)

    def write(data: bytes) -> None:
        view = memoryview(harmless(data.decode("utf-8", "replace")).encode() if terminal else data)
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError:  # nobody reads any more
            return

    return write


def harmless(text: str) -> str:
    """Write control characters and those that turn the direction of text as they are named: no terminal obeys them."""
    if text.replace("\n", "").replace("\t", "").isprintable():  # most is: `re` need not be loaded
        return text
    import re

    return re.sub(
        _CONTROL,
        lambda found: f"\\x{ord(found[0]):02x}" if ord(found[0]) < 256 else f"\\u{ord(found[0]):04x}",
        text,
    )
