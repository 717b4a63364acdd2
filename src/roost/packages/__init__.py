"""Packages that others made: what is in them, and whether they may be used."""

from __future__ import annotations

from .errors import ManifestInvalid, RequirementsRefused
from .manifest import Manifest
from .verifying import LIMITS, Verified, unpack, usual, verify

__all__ = ["LIMITS", "Manifest", "ManifestInvalid", "RequirementsRefused", "Verified", "unpack", "usual", "verify"]
