"""What a script's runs have found missing: remembered, so that its next run starts with it.

Below `state/additions` there is a folder for each script that was added to, named by its path, and one by its text.
`added.json` says what was added; beside it a link for each environment that was left says which one took its place:
`<environment's name>` → `<environment's name>`. Other processes of the same run, and the next run, follow them. `bin`
leads to the programs of the last one, for processes that were started before it.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost.digests import sha256
from roost.distributions import Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from roost.home import Home
    from roost.scripts import Script

SCHEMA = "roost.additions/1"
FILE = "added.json"
MOST = 256  # scripts and texts whose additions are kept
PROGRAMS = "bin"  # on PATH in every run of the script, behind those of its environment
STEPS = 100  # environments that follow one another, at most


def folders(home: Home, script: Script, allow: Iterable[str] = ()) -> tuple[Path, ...]:
    """Give the places of a script's additions: by its path, where it has one, and by its text.

    Args:
        allow: what is allowed for this run alone: its additions are no other runs'.
    """
    once = "".join(f"\0{name}" for name in sorted(set(allow)))
    by_text = home.additions / f"t-{sha256((script.digest + once).encode())[:32] if once else script.digest[:32]}"
    if script.path is None:
        return (by_text,)
    return home.additions / f"p-{sha256(os.fsencode(script.path) + once.encode())[:32]}", by_text


def known(home: Home, script: Script, allow: Iterable[str] = ()) -> tuple[Requirement, ...]:
    """Give what runs of a script have added.

    What was added to another text at the same path counts as long as the text still has its name: a script that is
    being worked on needs it again, another one written over it does not.

    Args:
        allow: what is allowed for this run alone; what runs without it have added counts too.
    """
    if not home.additions.exists():
        return ()
    found = {one.name: one for one in _known(folders(home, script), script)}
    if allow:
        found |= {one.name: one for one in _known(folders(home, script, allow), script)}
    return tuple(found.values())


def _known(places: Sequence[Path], script: Script) -> tuple[Requirement, ...]:
    by_text = _read(places[-1])
    if by_text or script.path is None:
        with suppress(OSError):  # what is used is not collected
            os.utime(places[-1] / FILE)
        return tuple(requirement for requirement, _ in by_text)
    return tuple(requirement for requirement, word in _read(places[0]) if word and word.encode() in script.data)


def remember(places: Iterable[Path], additions: Sequence[tuple[Requirement, str]], *, script: Path | None) -> None:
    """Add to what is known of a script: requirements, each with the word that the script's text has for it.

    Args:
        script: where it lies; None for text without a file.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    for place in places:
        every = {requirement.text: (requirement, word) for requirement, word in (*_read(place), *additions)}
        lines = [[one.name, one.text, one.reason, one.wheels_only, word] for one, word in every.values()]
        by_path = str(script) if script is not None and place.name.startswith("p-") else None
        homes.write(place / FILE, json.dumps({"schema": SCHEMA, "script": by_path, "additions": lines}))


def lead(places: Iterable[Path], left: Path, environment: Path) -> None:
    """Note that an environment took the place of another one: its name. Its programs are found in `bin` from now on.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    if left.name == environment.name:
        return
    beside = environment.name if left.parent == environment.parent else environment  # what left a pool is ours
    for place in places:
        homes.ensure(place)
        for name, target in ((left.name, beside), (PROGRAMS, environment / "bin")):
            aside = place / f".{name}.{os.getpid()}"
            with suppress(FileNotFoundError):
                aside.unlink()
            aside.symlink_to(target)
            aside.replace(place / name)


def follow(places: Iterable[Path], name: str) -> str:
    """Give the environment that took the place of another one in the end; itself, where none did."""
    for place in places:
        at = name
        for _ in range(STEPS):
            try:
                at = os.readlink(place / at).rpartition("/")[2]  # noqa: PTH115  # a name, not a path
            except OSError:
                break
        if at != name:
            return at
    return name


def collect(home: Home, *, older_than: float) -> None:
    """Forget what was added to scripts that are gone, and to texts that nobody ran for so long, in seconds.

    Where there are too many, those go first that were used longest ago.
    """
    import shutil

    try:
        kept = [place for place in home.additions.iterdir() if not _gone(place, older_than)]
        kept.sort(key=lambda place: (place / FILE).stat().st_mtime, reverse=True)
        kept = kept[:MOST]
        for place in set(home.additions.iterdir()).difference(kept):
            shutil.rmtree(place, ignore_errors=True)
    except OSError:  # there are none, or somebody else collects
        return


def _gone(place: Path, older_than: float) -> bool:
    try:
        script = json.loads((place / FILE).read_bytes())["script"]
        if script is not None and not os.path.lexists(script):
            return True
        return script is None and (place / FILE).stat().st_mtime < time.time() - older_than
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _read(place: Path) -> list[tuple[Requirement, str]]:
    """Read what was added; a damaged file is not there."""
    try:
        document = json.loads((place / FILE).read_bytes())
        if document["schema"] != SCHEMA:
            return []
        return [
            (Requirement(str(name), str(text), str(reason), "mended", wheels_only=bool(wheels)), str(word))
            for name, text, reason, wheels, word in document["additions"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
