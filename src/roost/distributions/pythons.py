"""A Python that is not on the machine, fetched by the engine."""

from __future__ import annotations

import json
from pathlib import Path

from roost import processes
from roost.errors import ProcessFailed
from roost.scripts import Interpreter

from . import engine, faults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

PROGRAM = """
import json, platform, sys, sysconfig
name, release = platform.libc_ver()
system = "macosx-" + platform.mac_ver()[0] if sys.platform == "darwin" else "linux"
libc = "-glibc" + release if name == "glibc" else "-musl1.2" if sys.platform == "linux" else ""
print(json.dumps([sys.implementation.name, list(sys.version_info[:3]), getattr(sys, "abiflags", ""), system + "-" + platform.machine() + libc]))
"""


def fetch(wanted: str, *, home: Home, settings: Settings, report: Reporter, offline: bool, reason: str) -> Interpreter:
    """Fetch a Python through uv into roost's own folder.

    Raises:
        RoostError: it cannot be fetched, or nothing may be.
    """
    what = f"cannot get Python {wanted}"
    if offline:
        raise faults.NotCached(what, why=(reason, "roost is offline"), hints=("run once without `--offline`",))
    report.progress(f"fetching Python {wanted}")
    done = engine.run(
        ["python", "install", "--no-bin", wanted],
        home=home,
        settings=settings,
        timeout=settings.build_timeout,
        report=report,
        line=engine.Progress(report),
    )
    if done.status:
        raise faults.classify(done.errors, what=what)
    found = engine.run(
        ["python", "find", "--managed-python", wanted], home=home, settings=settings, timeout=60, report=report
    )
    if found.status:
        raise faults.classify(found.errors, what=what)
    report.step(f"fetched Python {wanted} in {done.seconds:.1f} s")
    return _look(Path(found.output.strip()), home, settings)


def _look(path: Path, home: Home, settings: Settings) -> Interpreter:
    answer = processes.run([path, "-I", "-S", "-c", PROGRAM], env=engine.environment(home, settings), timeout=60)
    if answer.status:
        raise ProcessFailed(f"`{path}` does not start", why=answer.last_lines(3))
    implementation, version, abi, platform = json.loads(answer.output)
    return Interpreter(path, implementation, (version[0], version[1], version[2]), abi, platform)
