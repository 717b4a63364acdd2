"""Records of runs: `data/runs/<id>/record.json`, the newest few. Light, since every run in a sandbox has one.

Until a run ends its record is `begun.json`: writing a file anew in the place of another has ext4 write it to the disk at once.
"""

from __future__ import annotations

import os
import time

from roost.contexts import suppress
from roost.errors import RoostError
from roost.records import sealed
from roost.sandbox.streams import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from roost.sandbox.outputs import Collected
    from roost.sandbox.values import Ended

SCHEMA = "roost.run/1"
MOST = 100  # records; the oldest go
FILE = "record.json"
BEGUN = "begun.json"
STREAMS = ("output.txt", "errors.txt")  # what a script said, where it was kept


class Record:
    """The record of a run under way; a home that cannot be written has none."""

    def __init__(
        self, about: Mapping[str, object], *, arguments: int, moment: float, runs: str, policy: str, tier: str
    ) -> None:
        """Write down that it starts.

        Args:
            about: what is so of every run of the script.
            runs: the folder of records.
            policy: what it may do and take, in one line.
        """
        self.document = begun(about, arguments=arguments, started=moment)
        self.document |= {
            "sandbox": {"tier": tier, "policy": policy, "held": {}, "notes": []},
            "process": [os.getpid(), started(os.getpid())],
        }
        self.folder = f"{runs}/{self.document['id']}"
        self._write(BEGUN)
        with suppress(OSError):
            forget(runs)

    def said(self, streams: Sequence[bytes]) -> None:
        """Keep what it said on standard output and standard error, with nothing that a terminal would obey."""
        for name, data in zip(STREAMS, streams, strict=True):
            with suppress(OSError):
                if data:
                    sealed.write(f"{self.folder}/{name}", harmless(data.decode("utf-8", "replace")).encode())

    def ended(self, ended: Ended, outputs: Collected | None) -> None:
        """Write down how it ended, and what it left."""
        sandbox: Any = self.document["sandbox"]
        sandbox |= {"held": dict(ended.held), "notes": list(map(harmless, ended.notes))}
        self.document["outcome"] = {
            "status": ended.status,
            "signal": ended.signal,
            "seconds": round(ended.seconds, 3),
            "reason": ended.reason,
        }
        if outputs is not None:
            self.document["outputs"] = [{"name": one.name, "size": one.size, "kind": one.kind} for one in outputs.files]
            self.document["refused"] = [{"name": name, "why": why} for name, why in outputs.refused]
        self._close()

    def failed(self, error: BaseException) -> None:
        """Write down that it was not run, or not to its end."""
        code, what = (
            (error.code, error.what) if isinstance(error, RoostError) else ("interrupted", type(error).__name__)
        )
        self.document["error"] = {"class": code, "message": what}
        self._close()

    def _close(self) -> None:
        self._write(FILE)
        with suppress(OSError):
            os.unlink(f"{self.folder}/{BEGUN}")  # noqa: PTH108

    def _write(self, name: str) -> None:
        with suppress(OSError):
            sealed.write(f"{self.folder}/{name}", f"{text(self.document)}\n".encode())


def identify(moment: float) -> str:
    """Make the id of a run that started then, seconds since the epoch: UUIDv7 (RFC 9562), which sort by time."""
    number = int(moment * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def begun(about: Mapping[str, object], *, arguments: int, started: float) -> dict[str, object]:
    """Give what a record says of a run before its end; `started` is in seconds since the epoch."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
    return {**about, "id": identify(started), "arguments": arguments, "started": moment}


def forget(runs: str) -> None:
    """Drop the oldest records; a run that left more than what we have written of it is not ours to drop."""
    for name in sorted(os.listdir(runs))[:-MOST]:  # noqa: PTH208
        folder = f"{runs}/{name}"
        with suppress(OSError):  # somebody else drops it too
            found = os.listdir(folder)  # noqa: PTH208
            if set(found) <= {FILE, BEGUN, *STREAMS}:
                for file in found:
                    os.unlink(f"{folder}/{file}")  # noqa: PTH108
                os.rmdir(folder)  # noqa: PTH106


def started(process: int) -> int | None:
    """Give when a process started, in ticks since the machine did, which tells it from a later one of its number; None: it is gone."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            return int(file.read().rpartition(b") ")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def text(value: object, line: str = "\n") -> str:
    """Write plain values as `json.dumps(value, indent=1)` does, which would load a parser."""
    from _json import encode_basestring_ascii

    if isinstance(value, str):
        return str(encode_basestring_ascii(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        ends, parts = "{}", [f"{text(key)}: {text(one, f'{line} ')}" for key, one in value.items()]
    elif isinstance(value, list | tuple):
        ends, parts = "[]", [text(one, f"{line} ") for one in value]
    else:
        return repr(value)
    return f"{ends[0]}{line} {f',{line} '.join(parts)}{line}{ends[1]}" if parts else ends
