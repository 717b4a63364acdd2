"""Environment → Outcome: preparing, launching, waiting, records."""

from .launch import CannotStart, execute, launch
from .prepare import prepare
from .records import record
from .supervise import leave, supervise
from .values import Launch, Outcome, Prepared

__all__ = [
    "CannotStart",
    "Launch",
    "Outcome",
    "Prepared",
    "execute",
    "launch",
    "leave",
    "prepare",
    "record",
    "supervise",
]
