"""`roost trust`: distributions that the user has looked at and allows."""

from __future__ import annotations

import os
import time

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


def explain(arguments: Arguments, output: Output) -> int:
    """Say whether an import may bring a distribution, and why."""
    from roost.distributions import trust as trusts

    home, settings = place.find(output)
    name = place.canonical(arguments.words[0])
    if name in trusts.trusted(home):
        return _explained(name, ("you trust it",), output, allowed=True)
    from roost.distributions.index import Index
    from roost.distributions.indexes import configured

    offline = arguments.has("offline") or settings.offline
    index = Index(configured(settings, os.environ), home=home, settings=settings, offline=offline)
    found = index.project(name)
    if found is None:
        return _explained(name, ("no configured index has it",), output, allowed=False)
    verdict = trusts.judge(name, found, settings=settings, now=time.time())
    if found.private:
        return _explained(name, ("it is on an index of your own",), output, allowed=True)
    if verdict.reasons and found.own:
        public = index.behind(name)
        verdict = trusts.judge(name, public, settings=settings, now=time.time()) if public else trusts.Verdict(())
        if public is None:
            return _explained(name, ("it is on an index of your own only",), output, allowed=True)
    if verdict.reasons:
        meant = (f"`{verdict.meant}` was probably meant",) if verdict.meant else ()
        return _explained(name, (*verdict.reasons, *meant), output, allowed=False)
    return _explained(name, ("its age, its releases and its name raise no doubt",), output, allowed=True)


def _explained(name: str, reasons: tuple[str, ...], output: Output, *, allowed: bool) -> int:
    if output.json:
        output.document("roost.trust-explain/1", {"name": name, "allowed": allowed, "reasons": list(reasons)})
        return Exit.OK
    verdict = "may be installed for an import" if allowed else "is not installed unless you declare or allow it"
    output.text("\n".join([f"`{name}` {verdict}", *(f"  because {reason}" for reason in reasons)]))
    return Exit.OK
