"""A process of its own for the library that solves and installs conda packages (py-rattler).

It brings threads along that outlive the work, and a process with such threads must not fork: the first run of a script
does. What is asked comes as JSON on standard input, what was found leaves as JSON on standard output.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roost.scripts.conda import package

from . import packages as records
from .packages import Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEEP = 4  # causes of an error that are told
LONGEST = 600  # characters of them


def main() -> None:
    """Do what standard input asks."""
    asked = json.load(sys.stdin)
    work = {"solve": _solve, "install": _install, "newer": _newer}[asked["do"]]
    try:
        answer = asyncio.run(work(asked))
    except _Unreadable as error:
        answer = {"unreadable": str(error), "why": str(error.__cause__)}
    except Exception as error:  # noqa: BLE001  # it raises a class of its own for each of its parts
        conflict = type(error).__name__ == "SolverError"
        answer = {"failed": str(error)[: 4 * LONGEST] if conflict else _told(error), "conflict": conflict}
    sys.stdout.write(json.dumps(answer))


class _Unreadable(Exception):
    """A word of the user's cannot be read: it is the message, why is the cause."""


async def _solve(asked: dict[str, Any]) -> dict[str, object]:
    import rattler

    platform = asked["platform"]
    found = await rattler.solve(
        sources=[_read(rattler.Channel, channel) for channel in asked["channels"]],
        specs=[
            *(_read(rattler.MatchSpec, spec) for spec in asked["specs"]),
            rattler.MatchSpec(f"python {asked['python']}.*"),
        ],
        gateway=rattler.Gateway(cache_dir=Path(asked["cache"]) / "channels", client=_client(asked)),
        platforms=[rattler.Subdir(platform) if platform else rattler.Subdir.current(), rattler.Subdir("noarch")],
        virtual_packages=_virtual(platform) if platform else rattler.VirtualPackage.detect(),
        exclude_newer=_read(_moment, asked["newest"]) if asked["newest"] else None,
    )
    return {"packages": records.written(map(_package, found))}


async def _install(asked: dict[str, Any]) -> dict[str, object]:
    import rattler
    from rattler.package_cache import PackageCache, PackageCacheLayer, ValidationMode

    mode = ValidationMode.full() if asked["doubtful"] else ValidationMode.fast()
    cache = PackageCacheLayer(Path(asked["cache"]) / "packages").with_validation_mode(mode)
    await rattler.install(
        [_record(one) for one in records.read(asked["packages"])],
        target_prefix=asked["folder"],
        package_cache=PackageCache.from_layers([cache]),
        show_progress=False,
        execute_link_scripts=False,
        client=_client(asked),
        alternative_target_prefix=asked["place"],
    )
    return {}


async def _newer(asked: dict[str, Any]) -> dict[str, object]:
    import rattler

    packages = records.read(asked["packages"])
    python = next(one.version for one in packages if one.name == "python")
    of_python = rattler.MatchSpec(f"python {'.'.join(python.split('.')[:2])}.*")
    found = await rattler.Gateway(cache_dir=Path(asked["cache"]) / "channels", client=_client(asked)).query(
        [_read(rattler.Channel, channel) for channel in asked["channels"]],
        [rattler.Subdir.current(), rattler.Subdir("noarch")],
        [one.name for one in packages],
        recursive=False,
    )
    until = _until(asked["newest"])
    newest: dict[str, Any] = {}
    for record in (record for listed in found for record in listed):
        name = record.name.normalized
        if (name == "python" and not of_python.matches(record)) or (
            until and record.timestamp and record.timestamp > until
        ):
            continue
        if name not in newest or record.version > newest[name].version:
            newest[name] = record
    wants = [("the script", spec) for spec in asked["specs"]]
    wants += [(f"{one.name} {one.version}", spec) for one in packages for spec in one.depends]
    rows = []
    for one in packages:
        latest = newest.get(one.name)
        if latest and str(latest.version) != one.version and latest.version > rattler.Version(one.version):
            held = [
                f"{who} needs {spec}" for who, spec in wants if package(spec) == one.name and not _fits(spec, latest)
            ]
            rows.append((one.name, one.version, str(latest.version), held))
    return {"newer": sorted(rows)}


def _fits(spec: str, record: Any) -> bool:  # a record of the library's
    import rattler

    return bool(rattler.MatchSpec(spec).matches(record))


def _until(newest: str | None) -> Any:  # a moment, or None
    """Give the moment up to which packages count."""
    moment = _read(_moment, newest) if newest else None
    return datetime.now(UTC) - moment if isinstance(moment, timedelta) else moment


def _read(kind: Any, text: str) -> Any:  # classes of the library's
    try:
        return kind(text)
    except Exception as error:
        raise _Unreadable(text) from error


def _client(asked: dict[str, Any]) -> Any:  # the library's
    """Make what asks: a channel's user, password or token stands in nothing but the request itself."""
    import rattler
    from rattler.networking import AddHeadersMiddleware, AuthenticationMiddleware, MirrorMiddleware, RetryMiddleware

    mirrors = {one["bare"].rstrip("/"): [one["address"].rstrip("/")] for one in asked["secret"] if not one["login"]}
    logins = {
        one["host"]: (one["path"], "Basic " + base64.b64encode(one["login"].encode()).decode())
        for one in asked["secret"]
        if one["login"]
    }

    def header(host: str, path: str) -> dict[str, str] | None:
        below, login = logins.get(host, ("", ""))
        return {"Authorization": login} if login and path.startswith(below) else None

    middlewares: list[Any] = [AddHeadersMiddleware(header)] if logins else []
    middlewares += [MirrorMiddleware(mirrors)] if mirrors else []
    return rattler.Client([*middlewares, AuthenticationMiddleware(), RetryMiddleware(1)], timeout=asked["timeout"])


def _virtual(platform: str) -> list[Any]:
    """Give what may be taken for granted on another machine: the oldest systems that are still common."""
    import rattler

    facts = {
        "linux": (("__unix", "0"), ("__linux", "5.10"), ("__glibc", "2.28")), "osx": (("__unix", "0"), ("__osx", "13.0")),
        "win": (("__win", "0"),),
    }  # fmt: skip
    build = rattler.BuildString("0")
    return [
        rattler.GenericVirtualPackage(rattler.PackageName(name), rattler.Version(version), build)
        for name, version in facts[platform.partition("-")[0]]
    ]


def _moment(newest: str) -> datetime | timedelta:
    """Read a date, a moment (RFC 3339) or a duration such as `7 days`."""
    duration = re.fullmatch(r"(\d+)\s*(hour|day|week)s?(?:\s+ago)?|P(\d+)([DW])", newest.strip())
    if duration:
        count, unit = int(duration[1] or duration[3]), {"D": "day", "W": "week"}.get(duration[4], duration[2])
        return timedelta(**{f"{unit}s": count})
    moment = datetime.fromisoformat(newest.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _package(one: Any) -> Package:  # a record of the library's
    noarch = "python" if one.noarch.python else "generic" if one.noarch.generic else None
    return Package(
        one.name.normalized, str(one.version), str(one.build), one.build_number, str(one.subdir), noarch, tuple(one.depends),
        one.url, one.channel or "", one.file_name, one.sha256.hex() if one.sha256 else None, one.size, one.python_site_packages_path,
    )  # fmt: skip


def _record(one: Package) -> Any:  # a record of the library's
    import rattler

    kind: Any = one.noarch
    build = rattler.BuildString.new_unchecked(one.build)
    record = rattler.PackageRecord(
        one.name, one.version, build, one.number, one.subdir, noarch=kind, depends=list(one.depends),
        sha256=bytes.fromhex(one.sha256) if one.sha256 else None, size=one.size, python_site_packages_path=one.site,
    )  # fmt: skip
    return rattler.RepoDataRecord(record, one.filename, one.url, one.channel)


def _told(error: BaseException) -> str:
    """Give what an error and those behind it say, in one line."""
    said = list[str]()
    at: BaseException | None = error
    while at is not None and len(said) < DEEP:
        said.append(" ".join(str(at).split()))
        at = at.__cause__
    return ": ".join(dict.fromkeys(said))[:LONGEST]
