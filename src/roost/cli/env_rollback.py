"""`roost env rollback`: what a script had before, and the way back to it."""

from __future__ import annotations

from roost.errors import Exit, RoostError, UsageError
from roost.values import Value

from . import place, views
from .env_asked import Updated, ask, back, change, document, lines, moved, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions.comparing import Difference
    from roost.distributions.conda import Answer
    from roost.distributions.requests import Remembered

    from .env_asked import Asked
    from .options import Arguments
    from .show import Output


class NoEarlierLock(RoostError):
    """There is nothing to go back to."""

    code = "no-earlier-lock"
    exit = Exit.NO_INPUT


class Earlier(Value):
    """What a script had before: another lock, or other conda packages (and the lock that was resolved beside them)."""

    created: float  # seconds since the epoch
    moves: tuple[Difference, ...]  # what going back changes
    lock: Remembered | None = None
    packages: Answer | None = None


def rollback(arguments: Arguments, output: Output) -> int:
    """Go back to an earlier lock of a script, or list those that there are."""
    home, settings = place.find(output)
    asked = ask(arguments.words[0], arguments, home, settings, output)
    script = asked.plan.script
    if script.declared.lock is not None:
        raise NoEarlierLock(
            f"`{script.name}` has a lock beside it, `{script.declared.lock.name}`, which decides what it gets",
            hints=("go back to an earlier version of that file",),
        )
    known = _earlier(asked)
    if arguments.has("list"):
        return _list(asked, known, output)
    chosen = known[_number(arguments, known, asked) - 1]
    done = _gone_back(asked, chosen, output)
    if output.json:
        output.document("roost.updated/1", {"scripts": [document(done)]})
    else:
        output.text("\n".join(lines(done)))
    return Exit.OK


def _earlier(asked: Asked) -> list[Earlier]:
    """Give what a script had before, the newest first."""
    from roost.distributions import history

    present = asked.known.lock if asked.known else None
    found = [
        Earlier(one.created, history.moves(present, one.lock), lock=one)
        for one in history.earlier(asked.home, asked.request)
        if asked.known is None or one.lock.artifacts != asked.known.lock.artifacts
    ]
    if asked.packages and asked.plan.conda:
        from roost.distributions import conda

        found += [
            Earlier(one.created, moved(asked.packages, one), packages=one)
            for one in conda.earlier(asked.plan.conda, asked.short, asked.home)
            if one.key != asked.packages.key
        ]
    return sorted(found, key=lambda one: one.created, reverse=True)


def _gone_back(asked: Asked, chosen: Earlier, output: Output) -> Updated:
    from roost import distributions, environments
    from roost.distributions import history

    script = asked.plan.script
    more = {"home": asked.home, "settings": asked.settings, "options": asked.options, "report": output}
    new = asked
    try:
        if chosen.packages and asked.plan.conda:
            from roost.distributions import conda

            conda.restore(asked.plan.conda, asked.short, chosen.packages, asked.home)
            new = put(script, asked.options, asked.home, asked.settings, output)
        found = chosen.lock.lock if chosen.lock else distributions.lock(new.plan, **more)  # type: ignore[arg-type]
        environment = environments.ensure(found, **more)  # type: ignore[arg-type]
    except RoostError:
        back(asked)
        raise
    if chosen.lock:
        history.restore(asked.home, asked.request, chosen.lock)
    environments.refer(asked.home, script, found, environment)
    moves = (
        *moved(asked.packages, new.packages),
        *history.moves(asked.known.lock if asked.known else None, found),
    )
    return Updated(str(script.path), moves, environment.name)


def _number(arguments: Arguments, known: Sequence[Earlier], asked: Asked) -> int:
    """Read which one is meant: without a word the newest of those that are older than the present one."""
    name = asked.plan.script.name
    if not known:
        raise NoEarlierLock(
            f"there is no earlier lock of `{name}`", hints=("one is kept whenever an update changes something",)
        )
    text = arguments.text("to")
    if text is None:
        now = max((one.created for one in (asked.known, asked.packages) if one), default=float("inf"))
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


def _list(asked: Asked, known: Sequence[Earlier], output: Output) -> int:
    """Show what there was, and what going back to each would change."""
    if output.json:
        data = [
            {"number": number, "created": one.created, "changes": [change(move) for move in one.moves]}
            for number, one in enumerate(known, 1)
        ]
        held = any(one.held for one in (asked.known, asked.packages) if one)
        output.document("roost.history/1", {"script": str(asked.plan.script.path), "held": held, "earlier": data})
        return Exit.OK
    lines = []
    for number, one in enumerate(known, 1):
        lines += [f"{number}: resolved {views.ago(one.created)}", *(f"  {move}" for move in one.moves)]
    output.text("\n".join(lines) or f"there is no earlier lock of `{asked.plan.script.name}`")
    return Exit.OK
