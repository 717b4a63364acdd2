"""Script → Requirements → Lock: import names to distributions, trust, indexes, resolving."""

from .plan import plan, plan_for
from .values import Answer, Artifact, Lock, Options, Plan, Requirement, Unresolved

__all__ = [
    "Answer",
    "Artifact",
    "Lock",
    "Options",
    "Plan",
    "Requirement",
    "Unresolved",
    "plan",
    "plan_for",
]
