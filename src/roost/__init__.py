"""One runtime that gives every script its own Python environment.

`check` says what a script needs, `environment` gives requirements an environment, `run` runs a script in its own.
Each raises `RoostError` for what a user can understand and act on.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._api import check, environment, run
    from .distributions import Plan
    from .environments import Environment
    from .errors import RoostError
    from .runs import Outcome
    from .version import __version__

PLACES = {
    "check": "roost._api",
    "environment": "roost._api",
    "run": "roost._api",
    "Plan": "roost.distributions",
    "Environment": "roost.environments",
    "Outcome": "roost.runs",
    "RoostError": "roost.errors",
    "__version__": "roost.version",
}

__all__ = ["Environment", "Outcome", "Plan", "RoostError", "__version__", "check", "environment", "run"]


def __getattr__(name: str) -> object:
    """Load what is asked for, and not before: the command line goes through this module too."""
    if name not in PLACES:
        raise AttributeError(f"module `roost` has no attribute `{name}`")
    from importlib import import_module

    value: object = getattr(import_module(PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
