"""`roost env`: the environments that are there."""

from __future__ import annotations

from roost.errors import Exit, UsageError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.environments import Environment

    from .options import Arguments
    from .show import Output

DAY = 86400.0
DEFAULT_AGE = 30.0  # days without use, after which `gc` takes an environment that scripts still refer to


def listing(arguments: Arguments, output: Output) -> int:
    """List environments with what is in them, their size, and when they were last used."""
    from roost.environments import store, use

    del arguments
    home, _ = place.find(output)
    output.progress("looking at environments")
    rows = [(one, store.size(one), use.last_used(one)) for one in store.listing(home)]
    if output.json:
        found = [views.environment_document(one) | {"size": size, "last_used": used} for one, size, used in rows]
        output.document("roost.environments/1", {"environments": found, "folder": str(home.environments)})
    elif rows:
        output.text("\n".join(views.columns([_row(*row) for row in rows])))
    else:
        output.text("there are no environments yet: `roost run FILE` makes one")
    return Exit.OK


def _row(environment: Environment, size: int, used: float) -> tuple[str, ...]:
    count = len(environment.distributions)
    return (
        environment.name,
        f"Python {environment.version}",
        f"{count} distribution{'s' * (count != 1)}",
        views.bytes_text(size),
        f"used {views.ago(used)}",
    )


def show(arguments: Arguments, output: Output) -> int:
    """Show one environment."""
    from roost.environments import references, store, use

    home, _ = place.find(output)
    found = store.find(home, arguments.words[0])
    size, used = store.size(found), use.last_used(found)
    scripts = [str(one.script) for one in references.references(home) if one.environment == found.name]
    if output.json:
        data = views.environment_document(found) | {"size": size, "last_used": used, "scripts": scripts}
        output.document("roost.environment/1", {"environment": data})
        return Exit.OK
    lines = [found.name, ""]
    facts = [
        ("path", str(found.path)),
        ("key", found.key),
        ("Python", found.version),
        ("size", views.bytes_text(size)),
        ("made", views.ago(found.created)),
        ("used", views.ago(used)),
        *(("script", script) for script in scripts),
    ]
    lines += [*views.columns(facts), "", *views.columns(found.distributions)]
    output.text("\n".join(lines))
    return Exit.OK


def remove(arguments: Arguments, output: Output) -> int:
    """Remove environments: all are found before the first one goes."""
    from roost.environments import store

    home, _ = place.find(output)
    found = list(dict.fromkeys(store.find(home, text) for text in arguments.words))
    for one in found:
        store.remove(home, one)
    return _removed(found, output)


def _removed(found: Sequence[Environment], output: Output) -> int:
    if output.json:
        output.document("roost.removed/1", {"removed": [one.name for one in found]})
    else:
        output.text("\n".join(f"removed {one.name}" for one in found))
    return Exit.OK


def _days(arguments: Arguments) -> float:
    text = arguments.text("older-than")
    if text is None:
        return DEFAULT_AGE
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days < 1e6:
        raise UsageError(
            f"`--older-than` takes a number of days, not `{text}`", hints=("`roost env gc --older-than 7`",)
        )
    return days
