"""Asking for conda packages: what is wanted in, exact packages out; exact packages in, a folder out."""

from __future__ import annotations

import json
import os
from pathlib import Path

from roost import processes
from roost.distributions import faults
from roost.distributions.pylock import without_credentials
from roost.errors import Exit, ProcessFailed, RoostError

from . import packages as records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from roost.home import Home
    from roost.settings import Settings

    from .needs import Needs
    from .packages import Package

WORKER = "from roost.distributions.conda.worker import main; main()"


class CondaMissing(RoostError):
    """A script wants conda packages, and the library for them is not installed."""

    code = "conda-missing"
    exit = Exit.UNAVAILABLE


class BadSpec(RoostError):
    """What is wanted from conda is not written as conda writes it."""

    code = "bad-conda-requirement"
    exit = Exit.UNREADABLE


def available() -> bool:
    """Tell whether the library is installed."""
    from importlib.util import find_spec

    return find_spec("rattler") is not None


def needed(specs: Iterable[str]) -> None:
    """Check that the library is there.

    Raises:
        CondaMissing: it is not.
    """
    if not available():
        names = ", ".join(f"`{spec}`" for spec in specs)
        raise CondaMissing(
            f"conda packages are wanted ({names}), and what installs them is not here",
            hints=("install it where roost is: `python -m pip install 'roost[conda]'`",),
        )


def solve(
    needs: Needs, short: str, *, home: Home, settings: Settings, what: str, platform: str | None = None
) -> tuple[Package, ...]:
    """Find exact packages for what is wanted, with a Python of the version `short`.

    Args:
        what: for errors: "cannot find what `a.py` needs".
        platform: another one than this machine's, as conda names it: "linux-aarch64".

    Raises:
        CondaMissing: the library is not installed.
        BadSpec: a specification, a channel or the age limit cannot be read.
        RoostError: of the classes in `faults`: there are no such packages, they do not go together, nothing can be asked.
    """
    asked: dict[str, object] = {
        "do": "solve", "specs": needs.specs, "channels": [_place(one) for one in needs.bare], "python": short,
        "platform": platform, "newest": needs.exclude_newer,
    }  # fmt: skip
    answer = _ask(asked, needs, home=home, settings=settings, what=what)
    if answer.get("conflict"):
        said = _quiet(answer["failed"], needs).strip().splitlines()
        channels = ", ".join(f"`{channel}`" for channel in needs.bare)
        wanted = ", ".join(f"`{spec}`" for spec in needs.specs)
        raise faults.Conflict(
            what,
            why=(f"the channels {channels} have no set of packages with {wanted} and Python {short}", *said[:12]),
            hints=("try another Python: `roost run --python 3.12 FILE`, or fewer bounds",),
        )
    if "failed" in answer:
        raise faults.classify(_quiet(answer["failed"], needs), what=what)
    return records.read(answer["packages"])


def install(
    packages: Sequence[Package],
    folder: Path,
    place: Path,
    needs: Needs,
    *,
    home: Home,
    settings: Settings,
    what: str,
    doubtful: bool,
    keep: Sequence[int] = (),
) -> None:
    """Install packages into a folder that will be moved to `place`; what is not cached is fetched.

    No script of a package is executed.

    Args:
        doubtful: everything that is cached is compared with what its package says of it.
        keep: descriptors of locks, held as long as it is at work.

    Raises:
        CondaMissing: the library is not installed.
        RoostError: of the classes in `faults`: it cannot be done.
    """
    asked: dict[str, object] = {
        "do": "install", "packages": records.written(packages), "folder": str(folder), "place": str(place), "doubtful": doubtful,
    }  # fmt: skip
    answer = _ask(asked, needs, home=home, settings=settings, what=what, keep=keep)
    if "failed" in answer:
        raise faults.classify(_quiet(answer["failed"], needs), what=what, stage="install")


def newer(
    needs: Needs, packages: Sequence[Package], *, home: Home, settings: Settings, what: str
) -> list[tuple[str, str, str, list[str]]]:
    """Ask which packages have newer versions: (name, version, newest version, what stands against it).

    Raises:
        CondaMissing: the library is not installed.
        RoostError: of the classes in `faults`: nothing can be asked.
    """
    asked: dict[str, object] = {
        "do": "newer", "specs": needs.specs, "channels": [_place(one) for one in needs.bare],
        "packages": records.written(packages), "newest": needs.exclude_newer,
    }  # fmt: skip
    answer = _ask(asked, needs, home=home, settings=settings, what=what)
    if "failed" in answer:
        raise faults.classify(_quiet(answer["failed"], needs), what=what)
    return [tuple(row) for row in answer["newer"]]


def offline(what: str, needs: Needs) -> faults.NotCached:
    """Say that packages would have to be looked for, and nothing may be asked."""
    return faults.NotCached(
        what,
        why=(f"the conda packages {', '.join(needs.specs)} were never solved here, and nothing is asked offline",),
        hints=("run it once without `--offline`",),
    )


def _ask(
    asked: dict[str, object], needs: Needs, *, home: Home, settings: Settings, what: str, keep: Sequence[int] = ()
) -> dict[str, Any]:
    needed(needs.specs)
    asked |= {
        "cache": str(home.cache / "conda"),
        "timeout": max(1, round(settings.index_timeout)),
        "secret": [_secret(bare, one) for bare, one in zip(needs.bare, needs.channels, strict=True) if bare != one],
    }
    argv = processes.ourselves(WORKER)
    try:
        done = processes.run(
            argv,
            env=dict(os.environ),
            timeout=settings.build_timeout,
            stdin=json.dumps(asked),
            keep=keep,
            cwd=Path("/"),
        )
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why), hints=faults.LATER) from error
    try:
        answer: dict[str, Any] = json.loads(done.output)
    except ValueError:
        raise faults.EngineFailed(what, why=tuple(_quiet(done.errors, needs).splitlines()[-8:])) from None
    if "unreadable" in answer:
        raise BadSpec(
            f"cannot read the conda requirement `{_quiet(answer['unreadable'], needs)}`",
            why=(_quiet(answer["why"].splitlines()[0], needs),),
            hints=("write it as conda does: `ffmpeg>=6`, `gdal 3.8.*`",),
        )
    return answer


def _secret(bare: str, channel: str) -> dict[str, str]:
    """Say how a channel with credentials is asked: with a login for its host, or at the address with its token."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(channel)
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return {"bare": bare, "address": channel, "login": login, "host": parts.hostname or "", "path": parts.path}


def _quiet(text: str, needs: Needs) -> str:
    """Take credentials out of a text."""
    for bare, channel in zip(needs.bare, needs.channels, strict=True):
        text = text.replace(channel.rstrip("/"), bare.rstrip("/"))
    return without_credentials(text)


def _place(channel: str) -> str:
    return Path(channel).as_uri() if channel.startswith("/") else channel
