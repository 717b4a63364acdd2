"""`roost env pack|unpack|…`: environments and their lists on the way from and to other machines."""

from __future__ import annotations

from pathlib import Path

from roost.errors import Exit, UsageError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .options import Arguments
    from .show import Output


def pack(arguments: Arguments, output: Output) -> int:
    """Write an environment's archive."""
    from roost import environments, travel

    home, _ = place.find(output)
    found = environments.find(home, arguments.words[0])
    target = arguments.text("output")
    archived = travel.pack(home, found, output=Path(target).absolute() if target else None, report=output)
    if output.json:
        data = {"file": str(archived.file), "sha256": archived.sha256, "size": archived.size, "files": archived.files}
        output.document("roost.packed/1", {"environment": found.name, **data})
    else:
        size = views.bytes_text(archived.size)
        output.text(f"packed {found.name} into `{archived.file.name}` ({size})\nsha256 {archived.sha256}")
    return Exit.OK


def unpack(arguments: Arguments, output: Output) -> int:
    """Make the environment of an archive."""
    from roost import travel

    home, settings = place.find(output)
    sha256 = arguments.text("sha256")
    if sha256 is not None and (len(sha256) != 64 or set(sha256.lower()) - set("0123456789abcdef")):
        raise UsageError(f"`--sha256` takes 64 hexadecimal digits, not `{sha256}`")
    options = place.options(arguments, settings)
    file = Path(arguments.words[0])
    found = travel.unpack(file, sha256=sha256, home=home, settings=settings, options=options, report=output)
    if output.json:
        output.document("roost.environment/1", {"environment": views.environment_document(found)})
    else:
        verb = "made" if found.fresh else "there already:"
        output.text(f"{verb} {found.name} ({views.counted(len(found.distributions), 'distribution')})")
    return Exit.OK
