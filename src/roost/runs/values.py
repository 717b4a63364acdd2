"""What became of a run."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Plan
    from roost.environments import Environment


@dataclass(frozen=True, slots=True)
class Outcome:
    """A script that ran to its end."""

    status: int  # as a shell gives it: 0-255, 128 + signal when a signal ended it
    signal: int | None  # the signal that ended it
    seconds: float  # from its start to its end
    plan: Plan
    environment: Environment
    output: str | None = None  # standard output, when it was captured
    errors: str | None = None  # standard error, when it was captured
