"""`roost env`: the environments that are there."""

from __future__ import annotations

from roost.errors import Exit, RoostError
from roost.values import Value

from . import place, views
from .env_finding import any_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.environments import Environment
    from roost.home import Home

    from .options import Arguments
    from .show import Output


STARTS = {"paths": "adds folders", "known": "runs code of a usual form", "code": "runs code of its own"}


def listing(arguments: Arguments, output: Output) -> int:
    """List environments: what is in them, when they were last used, and their size where it was asked for."""
    from roost import environments
    from roost.environments import pools

    home, _ = place.find(output)
    rows = [Row("roost", one, environments.last_used(one)) for one in environments.listing(home)]
    rows += [Row("pool", one, environments.last_used(one)) for one in pools.listing(home)] if home.pool else []
    if arguments.has("all") or arguments.words:
        rows += _foreign(arguments, home, output)
    if arguments.has("size"):
        output.progress("looking at files")
        rows = [row.replace(size=environments.size(row.environment)) for row in rows]
    if output.json:
        data = {"environments": [_row_document(row) for row in rows], "folder": str(home.environments)}
        output.document("roost.environments/1", data)
    elif rows:
        several = any(row.kind != "roost" for row in rows)
        output.text("\n".join(views.columns([_row(row, kind=several) for row in rows])))
    else:
        output.text("there are no environments yet: `roost run FILE` makes one")
    return Exit.OK


class Row(Value):
    """One environment of a list."""

    kind: str
    environment: Environment
    used: float
    size: int | None = None  # bytes; None: not asked for
    name: str | None = None  # where it is not the folder's
    maker: str | None = None
    broken: str | None = None


def _foreign(arguments: Arguments, home: Home, output: Output) -> list[Row]:
    """Look for the environments of others, also below the folders that were named."""
    import os
    from pathlib import Path

    from roost.environments import foreign

    output.progress("looking for environments")
    here = place.folder()
    tops = [here / Path(word).expanduser() for word in arguments.words]
    for top in tops:
        if not top.is_dir():
            raise NoSuchFolder(f"there is no folder `{top}`")
    seen = foreign.everywhere(os.environ, here, below_these=tops, without=home.environments)
    if seen.cut:
        output.warn("the search was ended before everything had been looked at: name fewer folders")
    return [
        Row(one.kind, foreign.environment(one), one.used, name=one.name, maker=one.maker, broken=one.broken)
        for one in seen.found
    ]


class NoSuchFolder(RoostError):
    """A folder in which environments should be looked for is not there."""

    code = "no-such-folder"
    exit = Exit.NO_INPUT


def _row_document(row: Row) -> dict[str, object]:
    more = {"kind": row.kind, "size": row.size, "last_used": row.used, "maker": row.maker, "broken": row.broken}
    return views.environment_document(row.environment) | more


def _row(row: Row, *, kind: bool) -> tuple[str, ...]:
    one = row.environment
    return (
        *((row.kind,) if kind else ()),
        row.name or one.name,
        f"Python {one.version}" if one.version else "",
        views.counted(len(one.distributions), "distribution"),
        views.bytes_text(row.size) if row.size is not None else "",
        f"used {views.ago(row.used)}" if row.used else "",
        *(
            (str(one.path) if row.kind != "roost" else "", f"broken: {row.broken}" if row.broken else "")
            if kind
            else ()
        ),
    )


def show(arguments: Arguments, output: Output) -> int:
    """Show one environment."""
    from roost import environments
    from roost.environments import beside, manifest
    from roost.environments.references import references

    home, _ = place.find(output)
    found, other = any_kind(home, arguments.words[0])
    size, used = environments.size(found), other.used if other else environments.last_used(found)
    scripts = [str(one.script) for one in references(home) if one.environment == found.name and other is None]
    prefix = beside.under(found.path)
    packages = [(one.name, one.version, one.build) for one in prefix.packages] if prefix else []
    known = manifest.read(found.path)
    starts = known.starts if known else ()
    if output.json:
        kind = {"kind": other.kind if other else "roost", "broken": other.broken if other else None}
        data = views.environment_document(found) | {"size": size, "last_used": used, "scripts": scripts} | kind
        data["conda"] = [{"name": name, "version": version, "build": build} for name, version, build in packages]
        data["starts"] = [{"file": file, "distribution": name, "sort": sort} for file, name, sort in starts]
        output.document("roost.environment/1", {"environment": data})
        return Exit.OK
    lines = [found.name, ""]
    facts = [
        ("path", str(found.path)),
        ("key", found.key) if other is None else ("kind", other.kind),
        ("Python", found.version),
        *((("broken", other.broken),) if other and other.broken else ()),
        ("size", views.bytes_text(size)),
        ("made", views.ago(found.created)),
        ("used", views.ago(used)),
        *(("script", script) for script in scripts),
    ]
    lines += [*views.columns(facts), "", *views.columns(found.distributions)]
    lines += ["", "conda packages", *views.columns(packages)] if packages else []
    if starts:
        rows = [(file.rpartition("/")[2], name, STARTS[sort]) for file, name, sort in starts]
        lines += ["", "at every start of Python", *views.columns(rows)]
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
