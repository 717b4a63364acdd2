"""`roost env find`, and the environment that words on a command line mean, of whatever kind."""

from __future__ import annotations

from roost.errors import Exit

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.environments import Environment
    from roost.environments.foreign import Foreign
    from roost.environments.searching import Match
    from roost.home import Home

    from .options import Arguments
    from .show import Output


def any_kind(home: Home, text: str) -> tuple[Environment, Foreign | None]:
    """Give the environment that a word means, and what is known of it besides when it is not roost's.

    Roost's own are known by name, key or script, any other by its folder or name.

    Raises:
        NoSuchEnvironment: there is none, or several fit.
    """
    import os

    from roost.environments import find as find_own
    from roost.environments.foreign.finding import find_other
    from roost.environments.store import NoSuchEnvironment

    try:
        return find_own(home, text), None
    except NoSuchEnvironment as error:
        return find_other(text, error, home=home, environ=os.environ, folder=place.folder())


def named(home: Home, text: str) -> Environment:
    """Give the environment that a word means, as `any_kind` does."""
    return any_kind(home, text)[0]


def find(arguments: Arguments, output: Output) -> int:
    """List the environments that have a text in the name of anything, and what has it."""
    home, _ = place.find(output)
    text = arguments.words[0]
    output.progress("looking at environments")
    found = [(kind, one, matches) for kind, one, matches in _searched(home, text) if matches]
    if output.json:
        data = [
            {
                "kind": kind,
                "name": one.name,
                "path": str(one.path),
                "version": one.version,
                "matches": [{"kind": match.kind, "text": match.text} for match in matches],
            }
            for kind, one, matches in found
        ]
        output.document("roost.found/1", {"text": text, "environments": data})
    elif found:
        output.text("\n".join(line for row in found for line in _lines(*row)))
    else:
        output.text(f"no environment has `{text}` in anything of its own")
    return Exit.OK


def _searched(home: Home, text: str) -> list[tuple[str, Environment, tuple[Match, ...]]]:
    import os

    from roost import environments
    from roost.environments import foreign, pools, searching

    run = searching.scripts(home)
    own = [("roost", one) for one in environments.listing(home)] + [("pool", one) for one in pools.listing(home)]
    rows = [
        (kind, one, searching.matches(one, text, called=(one.name,), run=run.get(one.name, ()))) for kind, one in own
    ]
    for other in foreign.everywhere(os.environ, place.folder(), without=home.environments).found:
        one = foreign.environment(other)
        rows.append((other.kind, one, searching.matches(one, text, called=(other.name,))))
    return rows


def _lines(kind: str, one: Environment, matches: tuple[Match, ...]) -> list[str]:
    where = one.name if kind == "roost" else f"{one.path} ({kind})"
    return [where, *views.columns([(match.kind, match.text) for match in matches])]
