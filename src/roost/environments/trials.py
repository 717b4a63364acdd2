"""Imports tried in an environment: a resolver's success is no proof (decision 12)."""

from __future__ import annotations

import json
import os

from roost import processes
from roost.errors import ProcessFailed
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .values import Environment

TIMEOUT = 120.0  # seconds for one process
PASSED_ON = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DISPLAY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "MPLBACKEND",
)

# Names that a module only makes when it is asked for are in no list of it: the statement itself is the proof.
PROGRAM = """
import importlib, json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what modules print is not an answer
def say(item, **facts):
    answers.write(json.dumps(dict(item=item, **facts)) + "\\n"); answers.flush()
for item in sys.argv[1:]:
    say(item)
    module, _, name = item.partition(":")
    names = []
    try:
        if name:
            exec("from " + module + " import " + name, {})
        else:
            names = [one for one in dir(importlib.import_module(module)) if not one.startswith("_")][:2000]
    except BaseException as error:
        say(item, ok=False, error=type(error).__name__ + ": " + str(error))
    else:
        say(item, ok=True, names=names)
answers.flush()
os._exit(0)
"""


class Trial(Value):
    """One module that was imported, or could not be."""

    module: str  # as it was asked for, "module" or "module:name"
    names: tuple[str, ...]  # public names it has; none are listed for a "module:name"
    ok: bool
    error: str | None  # "ModuleNotFoundError: No module named 'x'", or how the process died
    died: bool = False  # the process did not come to an answer: no proof that the import fails by itself


def try_imports(environment: Environment, modules: Sequence[str], *, search: Sequence[Path] = ()) -> tuple[Trial, ...]:
    """Import modules one after the other in one process of the environment; another one only after a crash.

    Args:
        modules: "module" for `import module`, "module:name" for `from module import name`.
        search: more folders in which Python looks for modules.
    """
    left = list(dict.fromkeys(modules))
    trials: list[Trial] = []
    while left:
        done = _try(environment, left, search)
        trials += done
        tried = {trial.module for trial in done}
        left = [module for module in left if module not in tried]
    return tuple(trials)


def _try(environment: Environment, modules: Sequence[str], search: Sequence[Path]) -> list[Trial]:
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if search:
        known["PYTHONPATH"] = ":".join(map(os.fspath, search))
    try:
        answer = processes.run([environment.python, "-c", PROGRAM, *modules], env=known, timeout=TIMEOUT)
    except ProcessFailed as error:
        return [Trial(module, (), ok=False, error=error.what, died=True) for module in modules]
    trials: list[Trial] = []
    begun: str | None = None
    for line in answer.output.splitlines():
        said = json.loads(line)
        if "ok" in said:
            trials.append(Trial(said["item"], tuple(said.get("names", ())), said["ok"], said.get("error")))
            begun = None
        else:
            begun = said["item"]
    if begun is not None or not trials:
        trials.append(Trial(begun or modules[0], (), ok=False, error=_death(answer), died=True))
    return trials


def _death(answer: processes.Completed) -> str:
    import signal

    if answer.status < 0:
        try:
            return f"the process was ended by {signal.Signals(-answer.status).name}"
        except ValueError:
            return f"the process was ended by signal {-answer.status}"
    last = answer.last_lines(1)
    return last[0] if last else f"the process ended with status {answer.status}"
