"""`roost env update`: what scripts need is resolved anew, built, tried; what fails is not taken."""

from __future__ import annotations

from roost.errors import Exit, RoostError, UsageError

from . import place
from .env_asked import Updated, ask, back, document, lines, moved, renewed, scripts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.distributions import Lock
    from roost.home import Home

    from .env_asked import Asked
    from .options import Arguments
    from .show import Output


def update(arguments: Arguments, output: Output) -> int:
    """Resolve anew what scripts need, build it, try it; an earlier lock stays where the imports fail with the new one."""
    home, settings = place.find(output)
    scripts = _wanted(arguments, home)
    done = []
    for script in scripts:
        output.progress(f"updating `{script}`")
        try:
            done.append(_update(ask(str(script), arguments, home, settings, output), output))
        except RoostError as error:
            if len(scripts) == 1:
                raise
            done.append(Updated(str(script), (), "", (error.what, *error.why)))
    if output.json:
        output.document("roost.updated/1", {"scripts": [document(one) for one in done]})
    else:
        output.text("\n".join(line for one in done for line in lines(one)))
    return Exit.UNAVAILABLE if any(one.kept for one in done) else Exit.OK


def _wanted(arguments: Arguments, home: Home) -> list[Path]:
    """Give the scripts that are meant, each once."""
    if arguments.has("all"):
        from roost.environments import searching

        every = [script for known in searching.scripts(home).values() for script in known]
        return sorted(dict.fromkeys(script for script in every if script.is_file()))
    if not arguments.words:
        raise UsageError("`roost env update` needs a script or an environment", hints=("`roost env update --all`",))
    return list(dict.fromkeys(script for word in arguments.words for script in scripts(home, word)))


def _update(asked: Asked, output: Output) -> Updated:
    from roost import distributions, environments
    from roost.distributions import history

    from . import trials

    options = asked.options.replace(upgrade=True)
    more = {"home": asked.home, "settings": asked.settings, "report": output}
    new = renewed(asked, output) if asked.packages else asked
    before = asked.known
    try:
        found = distributions.lock(new.plan, options=options, **more)  # type: ignore[arg-type]
        environment = environments.ensure(found, options=options, **more)  # type: ignore[arg-type]
        moves = (*moved(asked.packages, new.packages), *history.moves(before.lock if before else None, found))
        failing = trials.unresolved(new.plan, environment) if moves else ()
    except RoostError:
        back(asked)
        raise
    name = str(asked.plan.script.path)
    standing = before.lock if before else _empty(asked, output)
    if failing and standing:
        old = environments.ensure(standing, options=asked.options, **more)  # type: ignore[arg-type]
        if not trials.unresolved(asked.plan, old):
            back(asked)
            return Updated(name, moves, old.name, tuple(one.sentence for one in failing))
    environments.refer(asked.home, asked.plan.script, found, environment)
    return Updated(name, moves, environment.name)


def _empty(asked: Asked, output: Output) -> Lock | None:
    """Give the lock of a script that wants conda packages alone; None: it wants others, or none."""
    if asked.packages is None or asked.plan.requirements:
        return None
    from roost import distributions

    return distributions.lock(
        asked.plan, home=asked.home, settings=asked.settings, options=asked.options, report=output
    )
