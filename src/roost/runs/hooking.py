"""`ROOST_RUN`: what the import hook inside an environment knows of the run that it is part of.

Six parts with `|` between them: the protocol's number, the launcher that is asked, the environment of the start, the
folder of what the script's runs have added, the options that count while it runs, and the lines of the script and its
local modules that cope with a missing import (`FILE=FIRST-LAST,…;…`, an `a` behind the lines where the functions
called from there count as well; the script itself has no name). `inside/_roost.py` reads it.
"""

from __future__ import annotations

import os
import sys

from roost.contexts import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.distributions import Options
    from roost.home import Home
    from roost.scripts import Script

    from .values import Prepared

NAME = "ROOST_RUN"
PROTOCOL = 1
LONGEST = 16_000  # characters; beyond, lines are left to the side that is asked


def variable(prepared: Prepared, *, home: Home, options: Options, mend: str, quiet: bool) -> str | None:
    """Put together the value of `ROOST_RUN`; None where there is no launcher that could be asked.

    Args:
        mend: the mode; with `off` the hook only says, at the end, what was missing.
    """
    from roost.records import additions

    launcher = _launcher()
    if launcher is None:
        return None
    words = [*(["off"] if mend == "off" or options.declared_only else []), *(["quiet"] if quiet else [])]
    words += ["offline"] if options.offline else []
    words += ["watch"] if _compiled(prepared) else []
    words += [f"allow:{name}" for name in options.allow]
    words += [f"no:{one.name}" for one in prepared.plan.unresolved]
    words += ["reads"] if _reads(prepared.plan.script) else []
    place, *by_text = additions.folders(home, prepared.plan.script, options.allow)
    words += [f"text:{folder.name}" for folder in by_text]
    parts = [str(PROTOCOL), launcher, os.fspath(prepared.environment.path), os.fspath(place)]
    known = [*map(_quoted, parts), ",".join(map(_quoted, words))]
    expected = _expected(prepared)
    return "|".join([*known, expected if len(expected) <= LONGEST else ""])


def adding_to(value: str, place: Path) -> str:
    """Give a value of `ROOST_RUN` for a run whose additions are noted in another folder."""
    parts = value.split("|")
    return "|".join([*parts[:3], _quoted(os.fspath(place)), *parts[4:]])


def inside(value: str, *, pipe: str, place: str) -> str:
    """Give a value of `ROOST_RUN` for a sandbox, where nobody can start the launcher: a broker is asked.

    Args:
        pipe: in which it reads questions; "" where nobody answers any.
        place: the folder of what the run has added.
    """
    protocol, _, environment, _, words, expected = value.split("|")
    kept = [word for word in words.split(",") if word and not word.startswith(("allow:", "text:"))]
    kept += ["broker"] if pipe else []
    return "|".join([protocol, _quoted(pipe), environment, _quoted(place), ",".join(kept), expected])


def _compiled(prepared: Prepared) -> bool:
    """Tell whether there may be compiled code in an environment, whose damage ends a process before it can say so."""
    return any(not one.filename.endswith("-none-any.whl") for one in prepared.lock.artifacts)


def _reads(script: Script) -> bool:
    """Tell whether a script may read its standard input, or lies there: then it cannot simply be started again."""
    import re

    if script.form == "stdin":
        return True

    texts = [script.data]
    for file in script.inputs[1:]:
        if file.suffix == ".py":
            with suppress(OSError):
                texts.append(file.read_bytes())
    return any(re.search(rb"\binput\b|\bstdin\b|getpass|prompt|readline|fd\s*=\s*0|open\(0", text) for text in texts)


def _launcher() -> str | None:
    """Find the `roost` command that belongs to this package."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    for folder in (f"{sys.prefix}/bin", *(f"{package}{'/..' * up}/bin" for up in (1, 4, 5))):
        if os.access(f"{folder}/roost", os.X_OK) and os.access(f"{folder}/roost-python", os.R_OK):
            return os.path.normpath(f"{folder}/roost")
    return None


def _expected(prepared: Prepared) -> str:
    files: dict[str, list[str]] = {}
    for one in prepared.plan.script.expected:
        lines = f"{one.first}-{one.last}" if one.last != one.first else str(one.first)
        files.setdefault(os.fspath(one.file) if one.file else "", []).append(lines + ("a" if one.anywhere else ""))
    return ";".join(f"{_quoted(file)}={','.join(blocks)}" for file, blocks in files.items())


def _quoted(text: str) -> str:
    for letter, code in (("%", "%25"), ("|", "%7C"), (";", "%3B"), (",", "%2C"), ("=", "%3D")):
        text = text.replace(letter, code)
    return text
