"""Environments by what is in them: distributions, modules, names, scripts."""

from __future__ import annotations

import os
import re
from pathlib import Path

from roost.values import Value

from . import beside, manifest, store
from .references import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from roost.home import Home

    from .values import Environment

_MODULE = re.compile(r"([A-Za-z_]\w*)(?:\.py|(?:\.[\w-]+)*\.so|)\Z")


class Match(Value):
    """One thing of an environment that has a text in it."""

    kind: str  # "environment", "script", "distribution", "module"
    text: str  # "soup 2.0"; of a module its name, and the distributions that bring it: "cv2 (opencv-python)"


def scripts(home: Home) -> dict[str, tuple[Path, ...]]:
    """Give the scripts that were run in each environment, by its name."""
    found: dict[str, tuple[Path, ...]] = {}
    for one in references(home):
        found[one.environment] = (*found.get(one.environment, ()), one.script)
    return found


def matches(
    environment: Environment, text: str, *, called: Iterable[str], run: Iterable[Path] = ()
) -> tuple[Match, ...]:
    """Say what of an environment has a text in its name, whatever its case; `-` and `_` are the same in distributions.

    Args:
        called: what the environment itself is called.
        run: scripts that were run in it.
    """
    return tuple(_matches(environment, text.lower(), called, run))


def _matches(environment: Environment, text: str, called: Iterable[str], run: Iterable[Path]) -> Iterator[Match]:
    canonical = re.sub(r"[-_.]+", "-", text)
    yield from (Match("environment", name) for name in called if text in name.lower())
    yield from (Match("script", str(script)) for script in run if text in str(script).lower())
    for name, version in environment.distributions:
        if canonical in name:
            yield Match("distribution", f"{name} {version}")
    prefix = beside.under(environment.path)
    for package in prefix.packages if prefix else ():
        if text in package.name:
            yield Match("conda package", f"{package.name} {package.version}")
    short = ".".join(environment.version.split(".")[:2])
    for module in sorted(_modules(manifest.packages(environment.path, short), text)):
        owners = sorted(store.imported(environment.path, short, [module.partition(".")[0]]))
        yield Match("module", f"{module} ({', '.join(owners)})" if owners else module)


def _modules(site: Path, text: str) -> set[str]:
    """Give the top-level modules with a text in their name; a dotted name is looked for as it stands."""
    if "." in text:
        place = site.joinpath(*text.split("."))
        there = place.is_dir() or place.with_suffix(".py").exists() or any(place.parent.glob(f"{place.name}.*.so"))
        return {text} if there else set()
    try:
        names = os.listdir(site)  # noqa: PTH208
    except OSError:
        return set()
    found = (_MODULE.match(name) for name in names if text in name.lower())
    return {
        one[1] for one in found if one and one[1] not in {"__pycache__", "_roost"} and not one[1].startswith("_roost")
    }
