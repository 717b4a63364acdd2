"""Lock → Environment: key, build, store, check, collect, inspect."""

from .build import ensure
from .references import refer
from .values import Environment

__all__ = ["Environment", "ensure", "refer"]
