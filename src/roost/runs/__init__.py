"""Environment → Outcome: preparing, launching, waiting, records."""

from roost import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .first import awaited, first_run, sentence
    from .launching import CannotStart, execute, launch
    from .preparing import prepare
    from .records import record
    from .supervising import leave, supervise
    from .values import Ended, Launch, Outcome, Prepared

__getattr__ = lazily.loading(__name__, {  # a run that is known needs none of it
    "awaited": "first", "first_run": "first", "sentence": "first", "CannotStart": "launching", "execute": "launching", "launch": "launching", "prepare": "preparing", "record": "records", "leave": "supervising", "supervise": "supervising", "Ended": "values", "Launch": "values", "Outcome": "values", "Prepared": "values",
})  # fmt: skip

__all__ = [
    "CannotStart",
    "Ended",
    "Launch",
    "Outcome",
    "Prepared",
    "awaited",
    "execute",
    "first_run",
    "launch",
    "leave",
    "prepare",
    "record",
    "sentence",
    "supervise",
]
