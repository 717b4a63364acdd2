"""What `[tool.uv]` says about where requirements come from."""

from __future__ import annotations

import os.path
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?([^;]*)(;.*)?"


def indexes(settings: Mapping[str, object]) -> tuple[str, ...]:
    """Give the addresses of the indexes that a `[tool.uv]` table names, in order."""
    found: list[str] = []
    tables = settings.get("index")
    if isinstance(tables, list):
        found += [table["url"] for table in tables if isinstance(table, dict) and isinstance(table.get("url"), str)]
    extra = settings.get("extra-index-url")
    if isinstance(extra, list):
        found += [one for one in extra if isinstance(one, str)]
    default = settings.get("index-url")
    if isinstance(default, str):
        found.append(default)
    return tuple(dict.fromkeys(found))


def constraints(settings: Mapping[str, object]) -> tuple[str, ...]:
    """Give the constraints of a `[tool.uv]` table (`constraint-dependencies`)."""
    found = settings.get("constraint-dependencies")
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def applied(requirement: str, settings: Mapping[str, object], folder: str) -> str:
    """Write a requirement with the source that `[tool.uv.sources]` gives it: a repository, an archive, a folder.

    Args:
        folder: what relative paths start from.
    """
    sources = settings.get("sources")
    parts = re.fullmatch(_NAME, requirement, re.DOTALL)
    if not isinstance(sources, dict) or parts is None:
        return requirement
    canonical = normalised(parts[1])
    source = next((value for name, value in sources.items() if normalised(name) == canonical), None)
    address = _address(source, folder) if isinstance(source, dict) else None
    if address is None:
        return requirement
    marker = f" {parts[4].strip()}" if parts[4] else ""
    return f"{parts[1]}{parts[2] or ''} @ {address}{marker}"


def normalised(name: str) -> str:
    """Write a distribution's name in its canonical form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _address(source: dict[str, object], folder: str) -> str | None:
    def text(key: str) -> str | None:
        value = source.get(key)
        return value if isinstance(value, str) else None

    git, url, path = text("git"), text("url"), text("path")
    if git is not None:
        revision = text("rev") or text("tag") or text("branch")
        below = text("subdirectory")
        address = git if git.startswith("git+") else f"git+{git}"
        return address + (f"@{revision}" if revision else "") + (f"#subdirectory={below}" if below else "")
    if url is not None:
        return url
    if path is not None:
        from urllib.parse import quote

        return "file://" + quote(os.path.normpath(os.path.join(folder, path)))  # noqa: PTH118
    return None
