"""What conda packages want to be set when they are used, as activating their prefix would set it."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress

from roost import processes
from roost.errors import ProcessFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.reporting import Reporter

PATIENCE = 20.0  # seconds for the packages' scripts


def wanted(place: Path, report: Reporter) -> tuple[tuple[str, str], ...]:
    """Find out what the packages of a prefix want to be set: what their files under `etc/conda/` say and do."""
    found = {"CONDA_PREFIX": str(place)}
    for file in sorted((place / "etc/conda/env_vars.d").glob("*.json")):
        with suppress(OSError, ValueError, AttributeError):
            found |= {str(name): str(value) for name, value in json.loads(file.read_bytes()).items()}
    scripts = sorted((place / "etc/conda/activate.d").glob("*.sh"))
    if scripts:
        before = found | {
            "PATH": f"{place}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        }
        shell = shutil.which("bash") or "/bin/sh"
        show = f"exec {place}/bin/python -c 'import json, os; print(\"\\n\" + json.dumps(dict(os.environ)))'"
        words = [shell, "-c", 'for script do . "$script" >/dev/null 2>&1; done; ' + show, shell]
        try:
            done = processes.run([*words, *map(str, scripts)], env=before, timeout=PATIENCE, cwd=place)
            after = json.loads(done.output.splitlines()[-1])
        except (ProcessFailed, ValueError, IndexError):
            report.note(
                f"the activation scripts of the conda packages in `{place.name}` failed: what they set is missing"
            )
            after = {}
        left = {*before, "PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
        found |= {name: value for name, value in after.items() if name not in left}
    return tuple(sorted(found.items()))
