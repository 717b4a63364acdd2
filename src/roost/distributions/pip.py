"""pip as a resolver: the step behind uv, for what uv cannot read or reach."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import cast

from roost import processes
from roost.errors import ProcessFailed

from . import building, engine, faults, pylock
from .direct import for_git
from .hashes import confirm
from .indexes.credentials import credentials
from .values import Artifact, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from roost.home import Home
    from roost.settings import Settings

    from .indexes import Indexes, Place
    from .requests import Request
    from .resolve import Means

    Table = Mapping[str, object]


def environment(home: Home, settings: Settings, indexes: Indexes) -> dict[str, str]:
    """Give pip's whole environment: indexes, none of the user's other settings.

    pip mixes all indexes that it knows of, and takes the newest version. So it is told of those that are the user's own,
    or, where there are none, of the public ones; never of both.

    Raises:
        TokenCommandFailed: an index has a token command that gives none.
    """
    known = engine.environment(home, settings) | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_CACHE_DIR": str(home.cache / "pip"),
        "PIP_RETRIES": "1",
        "PIP_DEFAULT_TIMEOUT": str(max(1, round(settings.index_timeout))),
    }
    if settings.index_ca_file:
        known["PIP_CERT"] = known["SSL_CERT_FILE"]
    targets = {index for _, index in indexes.pins}
    own = [place for place in indexes.places if place.private and (place.name in targets or not targets)]
    asked = own or [place for place in indexes.places if not place.explicit]
    first, *more = [_address(place, indexes) for place in asked if place.kind == "index"] or [""]
    if first:
        known["PIP_INDEX_URL"] = first
    elif own:
        known["PIP_NO_INDEX"] = "1"
    if more:
        known["PIP_EXTRA_INDEX_URL"] = " ".join(more)
    folders = [
        str(Path(place.address).expanduser()) if "://" not in place.address else place.address
        for place in asked
        if place.kind == "folder"
    ]
    if folders:
        known["PIP_FIND_LINKS"] = " ".join(folders)
    return known | for_git(indexes.logins)


def _address(place: Place, indexes: Indexes) -> str:
    """Give an address as pip reads it from its variables: with credentials, which it has no other way to learn of."""
    known = credentials(place, dict(indexes.commands))
    if known is None:
        return place.bare
    from urllib.parse import quote

    scheme, _, rest = place.bare.partition("://")
    return f"{scheme}://{quote(known.user, safe='')}:{quote(known.password, safe='')}@{rest}"


def resolve_with_pip(request: Request, means: Means, what: str) -> Lock:
    """Ask the interpreter's own pip what it would install.

    Raises:
        RoostError: of the classes in `faults`.
    """
    if request.indexes.mixed:
        raise faults.EngineFailed(
            what, why=("not asked: it mixes indexes, and would take a name of your own from a public one",)
        )
    alone = building.sandboxed(means)
    if alone and any(" @ " in text or text.startswith("-e") for text in request.requirements):
        raise faults.EngineFailed(what, why=("not asked: it would build what has an address, outside of a sandbox",))
    python = str(request.interpreter.path)
    words = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    guarded = (
        ":all:"
        if alone or (request.wheels_only and set(request.wheels_only) >= set(request.roots))
        else ",".join(request.wheels_only)
    )
    if guarded:
        words += ["--only-binary", guarded]
    means.report.progress("resolving with pip")
    try:
        answer = processes.run(
            [*words, *_words(request)],
            env=environment(means.home, means.settings, request.indexes),
            timeout=means.settings.build_timeout,
            cwd=Path("/"),
        )
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why)) from error
    if answer.status:
        raise faults.classify(answer.errors, what=what, indexes=request.indexes)
    return _lock(request, answer.output, means, what)


def _words(request: Request) -> list[str]:
    words: list[str] = []
    for text in request.requirements:
        words += text.split(None, 1) if text.startswith("-e") else [text]
    return words


def _lock(request: Request, output: str, means: Means, what: str) -> Lock:
    try:
        entries = cast("list[Table]", json.loads(output[output.index("{") :])["install"])
        found = tuple(sorted((_artifact(entry) for entry in entries), key=lambda artifact: artifact.name))
    except (ValueError, KeyError, TypeError) as error:
        raise faults.EngineFailed(what, why=("the report of pip cannot be read", str(error))) from error
    confirm(found, request.hashes)
    if request.indexes.guarded:
        from .claims import confirm as confirm_claims

        confirm_claims(found, request, means, what, offline=False)
    return Lock(request.interpreter, found, pylock.write(found, request.interpreter), request.roots)


def _artifact(entry: Table) -> Artifact:
    """Read one entry of an installation report (pip's documentation, "Installation Report")."""
    from packaging.utils import canonicalize_name

    metadata, source = cast("Table", entry["metadata"]), cast("Table", entry["download_info"])
    name, version = canonicalize_name(str(metadata["name"])), str(metadata["version"])
    url = pylock.without_credentials(str(source["url"]))
    below = f"#subdirectory={source['subdirectory']}" if source.get("subdirectory") else ""
    filename = url.partition("#")[0].rstrip("/").rpartition("/")[2]
    vcs = cast("Table", source.get("vcs_info") or {})
    if vcs:
        return Artifact(name, version, filename, f"{vcs['vcs']}+{url}{below}", None, None, str(vcs["commit_id"]))
    folder = cast("Table", source.get("dir_info") or {})
    if "dir_info" in source:
        return Artifact(name, version, filename, url + ("#editable" if folder.get("editable") else below), None, None)
    hashes = cast("Table", cast("Table", source.get("archive_info") or {}).get("hashes") or {})
    sha256 = hashes.get("sha256")
    return Artifact(name, version, filename, url + below, str(sha256) if sha256 else None, None)
