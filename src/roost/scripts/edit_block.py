"""The TOML of a PEP 723 block, changed in place: comments and order stay."""

from __future__ import annotations

from roost.errors import RoostError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence
    from typing import Any

    from tomlkit.items import Array


class BlockUnreadable(RoostError):
    """The PEP 723 block is no TOML, or its dependencies are no list of texts."""

    code = "block-unreadable"


class Block:
    """The document between `# /// script` and `# ///`."""

    def __init__(self, text: str, where: str) -> None:
        """Read the TOML; the comment signs have been taken away."""
        import tomlkit
        from tomlkit import exceptions, items

        try:
            self._document = tomlkit.parse(text)
        except exceptions.TOMLKitError as error:
            raise BlockUnreadable(f"cannot read {where}", why=(str(error),)) from error
        found = self._document.get("dependencies")
        if found is None:
            found = tomlkit.array().multiline(multiline=True)
            self._document["dependencies"] = found
            found = self._document["dependencies"]
        if not isinstance(found, items.Array) or not all(isinstance(entry, str) for entry in found):
            raise BlockUnreadable(f"cannot read {where}", why=("`dependencies` is no list of texts",))
        self._array: Array = found

    def entries(self) -> list[str]:
        """Return each requirement; "" for what cannot be read as one."""
        from .edit_lines import InvalidRequirement, parsed

        found = []
        for entry in self._array:
            try:
                parsed(str(entry))
            except InvalidRequirement:
                found.append("")
            else:
                found.append(str(entry))
        return found

    def replace(self, position: int, text: str) -> None:
        """Write text in the place of one."""
        self._array[position] = text

    def delete(self, positions: Sequence[int]) -> None:
        """Take some away."""
        for position in sorted(positions, reverse=True):
            del self._array[position]

    def append(self, text: str) -> None:
        """Write one more behind the last."""
        self._array.append(text)

    def fixed(self, position: int) -> str | None:
        """Nothing in a block stands in the way of a new version."""
        del position
        return None

    def add_package(self, spec: str) -> str | None:
        """Declare a conda package; gives the one of the same name in whose place it came."""
        import tomlkit

        tool = self._document.setdefault("tool", tomlkit.table(is_super_table=True))
        packages = tool.setdefault("roost", tomlkit.table()).setdefault("conda", tomlkit.array())
        at = _position(packages, spec)
        if at is None:
            packages.append(spec)
            return None
        before = str(packages[at])
        packages[at] = spec
        return before

    def remove_package(self, name: str) -> str | None:
        """Take a conda package away; gives what was declared, None: nothing of this name."""
        packages = self._document.get("tool", {}).get("roost", {}).get("conda", [])
        at = _position(packages, name)
        return str(packages.pop(at)) if at is not None else None

    def settle(
        self,
        *,
        constraints: Sequence[str],
        python: str | None,
        indexes: Sequence[str],
        index_url: str | None,
        exclude_newer: str | None,
    ) -> None:
        """Add what belongs to a list beyond its requirements, where uv and roost look for it; what is there stays."""
        import tomlkit

        if python and "requires-python" not in self._document:
            self._document.add("requires-python", tomlkit.item(python))
        if not (constraints or indexes or index_url or exclude_newer):
            return
        tool = self._document.setdefault("tool", tomlkit.table(is_super_table=True))
        settings = tool.setdefault("uv", tomlkit.table())
        if exclude_newer and "exclude-newer" not in settings:
            settings.add("exclude-newer", exclude_newer)
        if constraints:
            there = settings.setdefault("constraint-dependencies", tomlkit.array().multiline(multiline=True))
            for one in constraints:
                if one not in there:
                    there.append(one)
        self._settle_indexes(settings, [*indexes, *([index_url] if index_url else [])], index_url)

    @staticmethod
    def _settle_indexes(settings: MutableMapping[str, Any], entries: Sequence[str], default: str | None) -> None:
        import tomlkit

        known = [str(table.get("url")) for table in settings.get("index", [])]
        for text in entries:
            name, _, address = text.partition("=") if "=" in text.partition("://")[0] else ("", "", text)
            if address in known:
                continue
            entry = tomlkit.table()
            if name:
                entry.add("name", name)
            entry.add("url", address)
            if text == default:
                entry.add("default", value=True)
            settings.setdefault("index", tomlkit.aot()).append(entry)

    def text(self) -> str:
        """Return the whole document."""
        return self._document.as_string()


def _position(packages: Sequence[str], spec: str) -> int | None:
    from .conda import package

    names = [package(str(one)) for one in packages]
    return names.index(package(spec)) if package(spec) in names else None
