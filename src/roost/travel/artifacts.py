"""Locked files in documents that come from other machines: checked once, at the door."""

from __future__ import annotations

import re

from roost.distributions import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SHA256 = re.compile(r"[0-9a-f]{64}")


def write(artifacts: Iterable[Artifact]) -> list[list[object]]:
    """Give locked files as a document has them."""
    return [[one.name, one.version, one.filename, one.url, one.sha256, one.size, one.commit] for one in artifacts]


def read(value: object) -> tuple[Artifact, ...]:
    """Read locked files.

    Raises:
        ValueError: one is not laid out as `write` does it.
    """
    if not isinstance(value, list):
        raise ValueError("no list of locked files")  # noqa: TRY004  # whoever reads a document waits for one error
    return tuple(map(_one, value))


def _one(fields: object) -> Artifact:
    if not isinstance(fields, list) or len(fields) != 7:
        raise ValueError("no locked file")
    name, version, filename, url, sha256, size, commit = fields
    texts = all(isinstance(one, str) for one in (name, version, filename, url))
    numbers = isinstance(size, int | None) and isinstance(commit, str | None)
    if not texts or not numbers or (sha256 is not None and not digest(sha256)):
        raise ValueError("a locked file has fields of other kinds")
    return Artifact(name, version, filename, url, sha256, size, commit)


def digest(value: object) -> bool:
    """Tell whether a value is a sha256 in hexadecimal: digests become names of files."""
    return isinstance(value, str) and bool(SHA256.fullmatch(value))
