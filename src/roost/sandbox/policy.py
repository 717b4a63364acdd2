"""What a sandboxed program gets where nobody says otherwise (design decision 7)."""

from __future__ import annotations

from .values import MIB, Limits

UNTRUSTED = Limits(timeout=60.0, memory=2048 * MIB, processes=128, file_size=256 * MIB, disk=1024 * MIB, output=8 * MIB)
