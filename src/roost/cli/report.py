"""`--report`: one document with what was decided and what came of it, never mixed into the script's output."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path

from roost.errors import CannotCreate, RoostError, UsageError

from . import errors, place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.distributions import Plan
    from roost.home import Home
    from roost.runs import Outcome, Prepared

    from .show import Output

SCHEMA = "roost.run/1"


class Report:
    """The document while it grows."""

    def __init__(self, output: Output) -> None:
        """Start with nothing known."""
        self._output = output
        self.data: dict[str, object] = {"schema": SCHEMA, "from": "roost", "plan": None, "outcome": None, "error": None}

    def planned(self, plan: Plan) -> None:
        """Keep what was decided, before anything is built."""
        self.data["plan"] = views.plan_document(views.Checked(place.named(plan, self._output)))

    def prepared(self, prepared: Prepared, home: Home) -> None:
        """Keep what was decided and built, and what earlier runs have added."""
        plan = place.with_additions(place.named(prepared.plan, self._output), home)
        checked = views.Checked(plan, lock=prepared.lock, environment=prepared.environment)
        self.data["plan"] = views.plan_document(checked)

    def ended(self, outcome: Outcome, prepared: Prepared, home: Home) -> None:
        """Keep what came of it, and what was added meanwhile; from now on the status is the script's."""
        self.prepared(prepared, home)
        self.data["from"] = "script"
        self.data["outcome"] = {
            "status": outcome.status,
            "signal": outcome.signal,
            "seconds": round(outcome.seconds, 3),
        }

    def failed(self, error: RoostError) -> None:
        """Keep why nothing was run."""
        error.hints = tuple(map(self._output.named, error.hints))
        self.data["error"] = errors.document(error)


@contextmanager
def opened(target: str, output: Output) -> Iterator[Report]:
    """Give a report that is written to target in the end, whatever the end is.

    Args:
        target: a path, or `fd:N` for an open descriptor of this process, which the script does not inherit.

    Raises:
        UsageError: the descriptor is not open.
        CannotCreate: the file cannot be written; said before anything is run.
    """
    descriptor = _descriptor(target)
    report = Report(output)
    try:
        yield report
    finally:
        import json

        text = json.dumps(report.data, indent=2) + "\n"
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)


def _descriptor(target: str) -> int:
    """Open target; a file is emptied only in the moment it is written, but must be writable now."""
    if target.startswith("fd:"):
        number = target[3:]
        try:
            os.fstat(int(number))
            os.set_inheritable(int(number), False)  # noqa: FBT003  # the only way it can be called
        except (ValueError, OSError, OverflowError) as error:
            raise UsageError(
                f"`--report {target}` names no open descriptor", hints=("`--report FILE` writes a file",)
            ) from error
        return int(number)
    try:
        return os.open(Path(target), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise CannotCreate(f"cannot write the report `{target}`", why=(error.strerror or str(error),)) from error
