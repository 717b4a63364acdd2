"""Where scripts look for `main`, though pip says that they should not."""

from pip import main

__all__ = ["main"]
