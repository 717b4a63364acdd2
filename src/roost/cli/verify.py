"""`roost env verify`: are environments as they were installed."""

from __future__ import annotations

from roost.errors import Exit

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.environments import Damage, Environment

    from .options import Arguments
    from .show import Output

SHOWN = 10  # damaged files of one environment


def verify(arguments: Arguments, output: Output) -> int:
    """Compare environments, all of them or those that are named, with what was installed."""
    from roost import environments

    home, _ = place.find(output)
    wanted = dict.fromkeys(environments.find(home, text) for text in arguments.words)
    found = []
    for one in wanted or environments.listing(home):
        output.progress(f"reading `{one.name}`")
        found.append((one, environments.verify(one)))
    if output.json:
        output.document("roost.verified/1", {"environments": [_document(*row) for row in found]})
    else:
        lines = [line for row in found for line in _lines(*row)]
        output.text("\n".join(lines) if lines else "there are no environments yet: `roost run FILE` makes one")
    return Exit.UNREADABLE if any(harm for _, harm in found) else Exit.OK


def _lines(environment: Environment, harm: tuple[Damage, ...]) -> list[str]:
    if not harm:
        return [f"{environment.name}: as it was installed"]
    lines = [f"{environment.name}: damaged, it is built again at its next use"]
    lines += [f"  {one.sentence}" for one in harm[:SHOWN]]
    return [*lines, *([f"  and {views.counted(len(harm) - SHOWN, 'more file')}"] if len(harm) > SHOWN else [])]


def _document(environment: Environment, harm: tuple[Damage, ...]) -> dict[str, object]:
    damage = [{"distribution": one.distribution, "file": one.file, "what": one.what} for one in harm]
    return {"environment": environment.name, "damage": damage}
