"""Source distributions → wheels, built in a sandbox: what a project's build runs has been read by nobody (decision 0026)."""

from .compiling import ask, kept_for, sandboxed
from .kept import forget

__all__ = ["ask", "forget", "kept_for", "sandboxed"]
