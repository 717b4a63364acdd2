"""The library that solves and installs conda packages (py-rattler): the one module that imports it, when it is needed."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roost.distributions import faults
from roost.distributions.pylock import without_credentials
from roost.errors import Exit, RoostError

from .packages import Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence
    from typing import Any

    from roost.home import Home
    from roost.settings import Settings

    from .needs import Needs


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
        BadSpec: a specification or a channel cannot be read.
        Conflict: there is no such package, or they do not go together.
        RoostError: of the classes in `faults`: the channels cannot be asked.
    """
    needed(needs.specs)
    import rattler
    from rattler.exceptions import (
        InvalidChannelError,
        InvalidMatchSpecError,
        InvalidUrlError,
        SolverError,
    )  # fmt: skip

    specs = []
    for spec in needs.specs:
        try:
            specs.append(rattler.MatchSpec(spec))
        except InvalidMatchSpecError as error:
            raise BadSpec(
                f"cannot read the conda requirement `{spec}`",
                why=(str(error),),
                hints=("write it as conda does: `ffmpeg>=6`, `gdal 3.8.*`",),
            ) from error
    try:
        channels = [rattler.Channel(_place(channel)) for channel in needs.channels]
    except (InvalidChannelError, InvalidUrlError) as error:
        raise BadSpec(f"cannot read the channels {_names(needs)}", why=(str(error),)) from error
    client = rattler.Client.default_client(timeout=max(1, round(settings.index_timeout)), max_retries=1)
    asking = rattler.solve(
        sources=channels,
        specs=[*specs, rattler.MatchSpec(f"python {short}.*")],
        gateway=rattler.Gateway(cache_dir=home.cache / "conda" / "channels", client=client),
        platforms=[rattler.Subdir(platform) if platform else rattler.Subdir.current(), rattler.Subdir("noarch")],
        virtual_packages=_virtual(platform) if platform else rattler.VirtualPackage.detect(),
        exclude_newer=_moment(needs.exclude_newer),
    )
    try:
        found = _whole(asking, settings.build_timeout)
    except SolverError as error:
        said = str(error).strip().splitlines()
        raise faults.Conflict(
            what,
            why=(
                f"the channels {_names(needs)} have no set of packages with {', '.join(needs.specs)} and Python {short}",
                *said[:12],
            ),
            hints=("try another Python: `roost run --python 3.12 FILE`, or fewer bounds",),
        ) from error
    except TimeoutError as error:
        raise faults.TimedOut(
            what, why=(f"the channels {_names(needs)} gave no answer in time",), hints=faults.LATER
        ) from error
    except Exception as error:  # it raises a class of its own for each of its parts
        raise faults.classify(without_credentials(_flat(error)), what=what) from error
    return tuple(_package(one) for one in found)


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
) -> None:
    """Install packages into a folder that will be moved to `place`; what is not cached is fetched.

    No script of a package is executed.

    Args:
        doubtful: everything that is cached is compared with what its package says of it.

    Raises:
        CondaMissing: the library is not installed.
        RoostError: of the classes in `faults`: it cannot be done.
    """
    needed(needs.specs)
    import rattler
    from rattler.package_cache import PackageCache, PackageCacheLayer, ValidationMode

    client = rattler.Client.default_client(timeout=max(1, round(settings.index_timeout)), max_retries=1)
    mode = ValidationMode.full() if doubtful else ValidationMode.fast()
    layer = PackageCacheLayer(home.cache / "conda" / "packages").with_validation_mode(mode)
    putting = rattler.install(
        [_record(one, needs) for one in packages],
        target_prefix=folder,
        package_cache=PackageCache.from_layers([layer]),
        show_progress=False,
        execute_link_scripts=False,
        client=client,
        alternative_target_prefix=place,
    )
    try:
        _whole(putting, settings.build_timeout)
    except TimeoutError as error:
        raise faults.TimedOut(what, why=("fetching the conda packages took too long",), hints=faults.LATER) from error
    except Exception as error:  # it raises a class of its own for each of its parts
        raise faults.classify(without_credentials(_flat(error)), what=what, stage="install") from error


def offline(what: str, needs: Needs) -> faults.NotCached:
    """Say that packages would have to be looked for, and nothing may be asked."""
    return faults.NotCached(
        what,
        why=(f"the conda packages {', '.join(needs.specs)} were never solved here, and nothing is asked offline",),
        hints=("run it once without `--offline`",),
    )


def _whole(work: Coroutine[Any, Any, Any], timeout: float) -> Any:  # whatever it gives
    async def limited() -> Any:
        return await asyncio.wait_for(work, timeout)

    return asyncio.run(limited())


def _virtual(platform: str) -> list[Any]:
    """Give what may be taken for granted on another machine: the oldest systems that are still common."""
    import rattler

    facts = {
        "linux": (("__unix", "0"), ("__linux", "5.10"), ("__glibc", "2.28")), "osx": (("__unix", "0"), ("__osx", "13.0")), "win": (("__win", "0"),),
    }  # fmt: skip
    return [
        rattler.GenericVirtualPackage(rattler.PackageName(name), rattler.Version(version), rattler.BuildString("0"))
        for name, version in facts[platform.partition("-")[0]]
    ]


def _flat(error: BaseException) -> str:
    """Give what an error and those behind it say, in one line."""
    said = list[str]()
    at: BaseException | None = error
    while at is not None and len(said) < 4:
        said.append(" ".join(str(at).split()))
        at = at.__cause__
    return ": ".join(dict.fromkeys(said))[:600]


def _names(needs: Needs) -> str:
    return ", ".join(f"`{without_credentials(channel)}`" for channel in needs.channels)


def _place(channel: str) -> str:
    return Path(channel).as_uri() if channel.startswith("/") else channel


def _moment(newest: str | None) -> datetime | timedelta | None:
    """Read a date, a moment (RFC 3339) or a duration such as `7 days`; raises BadSpec."""
    if newest is None:
        return None
    duration = re.fullmatch(r"(\d+)\s*(hour|day|week)s?(?:\s+ago)?|P(\d+)([DW])", newest.strip())
    if duration:
        count, unit = int(duration[1] or duration[3]), {"D": "day", "W": "week"}.get(duration[4], duration[2])
        return timedelta(**{f"{unit}s": count})
    try:
        moment = datetime.fromisoformat(newest.strip())
    except ValueError as error:
        raise BadSpec(
            f"cannot read the age limit `{newest}` for conda packages", hints=("write `7 days` or a date",)
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _package(one: Any) -> Package:  # a record of the library's
    noarch = "python" if one.noarch.python else "generic" if one.noarch.generic else None
    return Package(
        one.name.normalized, str(one.version), str(one.build), one.build_number, str(one.subdir), noarch, tuple(one.depends),
        without_credentials(one.url), without_credentials(one.channel or ""), one.file_name,
        one.sha256.hex() if one.sha256 else None, one.size, one.python_site_packages_path,
    )  # fmt: skip


def _record(one: Package, needs: Needs) -> Any:  # a record of the library's
    import rattler

    kind: Any = one.noarch
    record = rattler.PackageRecord(
        one.name, one.version, rattler.BuildString.new_unchecked(one.build), one.number, one.subdir, noarch=kind, depends=list(one.depends),
        sha256=bytes.fromhex(one.sha256) if one.sha256 else None, size=one.size, python_site_packages_path=one.site,
    )  # fmt: skip
    return rattler.RepoDataRecord(record, one.filename, _with_login(one.url, needs), one.channel)


def _with_login(url: str, needs: Needs) -> str:
    """Give an address the user and password that its channel was written with."""
    for channel in needs.channels:
        bare = without_credentials(channel).rstrip("/")
        if bare != channel.rstrip("/") and url.startswith(f"{bare}/"):
            return channel.rstrip("/") + url.removeprefix(bare)
    return url
