"""Environment → Outcome: preparing, launching, waiting, records."""

from .values import Outcome

__all__ = ["Outcome"]
