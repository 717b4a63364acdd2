"""Where newer scripts look for `main`."""

from pip import main

__all__ = ["main"]
