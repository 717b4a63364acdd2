"""The two forms in TOML: the PEP 723 block of a script, and a project's `pyproject.toml`."""

from __future__ import annotations

import json

from roost.travel.needs import address

from .values import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.travel.needs import Needs


def pep723(needs: Needs) -> Written:
    """Write the inline metadata of a script (PEP 723)."""
    toml = [*_python(needs), *_dependencies(needs), *tool(needs)]
    text = "\n".join(["# /// script", *(f"# {line}".rstrip() for line in toml), "# ///"]) + "\n"
    return Written(text, _hashes(needs, "a PEP 723 block"))


def pyproject(needs: Needs) -> Written:
    """Write a project that has these dependencies and nothing to install."""
    name = "".join(letter if letter.isalnum() else "-" for letter in needs.name).strip("-") or "needs"
    head = ["[project]", f"name = {quoted(name)}", 'version = "0"']
    toml = [*head, *_python(needs), *_dependencies(needs)]
    tables = tool(needs)
    return Written("\n".join([*toml, *(["", *tables] if tables else [])]) + "\n", _hashes(needs, "a `pyproject.toml`"))


def tool(needs: Needs) -> list[str]:
    """Write what PEP 723 and PEP 621 have no key for, where uv and roost look for it."""
    lines = [f"exclude-newer = {quoted(needs.exclude_newer)}"] if needs.exclude_newer else []
    lines += _list("constraint-dependencies", needs.constraints) if needs.constraints else []
    lines += _list("find-links", needs.find_links) if needs.find_links else []
    indexes = [line for entry in needs.indexes for line in _index(entry, explicit=address(entry)[0] in needs.explicit)]
    indexes += [*_index(needs.index_url, explicit=False), "default = true"] if needs.index_url else []
    sources = [f"{name} = {{ index = {quoted(index)} }}" for name, index in needs.sources]
    pins = [f"{quoted(name)} = {quoted(index)}" for name, index in needs.pins]
    packages = _list("conda", [need.text for need in needs.conda]) if needs.conda else []
    packages += _list("conda-channels", needs.conda_channels) if needs.conda and needs.conda_channels else []
    tables = (
        ("tool.uv", lines), ("tool.uv.sources", sources), ("tool.roost", packages), ("tool.roost.index.pins", pins),
    )  # fmt: skip
    return [line for name, rows in tables if rows for line in (f"[{name}]", *rows)] + indexes


def _index(entry: str, *, explicit: bool) -> list[str]:
    name, place = address(entry)
    named = [f"name = {quoted(name)}"] if name else []
    return ["[[tool.uv.index]]", *named, f"url = {quoted(place)}", *(["explicit = true"] if explicit else [])]


def _python(needs: Needs) -> list[str]:
    return [f"requires-python = {quoted(needs.python)}"] if needs.python else []


def _dependencies(needs: Needs) -> list[str]:
    if not needs.requirements:
        return ["dependencies = []"]
    return ["dependencies = [", *(f"    {quoted(need.text)},{need.note}" for need in needs.requirements), "]"]


def _list(key: str, entries: Sequence[str]) -> list[str]:
    return [f"{key} = [", *(f"    {quoted(entry)}," for entry in entries), "]"] if entries else [f"{key} = []"]


def _hashes(needs: Needs, form: str) -> tuple[str, ...]:
    return tuple(
        f"`{need.text}`{f' ({need.where})' if need.where else ''}: its hashes, for which {form} has no place"
        for need in needs.requirements
        if need.hashes
    )


def quoted(text: str) -> str:
    """Write a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # else a JSON string is a TOML basic string
