"""Imports tried in an environment, and a sentence for each that fails there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Plan, Unresolved
    from roost.environments import Environment


def unresolved(plan: Plan, environment: Environment) -> tuple[Unresolved, ...]:
    """Return the script's imports that should succeed in the environment and do not."""
    raise NotImplementedError
