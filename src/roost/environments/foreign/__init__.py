"""Environments that others made: venv, virtualenv, conda, pyenv, pipx, uv and their like; looked at, never run or changed."""

from .places import usual
from .recognise import environment, recognise
from .search import Seen, below, everywhere
from .values import Foreign

__all__ = ["Foreign", "Seen", "below", "environment", "everywhere", "recognise", "usual"]
