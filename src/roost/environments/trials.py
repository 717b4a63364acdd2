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

PROGRAM = """
import importlib, json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what modules print is not an answer
def say(module, **facts):
    answers.write(json.dumps(dict(module=module, **facts)) + "\\n"); answers.flush()
for module in sys.argv[1:]:
    say(module)
    try:
        loaded = importlib.import_module(module)
    except BaseException as error:
        say(module, ok=False, error=type(error).__name__ + ": " + str(error))
    else:
        say(module, ok=True, names=[name for name in dir(loaded) if not name.startswith("_")][:2000])
answers.flush()
os._exit(0)
"""


class Trial(Value):
    """One module that was imported, or could not be."""

    module: str
    names: tuple[str, ...]  # public names it has
    ok: bool
    error: str | None  # "ModuleNotFoundError: No module named 'x'", or how the process died


def try_imports(environment: Environment, modules: Sequence[str]) -> tuple[Trial, ...]:
    """Import modules one after the other in one process of the environment; another one only after a crash."""
    left = list(dict.fromkeys(modules))
    trials: list[Trial] = []
    while left:
        done = _try(environment, left)
        trials += done
        tried = {trial.module for trial in done}
        left = [module for module in left if module not in tried]
    return tuple(trials)


def _try(environment: Environment, modules: Sequence[str]) -> list[Trial]:
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        answer = processes.run([environment.python, "-c", PROGRAM, *modules], env=known, timeout=TIMEOUT)
    except ProcessFailed as error:
        return [Trial(module, (), ok=False, error=error.what) for module in modules]
    trials: list[Trial] = []
    begun: str | None = None
    for line in answer.output.splitlines():
        said = json.loads(line)
        if "ok" in said:
            trials.append(Trial(said["module"], tuple(said.get("names", ())), said["ok"], said.get("error")))
            begun = None
        else:
            begun = said["module"]
    if begun is not None or not trials:
        trials.append(Trial(begun or modules[0], (), ok=False, error=_death(answer)))
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
