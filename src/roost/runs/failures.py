"""Records of runs that ended badly."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from roost import home as homes
from roost.errors import CannotCreate

from .noting import FILE, SCHEMA, begun, forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.home import Home

    from .values import Outcome, Prepared


def record_failure(
    prepared: Prepared, outcome: Outcome, *, arguments: int, out_of_memory: bool, home: Home
) -> Path | None:
    """Write down how a run ended; gives the file, or None where the home cannot be written.

    What the script was given is not kept, only how much: arguments hold passwords. Whether it called `os._exit`, and
    what it was importing, cannot be told from outside.
    """
    import json

    death = "exit" if outcome.signal is None else "out-of-memory" if out_of_memory else "signal"
    document = begun(about(prepared), arguments=arguments, started=time.time() - outcome.seconds)
    document["outcome"] = {
        "status": outcome.status,
        "signal": outcome.signal,
        "seconds": round(outcome.seconds, 3),
        "death": death,
    }
    file = home.runs / str(document["id"]) / FILE
    try:
        homes.write(file, json.dumps(document, indent=1) + "\n")
    except CannotCreate:
        return None
    forget(os.fspath(home.runs))
    return file


def about(prepared: Prepared) -> dict[str, object]:
    """Give what a record says of every run of a script, as plain values."""
    script = prepared.plan.script
    return {
        "schema": SCHEMA,
        "from": "script",
        "id": None,
        "script": script.name if script.path is None else os.fspath(script.path),
        "form": script.form,
        "digest": script.digest,
        "arguments": 0,
        "environment": prepared.environment.name,
        "python": prepared.environment.version,
        "started": None,
        "outcome": None,
        "plan": None,
        "error": None,
    }


def oom_kills() -> int | None:
    """Count the processes that the kernel has killed since its start because memory ran out; None: it does not say."""
    with suppress(OSError), open("/proc/vmstat", "rb") as file:  # noqa: PTH123  # `Path` reads no more clearly
        for line in file:
            if line.startswith(b"oom_kill "):
                return int(line.split()[1])
    return None
