"""Environment → Outcome: preparing, launching, waiting, records."""

from .first import awaited, first_run, sentence
from .launch import CannotStart, execute, launch
from .prepare import prepare
from .records import record
from .supervise import leave, supervise
from .values import Ended, Launch, Outcome, Prepared

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
