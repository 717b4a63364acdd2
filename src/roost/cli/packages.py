"""`roost package`: what is in packages and archives that others made."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, UsageError

from . import views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from roost.archives import Limits
    from roost.packages import Verified

    from .options import Arguments
    from .show import Output


def verify(arguments: Arguments, output: Output) -> int:
    """Say what is in a file, or why it is refused."""
    from roost import packages

    file = Path(arguments.words[0])
    output.progress(f"reading `{file.name}`")
    found = packages.verify(file, trusted=arguments.has("trusted"), limits=_limits(arguments, file))
    if output.json:
        output.document("roost.package/1", {"file": str(file), **_document(found)})
    else:
        output.text("\n".join(_lines(file, found)))
    return Exit.OK


def unpack(arguments: Arguments, output: Output) -> int:
    """Unpack a file into a new folder."""
    from roost import packages

    file, folder = Path(arguments.words[0]), Path(arguments.words[1])
    output.progress(f"unpacking `{file.name}`")
    found = packages.unpack(file, folder, trusted=arguments.has("trusted"), limits=_limits(arguments, file))
    if output.json:
        output.document("roost.package/1", {"file": str(file), "folder": str(folder), **_document(found)})
    else:
        output.text(f"unpacked {views.counted(_files(found), 'file')} into `{folder}`")
    return Exit.OK


def _limits(arguments: Arguments, file: Path) -> Limits:
    """Give the limits of a file of its kind, with those that are asked for."""
    from roost import packages
    from roost.settings import amount

    given = {}
    kinds: list[tuple[str, str, Callable[[str], float | None]]] = [
        ("size", "a size such as `2G`", amount),
        ("entries", "a number", _count),
        ("ratio", "a number", _count),
        ("packed", "a size such as `2G`", amount),
    ]
    for name, what, read in kinds:
        text = arguments.text(f"max-{name}")
        if text is None:
            continue
        given[name] = None if text == "all" else read(text)
        if text != "all" and not given[name]:
            raise UsageError(f"`--max-{name}` takes {what} or `all`, not `{text}`")
    return packages.usual(file).replace(**given)


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _files(found: Verified) -> int:
    return sum(one.kind != "folder" for one in found.contents.entries)


def _lines(file: Path, found: Verified) -> list[str]:
    size = views.bytes_text(found.contents.size)
    lines = [f"`{file.name}` may be unpacked: {views.counted(_files(found), 'file')}, {size}"]
    said = found.manifest
    if said:
        facts = [
            ("agent", f"{said.name} {said.version}".rstrip()),
            ("entrypoint", said.entrypoint),
            ("surfaces", ", ".join(said.surfaces)),
            ("sets", ", ".join(name for name, _ in said.environment)),
            ("needs", ", ".join(found.requirements or said.dependencies)),
            ("not known", ", ".join(said.unknown)),
        ]
        lines += ["", *views.columns([fact for fact in facts if fact[1]])]
    return [*lines, *(f"  `{one}` is obeyed at every start of Python" for one in found.starting)]


def _document(found: Verified) -> dict[str, object]:
    said = found.manifest
    about = said and {
        "name": said.name,
        "version": said.version,
        "entrypoint": said.entrypoint,
        "description": said.description,
        "surfaces": list(said.surfaces),
        "environment": dict(said.environment),
        "dependencies": list(said.dependencies),
        "unknown": list(said.unknown),
    }
    entries = [
        {"name": one.name, "kind": one.kind, "size": one.size, "executable": one.executable, "target": one.target}
        for one in found.contents.entries
    ]
    return {
        "kind": found.kind,
        "form": found.contents.form,
        "size": found.contents.size,
        "manifest": about,
        "requirements": list(found.requirements),
        "starting": list(found.starting),
        "entries": entries,
    }
