"""A script and the questions to which its environment is the answer: asked again, answered as before."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Options, Plan
    from roost.distributions.comparing import Difference
    from roost.distributions.conda import Answer
    from roost.distributions.requests import Remembered, Request
    from roost.home import Home
    from roost.scripts import Interpreter, Script
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class NoScript(RoostError):
    """An environment is what scripts lead to: without one it cannot be updated."""

    code = "no-script"
    exit = Exit.NO_INPUT


class Asked(Value):
    """A script, and the questions to which its environment is the answer."""

    plan: Plan
    request: Request
    known: Remembered | None  # the lock of last time
    packages: Answer | None  # the conda packages of last time
    home: Home
    settings: Settings
    options: Options

    @property
    def short(self) -> str:
        """Give the version of Python: "3.12"."""
        return self.request.interpreter.short


class Updated(Value):
    """What became of one script."""

    script: str
    moves: tuple[Difference, ...]
    environment: str
    kept: tuple[str, ...] = ()  # why the earlier lock was kept: imports that fail with the new one


def ask(file: str, arguments: Arguments, home: Home, settings: Settings, output: Output) -> Asked:
    """Put the questions of a script together, with a Python that is there."""
    options = place.options(arguments, settings)
    return put(place.read(file, home, output), options, home, settings, output)


def renewed(asked: Asked, output: Output) -> Asked:
    """Put the same questions once the conda packages were looked for again."""
    from roost import distributions

    options = asked.options.replace(upgrade=True)
    more = {"home": asked.home, "settings": asked.settings, "options": options, "report": output}
    plan = distributions.plan(asked.plan.script, **more)  # type: ignore[arg-type]
    distributions.have(plan, **more)  # type: ignore[arg-type]
    return put(asked.plan.script, asked.options, asked.home, asked.settings, output)


def put(script: Script, options: Options, home: Home, settings: Settings, output: Output) -> Asked:
    """Put the questions of a script, with a Python that is there from then on."""
    from roost import distributions
    from roost.distributions.lock import request

    plan = distributions.plan(script, home=home, settings=settings, options=options, report=output)
    python = distributions.have(plan, home=home, settings=settings, options=options, report=output)
    plan = plan.replace(python=python)
    assert python.interpreter is not None
    known = distributions.remembered(plan, home=home, settings=settings)
    return Asked(
        plan=plan,
        request=request(plan, python.interpreter, settings),
        known=known,
        packages=_packages(plan, python.interpreter, home),
        home=home,
        settings=settings,
        options=options,
    )


def _packages(plan: Plan, interpreter: Interpreter, home: Home) -> Answer | None:
    """Give the conda packages that were found; None: none are wanted, or a lock beside the script has them."""
    if plan.conda is None:
        return None
    from roost.distributions import conda

    found = conda.recall(plan.conda, interpreter.short, home)
    return found if found and found.key == interpreter.prefix else None


def moved(before: Answer | None, after: Answer | None) -> tuple[Difference, ...]:
    """Say what differs between conda packages."""
    if before is None or after is None:
        return ()
    from roost.distributions import conda

    return conda.moves(before.packages, after.packages)


def back(asked: Asked) -> None:
    """Take what was there before again, where something else has just taken its place."""
    from roost.distributions import history

    if asked.packages and asked.plan.conda:
        from roost.distributions import conda

        present = conda.recall(asked.plan.conda, asked.short, asked.home)
        if present is None or present.key != asked.packages.key:
            conda.restore(asked.plan.conda, asked.short, asked.packages, asked.home)
    for one in history.earlier(asked.home, asked.request):
        if asked.known and one.lock.artifacts == asked.known.lock.artifacts:
            history.restore(asked.home, asked.request, one)
            return


def scripts(home: Home, word: str) -> list[Path]:
    """Give the scripts that a word means: itself, or those that were run in the environment of this name.

    Raises:
        NoSuchEnvironment: it is neither a file nor an environment.
        NoEarlierLock: no script is known that runs in the environment.
    """
    from roost import environments
    from roost.environments import searching

    if Path(word).is_file():
        return [Path(os.path.abspath(word))]  # noqa: PTH100  # links stay: the script is known by this name
    found = environments.find(home, word)
    scripts = [script for script in searching.scripts(home).get(found.name, ()) if script.exists()]
    if not scripts:
        raise NoScript(f"no script is known that runs in `{found.name}`", hints=("name the script",))
    return scripts


def document(one: Updated) -> dict[str, object]:
    """Give what became of a script for `--json`."""
    return {
        "script": one.script,
        "environment": one.environment,
        "changes": [change(move) for move in one.moves],
        "kept": list(one.kept),
    }


def change(move: Difference) -> dict[str, object]:
    """Give one move for `--json`."""
    return {"name": move.name, "before": move.before, "after": move.after}


def lines(one: Updated) -> list[str]:
    """Give what became of a script for people."""
    if one.kept:
        tried = f"; tried {', '.join(map(str, one.moves))}" if one.moves else ""
        return [f"{one.script}: kept as it was{tried}", *(f"  {sentence}" for sentence in one.kept)]
    if not one.moves:
        return [f"{one.script}: nothing newer fits"]
    return [f"{one.script}: {one.environment}", *(f"  {move}" for move in one.moves)]
