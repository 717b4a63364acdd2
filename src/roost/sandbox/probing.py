"""Which tiers work here: each is tried by running something in it, once per boot."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from roost.errors import RoostError

from .streams import Stream
from .values import Job, Limits, Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tiers import Tier
    from .values import TierName

PATIENCE = 20.0  # seconds


def standing(name: TierName) -> Standing:
    """Find out whether a tier works here."""
    from .tiers import tier

    try:
        found = tier(name)
    except KeyError:
        return Standing(name, works=False, why="it is not built into this roost")
    return found.probe()


def tried(tier: Tier) -> Standing:
    """Start `true` in a tier, in a process of its own."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.write(writing, json.dumps(_try(tier)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    try:
        works, why, hint = json.loads(said)
    except ValueError:
        works, why, hint = False, "trying it ended without an answer", ""
    return Standing(tier.name, bool(works), str(why), str(hint))


def _try(tier: Tier) -> tuple[bool, str, str]:
    said: list[bytes] = []
    with tempfile.TemporaryDirectory(prefix="roost-probe-") as folder:
        Path(folder).chmod(0o700)
        job = Job(
            ("/bin/sh", "-c", "exit 7"), {"PATH": os.defpath}, os.path.realpath(folder), limits=Limits(timeout=PATIENCE)
        )
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            ended = tier.run(job, Stream(lambda _: None, 1 << 16), Stream(said.append, 1 << 16), stdin=null)
        except RoostError as error:
            return False, "; ".join(error.why or (error.what,)), error.hints[0] if error.hints else ""
        finally:
            os.close(null)
    words = b"".join(said).decode("utf-8", "replace").strip().splitlines()
    if ended.status == 7:
        return True, "", ""
    return False, words[-1] if words else f"a program in it ended with {ended.status}", ""
