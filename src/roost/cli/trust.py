"""`roost trust`: distributions that the user has looked at and allows."""

from __future__ import annotations

from roost.errors import Exit

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .options import Arguments
    from .show import Output


def trust(arguments: Arguments, output: Output) -> int:
    """Trust distributions for good."""
    from roost.distributions import trust as trusts

    home, _ = place.find(output)
    for name in arguments.words:
        trusts.trust(home, place.canonical(name))
    return listing(arguments, output)


def revoke(arguments: Arguments, output: Output) -> int:
    """Trust distributions no longer."""
    from roost.distributions import trust as trusts

    home, _ = place.find(output)
    for name in arguments.words:
        trusts.revoke(home, place.canonical(name))
    return listing(arguments, output)


def listing(arguments: Arguments, output: Output) -> int:
    """Show what is trusted."""
    from roost.distributions import trust as trusts

    del arguments
    home, _ = place.find(output)
    names = trusts.trusted(home)
    if output.json:
        output.document("roost.trust/1", {"trusted": list(names), "file": str(home.trust_file)})
    else:
        output.text("\n".join(names) if names else "nothing is trusted beyond what roost knows by itself")
    return Exit.OK
