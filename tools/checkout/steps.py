"""How the set-up speaks: one line a step on standard error; an error that says what to do."""

from __future__ import annotations

import sys


class StepFailed(Exception):
    """A step of the set-up went wrong; prints as `error`, `because` and `hint` lines."""

    def __init__(self, what: str, *, why: tuple[str, ...] = (), hints: tuple[str, ...] = ()) -> None:
        lines = [f"error: {what}", *(f"  because {one}" for one in why), *(f"hint: {one}" for one in hints)]
        super().__init__("\n".join(lines))


def say(step: str) -> None:
    """Tell one step, as it begins."""
    print(f"roost: {step}", file=sys.stderr, flush=True)
