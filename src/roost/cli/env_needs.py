"""`roost env tree|why`: what needs what, up to the line in which somebody asked for it."""

from __future__ import annotations

from roost.errors import Exit, RoostError
from roost.values import Value

from . import place, views
from .env_finding import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roost.distributions.judgements import Judgement
    from roost.environments import Environment, Node
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output

SCRIPTS = 10  # of one environment, that are read to say where they ask for something


def tree(arguments: Arguments, output: Output) -> int:
    """Show what needs what."""
    from roost import environments

    home, _ = place.find(output)
    found = named(home, arguments.words[0])
    nodes = environments.tree(found)
    if output.json:
        output.document("roost.tree/1", {"environment": found.name, "tree": [_node_document(node) for node in nodes]})
    else:
        output.text("\n".join([found.name, *(line for node in nodes for line in _node_lines(node, ""))]))
    return Exit.OK


def _node_document(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "version": node.version,
        "requirement": node.requirement,
        "needs": [_node_document(below) for below in node.needs],
        "again": node.again,
    }


def _node_lines(node: Node, indent: str) -> list[str]:
    asked = f"  ({node.requirement})" if node.requirement and node.requirement != node.name else ""
    again = "  …" if node.again else ""
    lines = [f"{indent}{node.name} {node.version}{asked}{again}"]
    for below in node.needs:
        lines += _node_lines(below, f"{indent}  ")
    return lines


class Why(Value):
    """Why one environment has a distribution."""

    environment: str
    ways: tuple[tuple[str, ...], ...]  # from what was asked for down to it, the words of each step
    asked: tuple[tuple[str, str, str], ...]  # (name asked for, script, reason with the line)
    let_in: tuple[Judgement, ...] = ()  # by what judgement it is there though nobody declared it


def why(arguments: Arguments, output: Output) -> int:
    """Show every way from what scripts asked for to a distribution, and the lines in which they did."""
    from roost import environments

    home, settings = place.find(output)
    *text, name = arguments.words
    if text:
        every = [named(home, text[0])]
    else:
        wanted = place.canonical(name)
        every = [one for one in environments.listing(home) if wanted in dict(one.distributions)]
        if not every:
            from roost.environments.inspecting import NotInstalled

            raise NotInstalled(
                f"no environment has `{wanted}`", hints=(f"look in those of others too: `roost env find {wanted}`",)
            )
    found = [_why(one, name, home, settings) for one in every]
    if output.json:
        rows = [_why_document(one) for one in found]
        first = rows[0] if text else {}
        output.document("roost.why/1", {"name": place.canonical(name), **first, "environments": rows})
    else:
        output.text("\n".join(line for one in found for line in _why_lines(one, alone=bool(text))))
    return Exit.OK


def _why(one: Environment, name: str, home: Home, settings: Settings) -> Why:
    from roost import environments
    from roost.environments import searching

    ways = environments.why(one, name)
    roots = {way[0].partition("==")[0] for way in ways}
    asked: list[tuple[str, str, str]] = []
    for script in searching.scripts(home).get(one.name, ())[:SCRIPTS] if one.key else ():
        asked += [(root, str(script), reason) for root, reason in _reasons(script, roots, home, settings)]
    return Why(one.name, ways, tuple(asked), _let_in(place.canonical(name), dict(one.distributions), home))


def _let_in(name: str, versions: Mapping[str, str], home: Home) -> tuple[Judgement, ...]:
    from roost.distributions import judgements

    return tuple(one for one in judgements.read(home, name) if one.version == versions.get(name))


def _reasons(file: Path, roots: set[str], home: Home, settings: Settings) -> list[tuple[str, str]]:
    """Give the reasons for which a script asks for any of these names; nothing where it cannot be read any more."""
    from roost import distributions, scripts
    from roost.distributions import Options
    from roost.reporting import Silent

    try:
        script = scripts.read(file, interpreters=place.pythons(home))
        plan = distributions.plan(script, home=home, settings=settings, options=Options(offline=True), report=Silent())
        plan = place.with_additions(plan, home)
    except RoostError:
        return []
    return [(one.name, one.reason) for one in plan.requirements if one.name in roots]


def _why_document(one: Why) -> dict[str, object]:
    return {
        "environment": one.environment,
        "ways": [list(way) for way in one.ways],
        "asked": [{"name": name, "script": script, "reason": reason} for name, script, reason in one.asked],
        "let_in": [
            {"name": each.name, "version": each.version, "since": each.since, "by": each.by, "because": each.because}
            for each in one.let_in
        ],
    }


def _why_lines(one: Why, *, alone: bool) -> list[str]:
    from roost.distributions.judging import day

    lines = [] if alone else [one.environment]
    lines += [" → ".join(way) for way in one.ways]
    lines += views.columns([(name, reason, script) for name, script, reason in one.asked])
    for each in one.let_in:
        lines.append(f"{each.name} {each.version} was let in on {day(each.since)}: {each.because}")
    return lines
