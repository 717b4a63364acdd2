"""Names that are pinned to an index: what comes out of a resolver is compared with what that index has."""

from __future__ import annotations

import re

from roost.errors import Exit

from .errors import Fault, IndexUnreachable
from .folders import in_folder
from .index import Index
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .requests import Request
    from .resolve import Means
    from .values import Artifact

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class ClaimedName(Fault):
    """A name is pinned to an index that does not have it; no other one is asked."""

    code = "claimed-name"
    exit = Exit.UNAVAILABLE


def confirm(found: Sequence[Artifact], request: Request, means: Means, what: str, *, offline: bool) -> None:
    """Make sure that every claimed name in a lock is a file of its own index.

    The guard keeps resolvers away from other indexes; this also sees what an engine had in its cache from before the pin.
    What a requirement names by its own address is the user's word.

    Raises:
        ClaimedName: it is not.
    """
    direct = {
        canonical(text.partition("@")[0].partition("[")[0].strip()) for text in request.requirements if "@" in text
    }
    for one in found:
        index = request.indexes.claimed(one.name)
        if index is None or one.name in direct or one.commit is not None:
            continue
        tries = ((offline, False),) if offline else ((False, False), (False, True))
        if not any(_has(one, request, means, offline=alone, again=again) for alone, again in tries):
            raise ClaimedName(
                what,
                why=(
                    f"`{one.name}` {one.version} at `{one.url.partition('#')[0]}` is no file of the index `{index}`, to which the name is pinned",
                ),
            )


def missing(fault: Fault, request: Request, means: Means, what: str, *, offline: bool) -> Fault:
    """Give the fault that says that a claimed name is not on its index, where this is behind another fault."""
    if offline or not request.indexes.guarded:
        return fault
    client = Index(request.indexes, home=means.home, settings=means.settings, environ=means.environ)
    for name in dict.fromkeys(map(canonical, _WORD.findall(" ".join(fault.why)))):
        index = request.indexes.claimed(name)
        try:
            if index is None or client.project(name) is not None:
                continue
        except IndexUnreachable:
            continue
        return ClaimedName(
            what,
            why=(
                f"`{name}` is pinned to the index `{index}`, which does not have it",
                "no other index is asked for such a name",
            ),
            hints=(
                "publish it there, or change the pin: `index.pins` in the settings, `[tool.roost.index] pins` in the script",
            ),
        )
    return fault


def shadowed(fault: Fault, request: Request) -> Fault:
    """Say with a fault that a folder of wheels has a name that it is about, so that no index is asked for it."""
    folders = [place for place in request.indexes.places if place.kind == "folder" and place.private]
    for name in dict.fromkeys(map(canonical, _WORD.findall(" ".join(fault.why)))):
        place = next((place for place in folders if in_folder(place.address, name)), None)
        if place is not None and not request.indexes.claimed(name):
            hint = f"only the folder `{place.bare}` is asked for `{name}`, because it has that name; if it is nobody's own, name it in `index.public` of the settings"
            fault.hints = (*fault.hints, hint)
            break
    return fault


def _has(one: Artifact, request: Request, means: Means, *, offline: bool, again: bool) -> bool:
    client = Index(
        request.indexes, home=means.home, settings=means.settings, offline=offline, again=again, environ=means.environ
    )
    try:
        project = client.project(one.name)
    except IndexUnreachable:
        return False
    files = project.project.files if project else ()
    return any(file.filename == one.filename and file.sha256 in (None, one.sha256) for file in files)
