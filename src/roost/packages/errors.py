"""Why a package is not taken, beside what its archive is refused for."""

from __future__ import annotations

from roost.errors import Exit, RoostError


class ManifestInvalid(RoostError):
    """An `agent.yaml` is missing, cannot be read, or says something that it may not."""

    code = "manifest-invalid"
    exit = Exit.UNREADABLE


class RequirementsRefused(RoostError):
    """Requirements that came with a package, or from a model, are more than names and versions."""

    code = "requirements-refused"
    exit = Exit.REFUSED
