"""An image of Docker whose C library is not ours: what a script needs, for the Python that the image has itself.

Resolved and fetched here, by our engine and from our indexes, into the cache; mounted there. So the container needs no
network and no engine, and nobody's setup is executed: wheels only.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from roost import locks
from roost.digests import sha256
from roost.distributions import elsewhere, engine, faults
from roost.distributions.indexes import Indexes
from roost.distributions.indexes.written import written
from roost.environments import use
from roost.home import ensure as folder_of
from roost.sandbox import images, kept
from roost.sandbox.tiers import CannotKeep
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions.values import Options
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.sandbox.values import Job
    from roost.settings import Settings

    from .values import Prepared

YOUNG = 86400.0  # seconds since the last use in which it counts as used (contracts §2)
SITE = "import os, site; site.addsitedir(os.path.join(os.path.dirname(os.path.dirname(__file__)), 'site'))\n"


class Foreign(Value):
    """What runs in an image in the place of an environment."""

    python: str  # in the image
    folder: Path  # `site`: what is imported; `start`: what makes it so


def ensure(
    prepared: Prepared, image: str, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Foreign | None:
    """Have what a script needs in an image; None: its environment of this machine runs there.

    Raises:
        NoSandbox: there is no such image.
        CannotKeep: neither our Python runs there, nor has it one of its own.
        RoostError: what is needed does not exist for it, or cannot be fetched.
    """
    from .sandboxed import python

    number = images.identify(image)
    environment = prepared.environment
    why = images.doubt(number, os.fspath(environment.python), (*python(prepared), str(environment.path)))
    if why is None:
        return None
    own = images.python(number)
    if own is None:
        raise CannotKeep(
            f"the image `{image}` cannot run this environment, and nothing was run",
            why=(why, "and it has no `python3` of its own"),
            hints=("take an image with a Python, or one of Debian 12 or newer; or leave `--image` out",),
        )
    report.detail(f"the environment does not run in `{image}`: {why}")
    place = home.cache / "images" / sha256(f"{number} {environment.key}".encode())[:24]
    with locks.exclusive(home.locks / f"image-{place.name}", timeout=settings.build_timeout):
        if not place.exists():
            asked = options.replace(python=own.short)
            lock = elsewhere.lock(
                prepared.plan.script, own.platform, home=home, settings=settings, options=asked, report=report
            )
            report.progress(f"installing for Python {own.short} of `{image}`")
            _build(place, lock, own, prepared, home=home, settings=settings, report=report)
        os.utime(place)
    return Foreign(own.path, place)


def collect(home: Home, *, older_than: float) -> None:
    """Drop what no run in an image has used for so long; rests of killed builds too.

    Args:
        older_than: seconds; what was used within a day, or is mounted in a container, stays in any case.
    """
    mounted = {place for cell in kept.listing(home) for place in cell.job.readable}
    for place in home.cache.glob("images/*"):
        key = place.name.rpartition("-")[2]
        with suppress(locks.LockHeld, OSError), locks.exclusive(home.locks / f"image-{key}", timeout=0):
            unused = (
                time.time() - place.stat().st_mtime > max(older_than, YOUNG)
                and os.fspath(place) not in mounted
                and not use.busy(home, place)
            )
            if place.name != key or unused:  # who builds beside it holds the lock
                shutil.rmtree(place, ignore_errors=True)


def instead(job: Job, foreign: Foreign, ours: Sequence[str]) -> Job:
    """Give a job that runs with the image's own Python.

    Args:
        ours: what it would read of this machine's environment.
    """
    folder = os.fspath(foreign.folder)
    environ = {name: value for name, value in job.environ.items() if name != "VIRTUAL_ENV"}
    environ |= {"PATH": f"{folder}/site/bin:/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": f"{folder}/start"}
    readable = (*(place for place in job.readable if place not in ours), folder)
    return job.replace(argv=(foreign.python, *job.argv[1:]), environ=environ, readable=readable, python=foreign.python)


def _build(
    place: Path, lock: elsewhere.Elsewhere, own: images.Inside, prepared: Prepared, *, home: Home, settings: Settings,
    report: Reporter,
) -> None:  # fmt: skip
    aside = folder_of(place.parent) / f".tmp-{os.getpid()}-{place.name}"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "site").mkdir(parents=True)
    (aside / "start").mkdir()
    (aside / "start/sitecustomize.py").write_text(SITE, "utf-8")
    file = aside / "pylock.toml"
    # The engine compares these with the interpreter that it runs on, which is not the one that this is for.
    file.write_text(re.sub(r"(?m)^(?:requires-python|environments) = .*\n", "", lock.text), "utf-8")
    indexes = prepared.lock.indexes or Indexes()
    try:
        with written(indexes) as asked:
            done = engine.run(
                ["pip", "install", "--no-deps", "--only-binary", ":all:", "--target", str(aside / "site"), "--python-platform", own.platform,
                 "--python-version", own.short, "--python", os.fspath(prepared.environment.python), "-r", str(file), *asked.options],
                home=home, settings=settings, timeout=settings.build_timeout, report=report, variables=asked.variables, cwd=Path("/"),
            )  # fmt: skip
        if done.status:
            what = f"cannot install what `{prepared.plan.script.name}` needs for Python {own.short} on {own.platform}"
            raise faults.classify(done.errors, what=what, stage="install", indexes=indexes)
        for at in (aside, aside / "site", aside / "start"):
            at.chmod(0o755)
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
