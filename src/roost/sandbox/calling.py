"""One program in a sandbox, called as a function: a job in, what it said and what came of it out."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing

from .warden import Warden, ended, gather

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tiers import Tier
    from .values import Ended, Job


def call(tier: Tier, job: Job) -> tuple[Ended, bytes]:
    """Run a job without input to its end, from any thread; gives what came of it and what it said on both streams.

    Raises:
        CannotKeep: the tier cannot hold what is asked.
        CannotConfine: the system refuses.
        RunKilled: it was killed from outside.
    """
    with ExitStack() as stack:
        reading, writing = os.pipe2(os.O_CLOEXEC)
        stack.callback(os.close, reading)
        warden = stack.enter_context(closing(Warden()))
        with ExitStack() as its:
            its.callback(os.close, writing)
            nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            its.callback(os.close, nothing)
            answer = warden.start(tier.name, job, (nothing, writing, writing))
        stack.callback(os.close, answer)
        said, came = gather((reading, answer))
        return ended(came), said
