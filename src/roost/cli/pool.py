"""`roost env share` and `unshare`: what every user of the machine can run."""

from __future__ import annotations

from roost.errors import Exit

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .options import Arguments
    from .show import Output


def share(arguments: Arguments, output: Output) -> int:
    """Put environments into the pool; all are found before the first one is copied."""
    from roost import environments
    from roost.environments import pools

    home, _ = place.find(output)
    wanted = dict.fromkeys(environments.find(home, text) for text in arguments.words)
    folders = []
    for one in wanted:
        output.progress(f"copying `{one.name}`")
        folders.append(str(pools.share(home, one)))
    if output.json:
        output.document("roost.shared/1", {"shared": folders})
    else:
        output.text("\n".join(f"shared {folder}" for folder in folders))
    return Exit.OK


def unshare(arguments: Arguments, output: Output) -> int:
    """Take environments out of the pool."""
    from roost.environments import pools

    home, _ = place.find(output)
    for name in arguments.words:
        pools.unshare(home, name)
    if output.json:
        output.document("roost.unshared/1", {"unshared": list(arguments.words)})
    else:
        output.text("\n".join(f"took {name} out of the pool" for name in arguments.words))
    return Exit.OK
