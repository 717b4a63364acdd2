"""`roost sandbox|outputs`: which tiers work here, and what a sandboxed script has left."""

from __future__ import annotations

from pathlib import Path

from roost.errors import CannotCreate, Exit, UsageError

from . import views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.sandbox.outputs import Collected

    from .options import Arguments
    from .show import Output


def show(arguments: Arguments, output: Output) -> int:
    """Try every tier and say what came of it."""
    from roost.sandbox import probing, tiers

    del arguments
    found, costs = [], {}
    for name in tiers.NAMES:
        output.progress(f"trying {name}")
        one = probing.standing(name)
        found.append(one)
        costs[name] = probing.cost(name) if one.works and name != "none" else None
    strongest = next((one for one in tiers.AUTO if any(other.tier == one and other.works for other in found)), None)
    if output.json:
        each = [
            {
                "tier": one.tier,
                "works": one.works,
                "why": one.why or None,
                "hint": one.hint or None,
                "note": one.note or None,
                "about": dict(one.about),
                "seconds": costs[one.tier],
            }
            for one in found
        ]
        output.document("roost.sandboxes/1", {"tiers": each, "auto": strongest})
        return Exit.OK
    rows = list[tuple[str, str, str, str]]()
    for one in found:
        facts = ", ".join(f"{name} {value}" for name, value in one.about)
        more = costs[one.tier]
        cost = f"+{more * 1000:.0f} ms" if more is not None else ""
        rows.append((one.tier, "works" if one.works else "no", cost, facts if one.works else one.why))
        line = one.note if one.works else one.hint
        if line:
            rows.append(("", "", "", line))
    lines = views.columns(rows)
    lines += [
        "",
        f"`auto` takes {strongest}" if strongest else "`auto` has nothing to take: untrusted code is not run here",
    ]
    output.text("\n".join(lines))
    return Exit.OK


def image(arguments: Arguments, output: Output) -> int:
    """Have the image of the Docker tier."""
    from roost.sandbox import docker
    from roost.sandbox import image as images

    from . import place

    home, _ = place.find(output)
    found = images.build(home, again=arguments.has("again"), report=output)
    output.text(f"the image `{docker.IMAGE}` is {found.removeprefix('sha256:')[:12]}")
    return Exit.OK


def outputs(arguments: Arguments, output: Output) -> int:
    """Collect what a script has left."""
    from roost.sandbox.outputs import collect

    folder = Path(arguments.words[0])
    if not folder.is_dir():
        raise UsageError(f"`{folder}` is no folder")
    return collected(collect(folder, empty(arguments.words[1]), names=arguments.texts("only")), output)


def empty(text: str) -> Path:
    """Read the name of a folder that is empty, or not there."""
    target = Path(text)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CannotCreate(f"`{text}` is not empty", hints=("name an empty folder, or one to be made",))
    return target


def collected(found: Collected, output: Output) -> int:
    """Show what was taken, and what stayed behind."""
    if output.json:
        files = [{"name": one.name, "size": one.size, "kind": one.kind} for one in found.files]
        refused = [{"name": name, "why": why} for name, why in found.refused]
        output.document("roost.outputs/1", {"files": files, "refused": refused})
        return Exit.OK
    lines = views.columns([(one.name, views.bytes_text(one.size), one.kind) for one in found.files])
    lines += [f"left `{name}`: {why}" for name, why in found.refused]
    output.text("\n".join(lines) if lines else "there is nothing in it")
    return Exit.OK
