"""What `[tool.uv]` says about where requirements come from."""

from __future__ import annotations

import os.path
import re

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import Declared


class Places(Value):
    """Indexes that a file names; the fields are those of `Declared`."""

    indexes: tuple[str, ...] = ()
    index_url: str | None = None
    find_links: tuple[str, ...] = ()
    explicit: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    pins: tuple[tuple[str, str], ...] = ()

    def within(self, declared: Declared) -> Declared:
        """Give what is declared with these indexes."""
        return declared.replace(
            indexes=self.indexes, index_url=self.index_url, find_links=self.find_links, explicit=self.explicit,
            sources=self.sources, pins=self.pins,
        )  # fmt: skip


_NAME = r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?([^;]*)(;.*)?"


def indexes(uv: Mapping[str, object], folder: str, roost: Mapping[str, object] | None = None) -> Places:
    """Read which indexes a `[tool.uv]` table names, and the `[tool.roost.index]` table, which has the keys of the settings.

    Args:
        folder: what relative paths start from.
        roost: the `[tool.roost]` table.
    """
    extra, default, explicit = _listed(uv.get("index"))
    links, pins = _texts(uv.get("find-links")), dict[str, str]()
    extra += _texts(uv.get("extra-index-url"))
    own = roost.get("index") if roost else None
    for table in (uv, {} if not isinstance(own, dict) else {"index-url": own.get("url")}):
        default = _text(table.get("index-url")) or default
    if isinstance(own, dict):
        extra = [*_texts(own.get("extra")), *extra]
        links = [*_texts(own.get("find-links")), *links]
        given = own.get("pins")
        pins = (
            {name: index for name, index in given.items() if isinstance(index, str)} if isinstance(given, dict) else {}
        )
    sources = uv.get("sources")
    named = {
        normalised(name): source["index"]
        for name, source in (sources.items() if isinstance(sources, dict) else ())
        if isinstance(source, dict) and isinstance(source.get("index"), str)
    }
    return Places(
        tuple(dict.fromkeys(extra)), default, tuple(placed(one, folder) for one in links), tuple(explicit),
        tuple(named.items()), tuple(pins.items()),
    )  # fmt: skip


def _listed(tables: object) -> tuple[list[str], str | None, list[str]]:
    """Read `[[tool.uv.index]]`: extra ones, the default one, and the names of those that are asked for pinned names only."""
    extra, explicit, default = list[str](), list[str](), None
    for table in tables if isinstance(tables, list) else []:
        address = _text(table.get("url")) if isinstance(table, dict) else None
        if address is None:
            continue
        name = _text(table.get("name"))
        entry = f"{name}={address}" if name else address
        if table.get("default"):
            default = entry
            continue
        extra.append(entry)
        if table.get("explicit") and name:
            explicit.append(name)
    return extra, default, explicit


def placed(address: str, folder: str) -> str:
    """Give a folder of wheels by a path that does not depend on where it is read."""
    return address if "://" in address else os.path.normpath(os.path.join(folder, os.path.expanduser(address)))  # noqa: PTH111, PTH118


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


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
