"""What is ready to run, how it starts, and what became of it."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roost.distributions import Lock, Plan
    from roost.environments import Environment


class Prepared(Value):
    """A script whose environment stands ready."""

    plan: Plan
    lock: Lock
    environment: Environment  # it may have more than the lock: what earlier runs found missing
    run: str | None = None  # the value of `ROOST_RUN`; None: nothing is mended while it runs


class Launch(Value):
    """One process, decided to the last word; nothing has been started."""

    argv: tuple[str, ...]  # the environment's Python first
    environ: Mapping[str, str]
    notes: tuple[str, ...] = ()  # variables that were changed, and why, in sentences
    stdin: bytes | None = None  # what standard input must be; none: it is left as it is


class Outcome(Value):
    """A script that ran to its end."""

    status: int  # as a shell gives it: 0-255, 128 + signal when a signal ended it
    signal: int | None  # the signal that ended it
    seconds: float  # from its start to its end
    plan: Plan
    environment: Environment
    output: str | None = None  # standard output, when it was captured
    errors: str | None = None  # standard error, when it was captured
    timed_out: bool = False  # it ran longer than it may, and was ended by us
    variables: tuple[str, ...] = ()  # what was changed in its variables, and why, in sentences
    reason: str = "ended"  # the limit that ended it: "timeout", "memory", "disk", "processes"; "stopped": somebody did
    policy: str | None = None  # of its sandbox, in one line
    outputs: tuple[Path, ...] = ()  # the files that were wanted of it and that it made
    notes: tuple[str, ...] = ()  # what was added while it ran in a sandbox, refused, or cut, in sentences
    record: Path | None = None  # the folder of its record, where it ran in a sandbox


class Ended(Value):
    """A first run that was waited for."""

    outcome: Outcome
    file: Path | None  # the record of its failure, if there is one
    out_of_memory: bool = False  # the kernel killed it, because memory ran out
