"""Inline script metadata (PEP 723)."""

from __future__ import annotations

import re

from .errors import MetadataBroken
from .values import Declaration, Declared

_BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)[ \t]*$\n(?P<content>(^#(| .*)$\n?)+?)^# ///[ \t]*$")

# What nearly every block is: the two keys of PEP 723, and text without escapes. Reading it here spares `tomllib`, which
# takes about as long to load as Python to start. Everything else is TOML's own matter.
_TEXT = r'"[^"\\\x00-\x1f\x7f]*+"'
_COMMENT = r"#[^\x00-\x1f\x7f]*+"
_GAP = rf"(?:[ \t\n]|{_COMMENT}\n)*+"
_PLAIN = re.compile(
    rf"[ \t]*+(?:requires-python[ \t]*+=[ \t]*+(?P<python>{_TEXT})"
    rf"|dependencies[ \t]*+=[ \t]*+\[(?P<list>{_GAP}(?:{_TEXT}{_GAP}(?:,{_GAP}{_TEXT}{_GAP})*+(?:,{_GAP})?)?)\])?"
    rf"[ \t]*+(?:{_COMMENT})?(?:\n|\Z)"
)
_ITEM = re.compile(rf"{_COMMENT}|({_TEXT})")


def read(text: str, *, name: str, folder: str) -> Declared | None:
    """Read the `script` block of a source; None when there is none.

    Args:
        name: the script's, for messages.
        folder: what relative paths in `tool.uv.sources` start from.

    Raises:
        MetadataBroken: two blocks, no TOML, or values of the wrong type.
    """
    blocks = [found for found in _BLOCK.finditer(text) if found["type"] == "script"]
    if not blocks:
        if re.search(r"(?m)^# /// script[ \t]*$", text):
            raise MetadataBroken(_what(name), why=("it is not closed",), hints=("end it with a line `# ///`",))
        return None
    if len(blocks) > 1:
        line = text.count("\n", 0, blocks[1].start()) + 1
        raise MetadataBroken(_what(name), why=(f"there is a second one at line {line}; PEP 723 allows one",))
    first = text.count("\n", 0, blocks[0].start()) + 2  # the block's first line of content
    content = "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in blocks[0]["content"].splitlines())
    document = plain(content)
    if document is None:
        import tomllib

        try:
            document = tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            raise MetadataBroken(_what(name), why=(_moved(str(error), first),)) from None
    return _declared(document, content, name=name, first=first, folder=folder)


def plain(content: str) -> dict[str, object] | None:
    """Read a document of nothing but `requires-python` and `dependencies`, in text without escapes.

    Returns:
        What `tomllib.loads` returns for it; None when it is anything else.
    """
    document: dict[str, object] = {}
    at = 0
    while at < len(content):
        found = _PLAIN.match(content, at)
        if found is None:
            return None
        at = found.end()
        if found["python"] is not None:
            key, value = "requires-python", found["python"][1:-1]
        elif found["list"] is not None:
            key, value = "dependencies", [text[1:-1] for text in _ITEM.findall(found["list"]) if text]
        else:
            continue
        if key in document:
            return None
        document[key] = value
    return document


def _what(name: str) -> str:
    return f"cannot read the PEP 723 block of `{name}`"


def _moved(message: str, first: int) -> str:
    """Count the lines of a TOML error from the file's beginning."""
    return re.sub(r"at line (\d+)", lambda found: f"at line {int(found[1]) + first - 1}", message)


def _declared(document: dict[str, object], content: str, *, name: str, first: int, folder: str) -> Declared:
    dependencies = document.get("dependencies", [])
    python = document.get("requires-python")
    if not isinstance(dependencies, list) or not all(isinstance(one, str) for one in dependencies):
        raise MetadataBroken(_what(name), why=("`dependencies` must be a list of requirements as text",))
    if python is not None and not isinstance(python, str):
        raise MetadataBroken(_what(name), why=("`requires-python` must be text, such as `>=3.11`",))
    from . import conda
    from .requirements import checked
    from .sources import applied, constraints, indexes

    tool = document.get("tool")
    uv = tool.get("uv") if isinstance(tool, dict) else None
    settings = uv if isinstance(uv, dict) else {}
    roost = tool.get("roost") if isinstance(tool, dict) else None
    own = roost if isinstance(roost, dict) else {}
    lines = content.split("\n")
    declarations: list[Declaration] = []
    plain, packages = conda.parted(dependencies, own, what=_what(name))
    for one in plain:
        line = first + next((number for number, text in enumerate(lines) if one in text), 0)
        checked(one, where=f"the PEP 723 block of `{name}`", line=line)
        declarations.append(Declaration(applied(one, settings, folder), line, None, "pep723"))
    index = own.get("index")
    newer = (index.get("exclude-newer") if isinstance(index, dict) else None) or settings.get("exclude-newer")
    declared = Declared(
        requirements=tuple(declarations),
        where=f"the PEP 723 block of `{name}`",
        via="pep723",
        requires_python=python,
        constraints=constraints(settings),
        exclude_newer=newer if isinstance(newer, str) else None,
        conda=conda.declarations(packages, lines, first=first, file=None, via="pep723"),
        conda_channels=conda.channels(own, folder),
    )
    return indexes(settings, folder, own).within(declared)
