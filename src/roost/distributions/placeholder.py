"""Stands in for `indexes` until that is merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roost.settings import Settings


@dataclass(frozen=True, slots=True)
class Indexes:
    """The default index of the settings."""

    default: str | None

    def arguments(self) -> tuple[str, ...]:
        """Give uv's options."""
        return ("--default-index", self.default) if self.default else ()

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        """Give no credentials."""
        return {}


def configured(settings: Settings, environ: Mapping[str, str]) -> Indexes:
    """Read the settings."""
    return Indexes(settings.index_url or environ.get("UV_DEFAULT_INDEX"))
