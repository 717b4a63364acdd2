"""Which tiers work here: each is tried by running something in it, once per boot."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost.digests import sha256
from roost.errors import RoostError
from roost.values import Value

from . import tiers
from .streams import Stream
from .values import Job, Limits, Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home

    from .tiers import Tier
    from .values import TierName

PATIENCE = 20.0  # seconds
TIMES = 5  # starts of which the middle one counts
SCHEMA = "roost.probed/1"


def standing(name: TierName, *, home: Home | None = None, image: str = "") -> Standing:
    """Find out whether a tier works here.

    Args:
        home: where it is remembered for as long as the machine runs that it does; that it does not is never remembered.
        image: of Docker, that a run names; none: the one that is built here.
    """
    found = tiers.tier(name, image=image)
    if home is None or name in {"none", "limits"}:
        return found.probe()
    own = f"-{sha256(image.encode())[:12]}" if image and name.startswith("docker") else ""
    file = home.facts / f"sandbox-{name}{own}.json"
    grounds = tiers.grounds(name)
    if _remembered(file) == grounds:
        return Standing(name, works=True)
    said = found.probe()
    if said.works:
        with suppress(RoostError):
            homes.write(file, json.dumps({"schema": SCHEMA, "grounds": grounds}))
    return said


def cost(name: TierName) -> float | None:
    """Measure what starting a program in a tier takes beyond starting it plainly, in seconds; None: it does not work.

    The tier has been tried before.
    """
    plain, inside = (tried(tiers.tier(one), times=TIMES) for one in ("none", name))
    return max(0.0, inside.seconds - plain.seconds) if plain.works and inside.works else None


def _remembered(file: Path) -> str | None:
    try:
        document = json.loads(file.read_bytes())
        return str(document["grounds"]) if document["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Tried(Value):
    """What came of starting a program in a tier."""

    works: bool
    why: str
    hint: str
    seconds: float  # of the middle one of the starts

    def standing(self, tier: TierName) -> Standing:
        """Say whether the tier works."""
        return Standing(tier, self.works, self.why, self.hint)


def tried(tier: Tier, *, times: int = 1) -> Tried:
    """Start a program in a tier, so many times, in a process of its own."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.write(writing, json.dumps(_try(tier, times)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    try:
        return Tried(*json.loads(said))
    except (ValueError, TypeError):
        return Tried(works=False, why="trying it ended without an answer", hint="", seconds=0.0)


def _try(tier: Tier, times: int) -> tuple[bool, str, str, float]:
    said: list[bytes] = []
    taken, status = [], 0
    with tempfile.TemporaryDirectory(prefix="roost-probe-") as folder:
        Path(folder, ".cache").mkdir()
        limits, network = Limits(timeout=PATIENCE), ("all",) if tier.name in {"none", "limits"} else ()
        job = Job(
            ("/bin/sh", "-c", "exit 7"),
            {"PATH": os.defpath},
            os.path.realpath(folder),
            os.path.realpath(folder),
            limits=limits,
            network=network,
        )
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            for _ in range(times):
                begin = time.monotonic()
                ended = tier.run(job, Stream(lambda _: None, 1 << 16), Stream(said.append, 1 << 16), stdin=null)
                taken.append(time.monotonic() - begin)
                status = ended.status
        except RoostError as error:
            return False, "; ".join(error.why or (error.what,)), error.hints[0] if error.hints else "", 0.0
        finally:
            os.close(null)
    words = b"".join(said).decode("utf-8", "replace").strip().splitlines()
    if status == 7:
        return True, "", "", statistics.median(taken)
    return False, words[-1] if words else f"a program in it ended with {status}", "", 0.0
