"""`roost env`: the environments that are there."""

from __future__ import annotations

from roost.errors import Exit

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.environments import Environment, Node

    from .options import Arguments
    from .show import Output


def listing(arguments: Arguments, output: Output) -> int:
    """List environments with what is in them, their size, and when they were last used."""
    from roost import environments

    del arguments
    home, _ = place.find(output)
    output.progress("looking at environments")
    rows = [(one, environments.size(one), environments.last_used(one)) for one in environments.listing(home)]
    if output.json:
        found = [views.environment_document(one) | {"size": size, "last_used": used} for one, size, used in rows]
        output.document("roost.environments/1", {"environments": found, "folder": str(home.environments)})
    elif rows:
        output.text("\n".join(views.columns([_row(*row) for row in rows])))
    else:
        output.text("there are no environments yet: `roost run FILE` makes one")
    return Exit.OK


def _row(environment: Environment, size: int, used: float) -> tuple[str, ...]:
    return (
        environment.name,
        f"Python {environment.version}",
        views.counted(len(environment.distributions), "distribution"),
        views.bytes_text(size),
        f"used {views.ago(used)}",
    )


def show(arguments: Arguments, output: Output) -> int:
    """Show one environment."""
    from roost import environments
    from roost.environments.references import references

    home, _ = place.find(output)
    found = environments.find(home, arguments.words[0])
    size, used = environments.size(found), environments.last_used(found)
    scripts = [str(one.script) for one in references(home) if one.environment == found.name]
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
    from roost import environments

    home, _ = place.find(output)
    found = list(dict.fromkeys(environments.find(home, text) for text in arguments.words))
    for one in found:
        environments.remove(home, one)
    return _removed(found, output)


def _removed(found: Sequence[Environment], output: Output) -> int:
    if output.json:
        output.document("roost.removed/1", {"removed": [one.name for one in found]})
    else:
        output.text("\n".join(f"removed {one.name}" for one in found))
    return Exit.OK


def tree(arguments: Arguments, output: Output) -> int:
    """Show what needs what."""
    from roost import environments

    home, _ = place.find(output)
    found = environments.find(home, arguments.words[0])
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


def why(arguments: Arguments, output: Output) -> int:
    """Show every way from what the script asked for to a distribution."""
    from roost import environments

    home, _ = place.find(output)
    text, name = arguments.words
    found = environments.find(home, text)
    ways = environments.why(found, name)
    if output.json:
        data = {"environment": found.name, "name": place.canonical(name), "ways": [list(way) for way in ways]}
        output.document("roost.why/1", data)
    else:
        output.text("\n".join(" → ".join(way) for way in ways))
    return Exit.OK
