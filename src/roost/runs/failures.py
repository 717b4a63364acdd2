"""Records of runs that ended badly, or in a sandbox: `data/runs/<id>/record.json`, the newest few."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from roost import home as homes
from roost.errors import CannotCreate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roost.home import Home

    from .values import Outcome, Prepared

SCHEMA = "roost.run/1"
MOST = 100  # records; the oldest go
FILE = "record.json"
STREAMS = ("output.txt", "errors.txt")  # what a script said, where it was kept


def identify(moment: float) -> str:
    """Make the id of a run that started then, seconds since the epoch: UUIDv7 (RFC 9562), which sort by time."""
    number = int(moment * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


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
    forget(home.runs)
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


def begun(about: Mapping[str, object], *, arguments: int, started: float) -> dict[str, object]:
    """Give what a record says of a run before its end; `started` is in seconds since the epoch."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
    return {**about, "id": identify(started), "arguments": arguments, "started": moment}


def oom_kills() -> int | None:
    """Count the processes that the kernel has killed since its start because memory ran out; None: it does not say."""
    with suppress(OSError), open("/proc/vmstat", "rb") as file:  # noqa: PTH123  # `Path` reads no more clearly
        for line in file:
            if line.startswith(b"oom_kill "):
                return int(line.split()[1])
    return None


def forget(runs: Path) -> None:
    """Drop the oldest records; a run that left more than what we have written of it is not ours to drop."""
    for name in sorted(os.listdir(runs))[:-MOST]:  # noqa: PTH208
        folder = runs / name
        with suppress(OSError):  # somebody else drops it too
            found = os.listdir(folder)  # noqa: PTH208
            if set(found) <= {FILE, *STREAMS}:
                for file in found:
                    (folder / file).unlink()
                folder.rmdir()
