"""`[tool.poetry.dependencies]`, in which versions are written Poetry's own way."""

from __future__ import annotations

import re

from .values import Declaration, Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def convert(path: Path, table: dict[str, object]) -> Declared:
    """Write a table of dependencies as PEP 508 requirements; what has no such form is left to the imports."""
    python = table.get("python")
    lines = path.read_text("utf-8").split("\n")
    declarations: list[Declaration] = []
    for name, value in table.items():
        text = None if name == "python" else _requirement(name, value, path)
        if text is not None:
            line = next(
                (number for number, line in enumerate(lines, 1) if line.lstrip().startswith((name, f'"{name}"'))), 1
            )
            declarations.append(Declaration(text, line, path, "pyproject"))
    specifier = specifiers(python) if isinstance(python, str) else None
    return Declared(tuple(declarations), f"`{path}`", "pyproject", specifier or None)


def _requirement(name: str, value: object, path: Path) -> str | None:
    if isinstance(value, str):
        return f"{name}{specifiers(value)}"
    if not isinstance(value, dict) or value.get("optional") is True:
        return None
    extras = value.get("extras")
    bracket = f"[{','.join(map(str, extras))}]" if isinstance(extras, list) and extras else ""
    markers = f" ; {value['markers']}" if isinstance(value.get("markers"), str) else ""
    version = value.get("version")
    if isinstance(version, str):
        return f"{name}{bracket}{specifiers(version)}{markers}"
    for key, prefix in (("git", "git+"), ("url", ""), ("path", "")):
        address = value.get(key)
        if isinstance(address, str):
            revision = value.get("rev") or value.get("tag") or value.get("branch")
            placed = (path.parent / address).resolve().as_uri() if key == "path" else address
            return f"{name}{bracket} @ {prefix}{placed}{f'@{revision}' if revision and key == 'git' else ''}{markers}"
    return None


def specifiers(text: str) -> str:
    """Write Poetry's constraint as PEP 440 specifiers: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`, `1.*` is `==1.*`."""
    parts = [_one(part.strip()) for part in text.split("||", maxsplit=1)[0].split(",")]
    return ",".join(part for part in parts if part)


def _one(part: str) -> str:
    if part in {"", "*"}:
        return ""
    numbers = [int(number) for number in re.findall(r"\d+", part.partition("-")[0])[:3]]
    if part[0] in "^~" and not part.startswith("~=") and numbers:
        base = part[1:].strip()
        place = 0 if len(numbers) == 1 else 1
        if part[0] == "^":
            place = next((position for position, number in enumerate(numbers) if number), len(numbers) - 1)
        upper = [*numbers[:place], numbers[place] + 1]
        return f">={base},<{'.'.join(map(str, upper))}"
    return part.replace(" ", "") if part[0] in "<>=!~" else f"=={part}"
