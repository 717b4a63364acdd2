"""Locks for machines that are not this one: resolved for their platform, written down, never installed here."""

from __future__ import annotations

import os
import re

from roost.errors import ProcessFailed, UsageError
from roost.scripts import pythons
from roost.scripts.values import Choice
from roost.values import Value

from . import building, faults, pylock, targets
from .lock import request
from .plan import plan_for
from .resolve import Means

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Script
    from roost.settings import Settings

    from .values import Options

SHORT = {  # what the engine means by the short names
    "windows": "x86_64-pc-windows-msvc", "linux": "x86_64-unknown-linux-gnu", "macos": "aarch64-apple-darwin",
}  # fmt: skip
SYSTEMS = {"win32": ("nt", "Windows"), "darwin": ("posix", "Darwin"), "linux": ("posix", "Linux")}
MACHINES = {("win32", "x86_64"): "AMD64", ("win32", "aarch64"): "ARM64", ("darwin", "aarch64"): "arm64"}


class Elsewhere(Value):
    """A lock for another machine."""

    text: str  # PEP 751
    platform: str  # as it was asked for
    short: str  # Python's major and minor version
    distributions: tuple[tuple[str, str], ...]  # name, version


def lock(
    script: Script, platform: str, *, home: Home, settings: Settings, options: Options, report: Reporter
) -> Elsewhere:
    """Resolve a script for a platform and a Python that need not be here.

    Args:
        platform: as the engine names it: "windows", "macos", "aarch64-unknown-linux-gnu", "x86_64-manylinux_2_28".

    Raises:
        UsageError: the engine knows no such platform.
        RoostError: as `plan`; of the classes in `faults`: nothing satisfies it there.
    """
    choice = _choice(script, home=home, settings=settings, options=options)
    target = targets.of(choice.replace(interpreter=None))
    target = target.replace(environment={**target.environment, **markers(platform)})
    plan = plan_for(script, choice, home=home, settings=settings, options=options, report=report, target=target)
    asked = request(plan, pythons.own(), settings)
    means = Means(home, settings, report, dict(os.environ))
    what = f"cannot find what `{script.name}` needs on {platform} with Python {target.short}"
    extra = ("--python-platform", platform, "--python-version", target.short)
    report.progress(f"resolving for {platform}")
    try:
        answer = building.ask(
            asked, means, what=what, offline=options.offline or settings.offline, upgrade=options.upgrade, target=extra
        )
    except ProcessFailed as error:
        raise faults.TimedOut(what, why=(error.what, *error.why)) from error
    if unknown := re.search(
        r"invalid value '[^']*' for '--python-platform.*?\[possible values: ([^\]]*)\]", answer.errors, re.DOTALL
    ):
        raise UsageError(f"there is no platform `{platform}`", hints=(f"there are: {' '.join(unknown[1].split())}",))
    if answer.status:
        raise faults.classify(answer.errors, what=what)
    text = _marked(pylock.without_credentials(answer.output), target)
    if plan.conda:
        from . import conda

        found = conda.solve(
            plan.conda, target.short, home=home, settings=settings, what=what, platform=conda.subdir(platform)
        )
        text = pylock.without(text, {one.name for one in found}) + conda.lock_text(found)
    return Elsewhere(text, platform, target.short, pylock.names(text))


def _choice(script: Script, *, home: Home, settings: Settings, options: Options) -> Choice:
    """Give the Python of the other machine: the one named, whether it is here or not, else the one that would run here."""
    if options.python and re.fullmatch(r"3\.\d+", options.python):
        return Choice(None, f"{options.python}.0", f"`--python {options.python}`")
    offline = options.offline or settings.offline
    return pythons.choose(script.python, wanted=options.python, home=home, settings=settings, offline=offline)


def markers(platform: str) -> dict[str, str]:
    """Give what markers (PEP 508) are compared with on a platform of the engine's."""
    full = SHORT.get(platform, platform)
    system = "win32" if "windows" in full else "darwin" if "darwin" in full else "linux"
    machine = full.partition("-")[0]
    os_name, name = SYSTEMS[system]
    return {
        "os_name": os_name,
        "sys_platform": system,
        "platform_system": name,
        "platform_machine": MACHINES.get((system, machine), machine),
        "platform_release": "",
        "platform_version": "",
    }


def _marked(text: str, target: targets.Target) -> str:
    """Say in a lock for which Python and platform it is (PEP 751, `requires-python` and `environments`)."""
    there = target.environment
    marker = f"sys_platform == '{there['sys_platform']}' and platform_machine == '{there['platform_machine']}'"
    head, packages, rest = text.partition("[[packages]]")
    head = re.sub(r"(?m)^requires-python = .*\n", "", head).rstrip("\n")
    return f'{head}\nrequires-python = "=={target.short}.*"\nenvironments = ["{marker}"]\n\n{packages}{rest}'


def file_name(stem: str, found: Elsewhere, *, python: bool) -> str:
    """Name the file of a lock for another machine; PEP 751 allows no dot between `pylock.` and `.toml`.

    Args:
        python: its version was asked for, and is part of the name.
    """
    version = f"-py{found.short}" if python else ""
    return f"pylock.{f'{stem}-{found.platform}{version}'.replace('.', '_')}.toml"
