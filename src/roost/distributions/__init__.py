"""Script → Requirements → Lock: import names to distributions, trust, indexes, resolving."""

from .extend import extend
from .lock import lock, remembered, without
from .plan import answer, plan, plan_for
from .python import have
from .values import Answer, Artifact, Lock, Options, Plan, Requirement, Unresolved

__all__ = [
    "Answer",
    "Artifact",
    "Lock",
    "Options",
    "Plan",
    "Requirement",
    "Unresolved",
    "answer",
    "extend",
    "have",
    "lock",
    "plan",
    "plan_for",
    "remembered",
    "without",
]
