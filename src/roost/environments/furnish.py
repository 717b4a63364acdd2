"""What roost itself puts into an environment: the hook's place, the `.pth`, the pip that never changes anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path

INSIDE = Path(__file__).resolve().parent.parent / "inside"
HOOK = ("_roost.py", "_roost_mend.py", "_roost_engines.py", "_roost_broker.py", "_roost_sources.py", "_roost.pth")
SHIM = (
    "__init__.py",
    "__main__.py",
    "answers.py",
    "_internal/__init__.py",
    "_internal/cli/__init__.py",
    "_internal/cli/main.py",
)
PIP = """#!/bin/sh
exec "$(dirname -- "$(realpath -- "$0")")"/python -m pip "$@"
"""


def protect(site: Path) -> None:
    """Take the right to write from files that have another name: what is written in one place is written in all.

    That is the engine's cache, and every environment with the same distribution. Who is root may still write.
    """
    for folder, _, names in os.walk(site):
        for name in names:
            path = f"{folder}/{name}"
            facts = os.lstat(path)
            if facts.st_nlink > 1 and stat.S_ISREG(facts.st_mode) and facts.st_mode & 0o222:
                os.chmod(path, facts.st_mode & 0o555)  # noqa: PTH101  # thousands of files


def furnish(folder: Path, site: Path) -> tuple[str, ...]:
    """Write roost's files into a new environment; returns their paths, relative to it.

    The shim lies behind site-packages on `sys.path`, so that a real pip that somebody required wins.
    """
    shim = site.parent / "_roost" / "pip"
    shim.mkdir(parents=True)
    places = {name: site / name for name in HOOK} | {f"pip/{name}": shim / name for name in SHIM}
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((INSIDE / source).read_bytes())
    # Made now, so that no bytecode changes the folder later: whatever does is looked at (`integrity.vital`).
    (site / "__pycache__").mkdir(exist_ok=True)
    written = list(places.values())
    for name in ("pip", "pip3"):
        script = folder / "bin" / name
        if not script.exists():
            script.write_text(PIP)
            script.chmod(0o755)
            written.append(script)
    return tuple(str(path.relative_to(folder)) for path in written)
