"""Indexes as the engine reads them: a `uv.toml`, and a project for requirements with an index of their own.

Both are files of one question, in a folder that goes with it. Addresses stand there without credentials, and none stands on
a command line; credentials go through variables.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path

from roost.distributions.direct import for_git
from roost.values import Value

from .credentials import credentials, variable
from .guard import NAME, guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .values import Indexes, Place

DIRECT = "ROOST_DIRECT"
PROJECT = "roost-request"  # what the engine calls the requirements that have an index of their own


class Written(Value):
    """One question's files."""

    options: tuple[str, ...]  # for the engine
    project: Path | None  # has those of the requirements that have an index of their own
    lines: tuple[str, ...]  # the other requirements
    variables: dict[str, str]


@contextmanager
def written(
    indexes: Indexes,
    requirements: Sequence[str] = (),
    *,
    timeless: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Written]:
    """Write the files for a question, and guard claimed names while it is asked.

    Args:
        timeless: private indexes do not say when files were uploaded: an age limit is not for them.

    Raises:
        TokenCommandFailed: an index has a token command that gives none.
    """
    import tempfile

    with guard(indexes) as claims, tempfile.TemporaryDirectory(prefix="roost-") as name:
        folder = Path(name)
        config = folder / "uv.toml"
        config.write_text(_config(indexes, claims, timeless=timeless), "utf-8")
        own, rest = _parted(indexes, requirements)
        project = folder / "pyproject.toml" if own else None
        if project is not None:
            project.write_text(_project(own), "utf-8")
        more = {"UV_NO_CONFIG": "false"} | for_git(indexes.logins)
        if claims:
            for proxied in ("NO_PROXY", "no_proxy"):
                more[proxied] = ",".join(filter(None, (environ.get(proxied), "127.0.0.1")))
        yield Written(("--config-file", str(config)), project, rest, variables(indexes, environ) | more)


def variables(indexes: Indexes, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the variables by which the engine learns of credentials: never on its command line.

    Raises:
        TokenCommandFailed: an index has a token command that gives none.
    """
    found: dict[str, str] = {}
    for place in indexes.places:
        known = credentials(place, dict(indexes.commands), environ) if place.kind == "index" else None
        if known:
            found[f"UV_INDEX_{variable(place.name)}_USERNAME"] = known.user
            found[f"UV_INDEX_{variable(place.name)}_PASSWORD"] = known.password
    for number, (_, user, password) in enumerate(indexes.logins):
        found |= {f"UV_INDEX_{DIRECT}_{number}_USERNAME": user, f"UV_INDEX_{DIRECT}_{number}_PASSWORD": password}
    return found


def _config(indexes: Indexes, claims: str | None, *, timeless: bool) -> str:
    """Write `uv.toml`: the first index that has a name gives it, whatever fits."""
    asked = [place for place in indexes.places if (place.private or place.kind == "index") and not place.explicit]
    targets = {name for _, name in indexes.pins}
    shared = len(asked) > 1 and not any(place.private for place in asked)
    lines = [f"index-strategy = {_quoted('unsafe-first-match' if shared else 'first-index')}"]
    loose = [place.bare for place in indexes.places if place.kind == "folder" and not place.private]
    if loose:
        lines.append(f"find-links = [{', '.join(_quoted(_where(one)) for one in loose)}]")
    tables = [_table("[[index]]", one, timeless=timeless and one.private) for one in asked if one.name in targets]
    tables += [["[[index]]", f"name = {_quoted(NAME)}", f"url = {_quoted(claims)}"]] if claims else []
    tables += [_table("[[index]]", one, timeless=timeless and one.private) for one in asked if one.name not in targets]
    if indexes.default and tables:
        tables[-1].append("default = true")  # the engine asks it last, and none of its own
    lines += [line for table in tables for line in table]
    for number, (origin, _, _) in enumerate(indexes.logins):  # asked for no name: the engine learns whose host it is
        lines += ["[[index]]", f'name = "{DIRECT}-{number}"', f"url = {_quoted(origin + '/')}", "explicit = true"]
    return "\n".join(lines) + "\n"


def _table(head: str, place: Place, *, explicit: bool = False, timeless: bool = False) -> list[str]:
    lines = [head, f"name = {_quoted(place.name)}", f"url = {_quoted(_where(place.bare))}"]
    lines += ['format = "flat"'] if place.kind == "folder" else []
    lines += ["explicit = true"] if explicit else []
    lines += ["exclude-newer = false"] if timeless else []
    return lines


def _parted(indexes: Indexes, requirements: Sequence[str]) -> tuple[dict[str, tuple[str, Place]], tuple[str, ...]]:
    """Part requirements into those that have an index of their own, by their text, and the others."""
    if not indexes.pins and not indexes.sources:
        return {}, tuple(requirements)
    from roost.distributions.names import UnreadableRequirement, parse

    own: dict[str, tuple[str, Place]] = {}
    rest: list[str] = []
    sources = dict(indexes.sources)
    for text in requirements:
        try:
            parsed = parse(text)
        except UnreadableRequirement:
            rest.append(text)
            continue
        index = indexes.claimed(parsed.name) or sources.get(parsed.name)
        place = indexes.place(index) if index and not parsed.url else None
        if place is None:
            rest.append(text)
        else:
            own[text] = (parsed.name, place)
    return own, tuple(rest)


def _project(own: Mapping[str, tuple[str, Place]]) -> str:
    places = {place.name: place for _, place in own.values()}
    lines = [
        "[project]",
        f"name = {_quoted(PROJECT)}",
        'version = "0"',
        f"dependencies = [{', '.join(map(_quoted, own))}]",
    ]
    for place in places.values():
        lines += _table("[[tool.uv.index]]", place, explicit=True)
    lines.append("[tool.uv.sources]")
    lines += sorted({f"{name} = {{ index = {_quoted(place.name)} }}" for name, place in own.values()})
    return "\n".join(lines) + "\n"


def _where(address: str) -> str:
    """Give an address that means the same in every folder."""
    return address if "://" in address else str(Path(address).expanduser().absolute())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # else a JSON string is a TOML basic string
