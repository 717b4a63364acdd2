"""`roost answer`, which no person types: the import hook of an environment asks, framed JSON in and out (contracts §4)."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from roost.errors import RoostError

from . import place
from .show import Output

LARGEST = 1 << 20  # bytes of a question


def answer() -> int:
    """Read one question from standard input and write its answer to standard output; returns the exit status."""
    asked = sys.stdin is not None and not sys.stdin.isatty()
    length = int.from_bytes(sys.stdin.buffer.read(4), "big") if asked else 0
    if not 0 < length <= LARGEST:
        sys.stderr.write("error: `roost answer` is asked by the environments that roost makes, not by people\n")
        return 64
    request = json.loads(sys.stdin.buffer.read(length).decode("utf-8", "surrogatepass"))
    out = os.dup(1)
    os.dup2(2, 1)  # nothing else that is written may get between
    words = request.get("options") or []
    output = Output(json=False, quiet="quiet" in words, verbosity=0)
    with suppress(OSError):
        os.chdir(str(request.get("folder")))
    try:
        from roost.runs import answering

        home, settings = place.find(output)
        found = answering.answer(request, home=home, settings=settings, report=_Quiet(output))
    except RoostError as error:
        found = {"why": error.what}
    output.finish()
    if found.get("said") and not output.quiet:
        output.say(f"roost: {found['said']}")
    document = json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")
    os.write(out, len(document).to_bytes(4, "big") + document)
    return 0


class _Quiet:
    """Shows what is going on and nothing that would stay: what was added is said in one line."""

    def __init__(self, output: Output) -> None:
        self.progress = output.progress

    def step(self, text: str) -> None:
        """Say nothing."""

    note = warn = detail = step
