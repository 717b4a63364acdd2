"""Prepared → its end in a sandbox: which tier, what it may read, what it may take, what is written down of it."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from roost.sandbox import system
from roost.sandbox.values import Job
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.home import Home
    from roost.sandbox.tiers import Tier
    from roost.sandbox.values import Ended, Limits

    from .foreign import Foreign
    from .values import Prepared


class Wish(Value):
    """What the user asks of a sandbox."""

    tier: str  # a name, or "auto"
    limits: Limits
    network: tuple[str, ...] | None = None  # None: what the tier has when nobody says
    folder: Path | None = None  # to work in; None: a new and empty one
    given: tuple[Path, ...] = ()  # files that are copied into it
    variables: tuple[str, ...] = ()  # names of those that are handed on
    image: str = ""  # of Docker; none: the one that is built here
    foreign: Foreign | None = None  # what runs in that image in the place of the environment


def job(prepared: Prepared, arguments: Sequence[str], wish: Wish, tier: Tier, folder: str, *, home: Home) -> Job:
    """Put together what is run, and what it may read and use."""
    from .programs import words

    environment = prepared.environment
    behind, _ = words(prepared.plan.script, None, home)
    own = {"PATH": f"{environment.path}/bin:/usr/local/bin:/usr/bin:/bin", "VIRTUAL_ENV": str(environment.path)}
    if tier.name == "none":
        environ = {**os.environ, **own, "PATH": f"{environment.path}/bin:{os.environ.get('PATH', '')}"}
    else:
        environ = system.variables(os.environ, wish.variables, own | {"HOME": folder, "TMPDIR": folder})
    script = prepared.plan.script
    files = [script.path, *script.inputs] if script.path else []
    network = wish.network if wish.network is not None else ("all",) if tier.name in {"none", "limits"} else ()
    made = Job(
        argv=(os.fspath(environment.python), *behind, *arguments),
        environ=environ,
        folder=folder,
        readable=tuple(dict.fromkeys([*map(os.path.realpath, filter(None, files)), *_environment(prepared)])),
        network=network,
        limits=wish.limits,
        python=os.fspath(environment.python),
        image=wish.image,
    )
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


def run(prepared: Prepared, arguments: Sequence[str], wish: Wish, tier: Tier, *, home: Home) -> Ended:
    """Run a script in a tier to its end; what it says goes to our own streams.

    Raises:
        CannotKeep: the tier cannot hold what is asked.
        CannotConfine: the system refuses.
    """
    import shutil
    import tempfile

    from roost.environments import bytecode
    from roost.sandbox.streams import Stream, writer

    bytecode.compile(prepared.environment, home=home)
    with ExitStack() as stack:
        if wish.folder is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="roost-run-", ignore_cleanup_errors=True))
        else:
            folder = os.fspath(wish.folder)
        folder = os.path.realpath(folder)
        for file in wish.given:
            shutil.copy(file, folder)
        asked = job(prepared, arguments, wish, tier, folder, home=home)
        output, errors = (Stream(writer(stream), wish.limits.output) for stream in (1, 2))
        sys.stdout.flush()
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        stack.callback(os.close, null)
        return tier.run(asked, output, errors, stdin=null)
