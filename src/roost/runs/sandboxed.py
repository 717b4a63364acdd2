"""Prepared → its end in a sandbox: which tier, what it may read, what it may take."""

from __future__ import annotations

import os
from pathlib import Path

from roost.values import Value

from . import brokering, failures
from .confined import Decided, carry_out, folders_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from roost.distributions import Options
    from roost.home import Home
    from roost.sandbox.folders import Place
    from roost.sandbox.policy import Policy
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Job
    from roost.settings import Settings

    from .brokering import Way
    from .confined import Done
    from .foreign import Foreign
    from .values import Prepared


class Wish(Value):
    """What is asked of a sandboxed run."""

    policy: Policy
    folder: Path | None = None  # to work in; None: a new and empty one
    given: tuple[Path, ...] = ()  # files that are copied into it
    wanted: tuple[str, ...] = ()  # files below it that are copied into our own folder at the end
    variables: tuple[str, ...] = ()  # names of those that are handed on
    environ: Mapping[str, str] = {}  # more of them, with their values
    image: str = ""  # of Docker; none: the one that is built here
    foreign: Foreign | None = None  # what runs in that image in the place of the environment


def decide(prepared: Prepared, wish: Wish, tier: Tier, *, home: Home, options: Options) -> Decided:
    """Decide a run, but for its arguments and its folder.

    Args:
        options: what may be installed for imports that fail while it runs.
    """
    from .programs import words

    script, environment = prepared.plan.script, prepared.environment
    behind, _ = words(script, None, home)
    files = [script.path, *script.inputs] if script.path else []
    files += [Path(word) for word in behind if word.startswith("/") and os.path.isfile(word)]  # noqa: PTH113
    network = wish.policy.network
    if network is None:
        network = ("all",) if tier.name in {"none", "limits"} else ()
    return Decided(
        name=script.name,
        tier=tier.name,
        environment=os.fspath(environment.path),
        python=os.fspath(environment.python),
        words=behind,
        stdin=(script.program or b"") if script.form == "stdin" else None,
        folder=None if wish.folder is None else os.fspath(wish.folder),
        given=tuple(map(os.fspath, wish.given)),
        wanted=wish.wanted,
        variables=wish.variables,
        environ=dict(wish.environ),
        readable=tuple(dict.fromkeys([*map(os.path.realpath, filter(None, files)), *_environment(prepared)])),
        network=network,
        limits=wish.policy.limits,
        image=wish.image,
        filter=_filter(tier),
        policy=wish.policy.line(tier.name),
        about=failures.about(prepared),
        run=prepared.run,
        question=brokering.question(prepared, options),
        home=folders_of(home),
    )


def job(decided: Decided, prepared: Prepared, arguments: Sequence[str], wish: Wish, *, place: Place, way: Way) -> Job:
    """Put together what is run, and what it may read and use.

    Args:
        way: how it asks for what is missing.
    """
    return _instead(decided.job(arguments, place, way), prepared, wish)


def _filter(tier: Tier) -> str:
    if not tier.name.startswith("docker"):
        return ""
    from roost.sandbox.docker import Docker

    assert isinstance(tier, Docker)
    return tier.filter()


def _instead(made: Job, prepared: Prepared, wish: Wish) -> Job:
    if wish.foreign is None:
        return made
    from . import foreign

    return foreign.instead(made, wish.foreign, _environment(prepared))


def _environment(prepared: Prepared) -> tuple[str, ...]:
    return *python(prepared), str(prepared.environment.path)


def python(prepared: Prepared) -> tuple[str, ...]:
    """Name the folders that the environment's interpreter consists of, where they are not the system's."""
    real = os.path.realpath(prepared.environment.python)
    above = os.path.dirname(os.path.dirname(real))  # noqa: PTH120
    return () if above in {"/usr", "/"} else (above,)


def run(
    prepared: Prepared,
    arguments: Sequence[str],
    wish: Wish,
    tier: Tier,
    *,
    home: Home,
    settings: Settings,
    options: Options,
) -> tuple[Decided, Done]:
    """Run a script in a tier to its end, as `carry_out` does; gives what was decided, and what came of it.

    Args:
        options: what may be installed for imports that fail while it runs.

    Raises:
        RoostError: as of `carry_out`.
    """
    from roost.environments import bytecode

    bytecode.compile(prepared.environment, home=home)
    decided = decide(prepared, wish, tier, home=home, options=options)
    opened: AbstractContextManager[Way]
    if decided.question is None:
        opened = brokering.opened(prepared, home=home, settings=settings, options=options)
    else:
        opened = decided.waiting()
    return decided, carry_out(decided, arguments, opened, instead=lambda made: _instead(made, prepared, wish))
