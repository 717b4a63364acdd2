"""Conda packages in a lock file: PEP 751 leaves `[tool]` to tools, and ours holds the very files of each package."""

from __future__ import annotations

import json

from . import packages as records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .packages import Package

KEYS = (
    "name", "version", "build", "build-number", "subdir", "noarch", "depends", "url", "channel", "filename", "sha256", "size",
    "site-packages",
)  # fmt: skip


def text(found: Iterable[Package]) -> str:
    """Write packages as tables of a lock file."""
    tables = []
    for row in records.written(found):
        pairs = zip(KEYS, row, strict=True)
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs if value not in (None, [])]
        tables.append("\n".join(["[[tool.roost.conda]]", *lines]))
    return "".join(f"\n{table}\n" for table in tables)


def read(file: Path) -> tuple[Package, ...]:
    """Read the packages in a lock file; none where it has none, or cannot be read: whoever reads its distributions says so."""
    import tomllib

    try:
        tool = tomllib.loads(file.read_text("utf-8")).get("tool", {})
        tables = tool.get("roost", {}).get("conda", [])
        rows = [[table.get(key, [] if key == "depends" else None) for key in KEYS] for table in tables]
        return records.read(rows)
    except (OSError, ValueError, TypeError, IndexError, AttributeError):
        return ()


def satisfying(file: Path | None, names: Iterable[str], short: str, subdirs: Iterable[str]) -> tuple[Package, ...]:
    """Give the packages of a lock file, if all that is wanted is among them and they are for this machine and Python.

    Args:
        names: of the packages that are wanted.
        short: Python's major and minor version.
        subdirs: the platforms that fit, as conda names them.
    """
    found = read(file) if file else ()
    versions = {one.name: one.version for one in found}
    fits = versions.get("python", "").startswith(f"{short}.") and all(one.subdir in set(subdirs) for one in found)
    return found if fits and set(names) <= versions.keys() else ()
