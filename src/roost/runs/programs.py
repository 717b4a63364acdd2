"""The words after the interpreter for each form of script."""

from __future__ import annotations

import os
from pathlib import Path

from roost.digests import sha256
from roost.home import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.scripts import Script

_RUNNER = Path(__file__).parent.parent / "inside" / "program.py"


def words(script: Script, given: str | None, home: Home) -> tuple[tuple[str, ...], bytes | None]:
    """Give what stands behind `python` to run the script, and what its standard input must be (none: as it is).

    Args:
        given: the script's name as its user typed it, which becomes `sys.argv[0]`; none: its path.
    """
    program = script.program
    if script.form == "module":
        return ("-m", script.module or script.name), None
    if script.form == "command":
        return ("-c", os.fsdecode(program or b"")), None
    if script.form == "stdin":
        return ("-",), program or b""
    named = given or os.fspath(script.path or script.name)
    if program is not None:
        return (os.fspath(_RUNNER), os.fspath(_kept(script, program, home)), named), None
    return ((*_ended(named), named), None)


def _ended(named: str) -> tuple[str, ...]:
    """End Python's own options before a name that looks like one."""
    return ("--",) if named.startswith("-") else ()


def _kept(script: Script, program: bytes, home: Home) -> Path:
    """Write the program of a notebook or a Markdown file where tracebacks and child processes find it."""
    stem = Path(script.path or script.name).stem
    path = home.programs / sha256(program)[:24] / f"{stem}.py"
    try:
        if path.read_bytes() == program:
            return path
    except OSError:
        pass
    write(path, program)
    return path
