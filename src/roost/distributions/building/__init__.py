"""Source distributions → wheels, built in a sandbox: what a project's build runs has been read by nobody (decision 0026)."""

from .builder import Builder, builder, is_source, sandboxed
from .compiling import ask, kept_for
from .kept import forget

__all__ = ["Builder", "ask", "builder", "forget", "is_source", "kept_for", "sandboxed"]
