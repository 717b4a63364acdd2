"""Which wheels an interpreter takes, best first (PEP 425, 600, 656)."""

from __future__ import annotations

import functools
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.tags import Tag

    from roost.scripts import Interpreter

MANYLINUX_NAMES = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}


def rank(filename: str, interpreter: Interpreter) -> tuple[int, str] | None:
    """Say how well a wheel fits: (place among the tags, build tag); lower is better, None: it does not fit."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        _, _, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    places = _places(interpreter.implementation, interpreter.version[:2], interpreter.abi, interpreter.platform)
    found = [places[tag] for tag in tags if tag in places]
    return (min(found), "".join(map(str, build))) if found else None


@functools.cache
def _places(implementation: str, version: tuple[int, int], abi: str, platform: str) -> dict[Tag, int]:
    from packaging.tags import compatible_tags, cpython_tags, generic_tags

    platforms = list(_platforms(platform))
    digits = f"{version[0]}{version[1]}"
    tags: list[Tag] = []
    if implementation == "cpython":
        tags += cpython_tags(version, _abis(digits, abi), platforms)
        tags += compatible_tags(version, f"cp{digits}", platforms)
    else:
        short = "pp" if implementation == "pypy" else implementation
        tags += generic_tags(f"{short}{digits}", [abi] if abi else [], platforms)
        tags += compatible_tags(version, f"{short}{digits}", platforms)
    places: dict[Tag, int] = {}
    for place, tag in enumerate(tags):
        places.setdefault(tag, place)
    return places


def _abis(digits: str, abi: str) -> Sequence[str]:
    exact = f"cp{digits}{abi}"
    return [exact, exact.replace("d", "")] if "d" in abi else [exact]  # a debug build takes release wheels since 3.8


def _platforms(platform: str) -> Iterator[str]:
    """Expand "linux-x86_64-glibc2.36" into what wheels are named for, newest first."""
    system, _, rest = platform.partition("-")
    if system.startswith("macos"):
        from packaging.tags import mac_platforms

        version, _, machine = rest.rpartition("-")
        major, _, minor = version.replace("-", ".").partition(".")
        yield from mac_platforms((int(major or 11), int(minor or 0)), machine)
        return
    machine, _, libc = rest.rpartition("-") if rest.count("-") else (rest, "", "")
    match = re.fullmatch(r"(glibc|musl)(\d+)\.(\d+)", libc)
    if match:
        family, generation = match[1], int(match[2])
        for release in range(int(match[3]), -1, -1):
            if family == "musl":
                yield f"musllinux_{generation}_{release}_{machine}"
            elif release >= 5:  # manylinux begins there
                yield f"manylinux_{generation}_{release}_{machine}"
                if (generation, release) in MANYLINUX_NAMES:
                    yield f"{MANYLINUX_NAMES[generation, release]}_{machine}"
    yield f"{system}_{machine}"
