"""Lock → Environment: key, build, store, check, collect, inspect."""

from .values import Environment

__all__ = ["Environment"]
