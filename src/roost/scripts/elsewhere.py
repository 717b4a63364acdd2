"""Reading with another Python of this machine, when only that one can parse a program."""

from __future__ import annotations

import os
import posixpath

from .parse import Reading
from .seen import Found, Seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .parse import Interpreters
    from .values import Interpreter

_TIMEOUT = 30.0  # seconds
_MOST = 4  # interpreters that are tried when nothing tells which one it would be

# The other Python gets a package `roost` of which nothing but these modules is ever imported.
_PROGRAM = """
import sys, types, json
for name, folder in (("roost", sys.argv[1]), ("roost.scripts", sys.argv[1] + "/scripts")):
    package = types.ModuleType(name)
    package.__path__ = [folder]
    sys.modules[name] = package
from roost.scripts import tell
sys.stdout.write(tell.tell(sys.stdin.buffer.read().decode("utf-8"), sys.argv[2] or None))
"""


def read(
    text: str, file: str | None, floor: tuple[int, str, int] | None, interpreters: Interpreters | None
) -> Reading | None:
    """Read a text with a newer Python of this machine; None when none of them can.

    Args:
        floor: what is known to need a newer Python, and which.
        interpreters: gives the Pythons there are.
    """
    import sys

    if interpreters is None:
        return None
    least = floor[0] if floor is not None else sys.version_info.minor + 1
    newer = sorted(
        {one.version[:2]: one for one in interpreters() if one.version[0] == 3 and one.version[1] >= least}.values(),
        key=lambda one: one.version,
    )
    for interpreter in newer[:_MOST]:
        seen = _asked(interpreter, text, file)
        if seen is not None:
            minor = interpreter.version[1]
            return Reading(seen, floor or (minor, "syntax that older ones refuse", 1))
    return None


def _asked(interpreter: Interpreter, text: str, file: str | None) -> Seen | None:
    import json

    from roost import processes
    from roost.errors import ProcessFailed

    folder = posixpath.dirname(posixpath.dirname(posixpath.abspath(__file__)))
    argv = [str(interpreter.path), "-I", "-S", "-B", "-c", _PROGRAM, folder, file or ""]
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    try:
        completed = processes.run(argv, env=environ, timeout=_TIMEOUT, stdin=text)
    except (ProcessFailed, UnicodeError):
        return None
    if completed.status != 0:
        return None
    try:
        return _seen(json.loads(completed.output))
    except (ValueError, KeyError, TypeError):
        return None


def _seen(parts: dict[str, Any]) -> Seen:
    """Make the value of what `tell` wrote."""
    seen = Seen()
    for found in parts["imports"]:
        seen.imports.append(Found(**(found | {"names": tuple(found["names"])})))
    for name, line, arguments, keywords in parts["calls"]:
        seen.calls.append((name, line, tuple(arguments), tuple((key, value) for key, value in keywords)))
    seen.urls = [(url, line) for url, line in parts["urls"]]
    seen.paths = [(folder, front) for folder, front in parts["paths"]]
    seen.installs = [(text, line) for text, line in parts["installs"]]
    seen.docstrings = [(first, last) for first, last in parts["docstrings"]]
    seen.syntax = {minor: (what, line) for minor, what, line in parts["syntax"]}
    seen.guards = [(operator, version, line) for operator, version, line in parts["guards"]]
    seen.expected = [(first, last, anywhere) for first, last, anywhere in parts["expected"]]
    return seen
