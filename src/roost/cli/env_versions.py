"""`roost env update|rollback|outdated`: what environments have, what they could have, what they had."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, RoostError, UsageError
from roost.values import Value

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Options, Plan
    from roost.distributions.comparing import Difference
    from roost.distributions.requests import Remembered, Request
    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class NoEarlierLock(RoostError):
    """There is nothing to go back to."""

    code = "no-earlier-lock"
    exit = Exit.NO_INPUT


class Asked(Value):
    """A script, and the question to which its environment is the answer."""

    plan: Plan
    request: Request
    known: Remembered | None  # the answer of last time
    home: Home
    settings: Settings
    options: Options


class Updated(Value):
    """What became of one script."""

    script: str
    moves: tuple[Difference, ...]
    environment: str
    kept: tuple[str, ...] = ()  # why the earlier lock was kept: imports that fail with the new one


def update(arguments: Arguments, output: Output) -> int:
    """Resolve anew what scripts need, build it, try it; an earlier lock stays where the imports fail with the new one."""
    home, settings = place.find(output)
    scripts = _wanted(arguments, home)
    done = []
    for script in scripts:
        output.progress(f"updating `{script}`")
        try:
            done.append(_update(_asked(str(script), arguments, home, settings, output), output))
        except RoostError as error:
            if len(scripts) == 1:
                raise
            done.append(Updated(str(script), (), "", (error.what, *error.why)))
    if output.json:
        output.document("roost.updated/1", {"scripts": [_document(one) for one in done]})
    else:
        output.text("\n".join(line for one in done for line in _lines(one)))
    return Exit.UNAVAILABLE if any(one.kept for one in done) else Exit.OK


def _wanted(arguments: Arguments, home: Home) -> list[Path]:
    """Give the scripts that are meant, each once."""
    if arguments.has("all"):
        from roost.environments import searching

        every = [script for known in searching.scripts(home).values() for script in known]
        return sorted(dict.fromkeys(script for script in every if script.is_file()))
    if not arguments.words:
        raise UsageError("`roost env update` needs a script or an environment", hints=("`roost env update --all`",))
    return list(dict.fromkeys(script for word in arguments.words for script in _scripts(home, word)))


def _update(asked: Asked, output: Output) -> Updated:
    from roost import distributions, environments
    from roost.distributions import history

    from . import trials

    options = asked.options.replace(upgrade=True)
    more = {"home": asked.home, "settings": asked.settings, "report": output}
    found = distributions.lock(asked.plan, options=options, **more)  # type: ignore[arg-type]
    before = asked.known
    try:
        environment = environments.ensure(found, options=options, **more)  # type: ignore[arg-type]
        moves = history.moves(before.lock if before else None, found)
        failing = trials.unresolved(asked.plan, environment) if moves else ()
    except RoostError:
        _back(asked, before)
        raise
    name = str(asked.plan.script.path)
    if failing and before:
        old = environments.ensure(before.lock, options=asked.options, **more)  # type: ignore[arg-type]
        if not trials.unresolved(asked.plan, old):
            _back(asked, before)
            return Updated(name, moves, old.name, tuple(one.sentence for one in failing))
    environments.refer(asked.home, asked.plan.script, found, environment)
    return Updated(name, moves, environment.name)


def _back(asked: Asked, before: Remembered | None) -> None:
    """Take the lock of before again, which has just become an earlier one."""
    from roost.distributions import history

    for one in history.earlier(asked.home, asked.request):
        if before and one.lock.artifacts == before.lock.artifacts:
            history.restore(asked.home, asked.request, one)
            return


def _document(one: Updated) -> dict[str, object]:
    return {
        "script": one.script,
        "environment": one.environment,
        "changes": [_move(move) for move in one.moves],
        "kept": list(one.kept),
    }


def _move(move: Difference) -> dict[str, object]:
    return {"name": move.name, "before": move.before, "after": move.after}


def _lines(one: Updated) -> list[str]:
    if one.kept:
        tried = f"; tried {', '.join(map(str, one.moves))}" if one.moves else ""
        return [f"{one.script}: kept as it was{tried}", *(f"  {sentence}" for sentence in one.kept)]
    if not one.moves:
        return [f"{one.script}: nothing newer fits"]
    return [f"{one.script}: {one.environment}", *(f"  {move}" for move in one.moves)]


def rollback(arguments: Arguments, output: Output) -> int:
    """Go back to an earlier lock of a script, or list those that there are."""
    from roost import environments
    from roost.distributions import history

    home, settings = place.find(output)
    asked = _asked(arguments.words[0], arguments, home, settings, output)
    script = asked.plan.script
    if script.declared.lock is not None:
        raise NoEarlierLock(
            f"`{script.name}` has a lock beside it, `{script.declared.lock.name}`, which decides what it gets",
            hints=("go back to an earlier version of that file",),
        )
    known = [one for one in history.earlier(home, asked.request) if not _same(one, asked.known)]
    if arguments.has("list"):
        return _list(asked, known, output)
    chosen = known[_number(arguments, known, asked) - 1]
    environment = environments.ensure(chosen.lock, home=home, settings=settings, options=asked.options, report=output)
    moves = history.moves(asked.known.lock if asked.known else None, chosen.lock)
    history.restore(home, asked.request, chosen)
    environments.refer(home, script, chosen.lock, environment)
    done = Updated(str(script.path), moves, environment.name)
    if output.json:
        output.document("roost.updated/1", {"scripts": [_document(done)]})
    else:
        output.text("\n".join(_lines(done)))
    return Exit.OK


def _same(one: Remembered, other: Remembered | None) -> bool:
    return other is not None and one.lock.artifacts == other.lock.artifacts


def _number(arguments: Arguments, known: Sequence[Remembered], asked: Asked) -> int:
    """Read which one is meant: without a word the newest of those that are older than the present one."""
    name = asked.plan.script.name
    if not known:
        raise NoEarlierLock(
            f"there is no earlier lock of `{name}`", hints=("one is kept whenever an update changes something",)
        )
    text = arguments.text("to")
    if text is None:
        now = asked.known.created if asked.known else float("inf")
        older = [number for number, one in enumerate(known, 1) if one.created < now]
        if older:
            return older[0]
        raise NoEarlierLock(
            f"`{name}` has its oldest lock already", hints=(f"forward again: `roost env rollback {name} --to 1`",)
        )
    if not text.isdigit() or not 1 <= int(text) <= len(known):
        raise UsageError(f"`--to` takes a number from 1 to {len(known)}, not `{text}`", hints=(_see(name),))
    return int(text)


def _see(name: str) -> str:
    return f"see what there is: `roost env rollback {name} --list`"


def _list(asked: Asked, known: Sequence[Remembered], output: Output) -> int:
    """Show the earlier locks, and what going back to each would change."""
    from roost.distributions import history

    present = asked.known.lock if asked.known else None
    rows = [(number, one, history.moves(present, one.lock)) for number, one in enumerate(known, 1)]
    if output.json:
        data = [
            {"number": number, "created": one.created, "changes": [_move(move) for move in moves]}
            for number, one, moves in rows
        ]
        held = bool(asked.known and asked.known.held)
        output.document("roost.history/1", {"script": str(asked.plan.script.path), "held": held, "earlier": data})
        return Exit.OK
    lines = []
    for number, one, moves in rows:
        lines += [f"{number}: resolved {views.ago(one.created)}", *(f"  {move}" for move in moves)]
    output.text("\n".join(lines) or f"there is no earlier lock of `{asked.plan.script.name}`")
    return Exit.OK


def outdated(arguments: Arguments, output: Output) -> int:
    """List what an index has newer versions of, and what stands against them."""
    from roost import environments
    from roost.distributions import newer
    from roost.environments.inspecting import holding

    from .env_finding import named

    home, settings = place.find(output)
    every = [named(home, word) for word in arguments.words] or environments.listing(home)
    rows = []
    for one in dict.fromkeys(every):
        output.progress(f"asking for what is newer than `{one.name}`")
        found = newer.outdated(one.python, home=home, settings=settings, report=output)
        against = holding(one, {row.name: row.latest for row in found})
        rows += [(one, row, against.get(row.name, ())) for row in found]
    if output.json:
        data = [
            {
                "environment": one.name,
                "name": row.name,
                "version": row.version,
                "latest": row.latest,
                "held_by": list(held),
            }
            for one, row, held in rows
        ]
        output.document("roost.outdated/1", {"outdated": data})
    elif rows:
        lines = views.columns(
            [
                (one.name if len(every) > 1 else "", row.name, f"{row.version} → {row.latest}", ", ".join(held))
                for one, row, held in rows
            ]
        )
        output.text("\n".join(lines))
    else:
        output.text("nothing is outdated")
    return Exit.OK


def _asked(file: str, arguments: Arguments, home: Home, settings: Settings, output: Output) -> Asked:
    """Put the question of a script together, with a Python that is there."""
    from roost import distributions
    from roost.distributions.lock import request

    options = place.options(arguments, settings)
    script = place.read(file, home, output)
    plan = distributions.plan(script, home=home, settings=settings, options=options, report=output)
    python = distributions.have(plan, home=home, settings=settings, options=options, report=output)
    plan = plan.replace(python=python)
    assert python.interpreter is not None
    known = distributions.remembered(plan, home=home, settings=settings)
    return Asked(plan, request(plan, python.interpreter, settings), known, home, settings, options)


def _scripts(home: Home, word: str) -> list[Path]:
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


class NoScript(RoostError):
    """An environment is what scripts lead to: without one it cannot be updated."""

    code = "no-script"
    exit = Exit.NO_INPUT
