"""Whether an environment of this machine can run in somebody's image: asked once for each image and environment."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from roost import home as homes
from roost import processes
from roost.digests import sha256
from roost.errors import ProcessFailed, RoostError
from roost.values import Value

from .daemon import PATIENCE, asked, labels, program
from .tiers import NoSandbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

NAMED = (17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40)  # versions of glibc 2 that the engine has a platform for

ASK = "import os; print(os.confstr('CS_GNU_LIBC_VERSION'))"
OWN = """
import json, os, platform, sys
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION")
except ValueError:
    libc = "musl"
print(json.dumps([sys.executable, "%d.%d" % sys.version_info[:2], platform.machine(), libc]))
"""
_TAG = re.compile(r"^Tag: .*-(?:manylinux_2_(\d+)|(manylinux(?:1|2010|2014)))_", re.MULTILINE)
_OLD = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}  # PEP 600


class Inside(Value):
    """The Python that an image has itself."""

    path: str
    short: str  # "3.12"
    platform: str  # as the engine names it


def identify(image: str) -> str:
    """Give the id of an image.

    Raises:
        NoSandbox: there is no such image here.
    """
    found = asked("image", "inspect", "--format", "{{.Id}}", image)
    if found is None:
        raise NoSandbox(
            f"there is no image `{image}` here, and nothing was run",
            why=("an image is never fetched by itself: its name may be somebody else's by now",),
            hints=(f"`docker pull {image}`, or leave `--image` out",),
        )
    return found


def doubt(image: str, python: str, readable: Iterable[str]) -> str | None:
    """Say why an environment of this machine cannot run in an image: its Python does not start there, or a wheel wants a newer C library.

    Args:
        image: its id.
        readable: what is mounted into it.
    """

    def ask() -> str | None:
        mounts = [word for place in readable for word in ("--mount", f"type=bind,src={place},dst={place},readonly")]
        status, said = _said(image, python, ASK, *mounts)
        version = re.fullmatch(r"glibc 2\.(\d+)", said)
        if status or not version:
            return f"its Python does not start there: {said}"
        needed = newest_glibc(Path(python).parent.parent)
        return f"a wheel wants glibc 2.{needed}, and there is 2.{version[1]}" if needed > int(version[1]) else None

    found: str | None = _known(f"{image} {python}", ask)
    return found


def python(image: str) -> Inside | None:
    """Give the Python that an image has; None: it has none, or one that is too old.

    Args:
        image: its id.
    """

    def ask() -> list[str] | None:
        status, said = _said(image, "python3", OWN)
        try:
            return None if status else [str(word) for word in json.loads(said)]
        except ValueError:
            return None

    found = _known(image, ask)
    if not found:
        return None
    path, short, machine, libc = found
    if libc == "musl":
        return Inside(path, short, f"{machine}-unknown-linux-musl")
    minor = max((one for one in NAMED if one <= int(libc.rpartition(".")[2])), default=NAMED[0])
    return Inside(path, short, f"{machine}-manylinux_2_{minor}")


def _known(what: str, ask: Callable[[], Any]) -> Any:
    """Give an answer that was remembered, or remember it."""
    file = homes.locate().facts / "images" / f"{sha256(what.encode())[:24]}.json"
    try:
        return json.loads(file.read_bytes())["answer"]
    except (OSError, ValueError, KeyError, TypeError):
        answer = ask()
    with suppress(RoostError):
        homes.write(file, json.dumps({"answer": answer}))
    return answer


def _said(image: str, python: str, code: str, *options: str) -> tuple[int, str]:
    words = [
        "container",
        "run",
        "--rm",
        "--network",
        "none",
        "--pull",
        "never",
        "--entrypoint",
        "",
        *labels(),
        *options,
    ]
    try:
        done = processes.run(
            [program(), *words, image, python, "-I", "-S", "-c", code], env=os.environ, timeout=PATIENCE
        )
    except ProcessFailed as error:
        return 1, error.what
    return done.status, (*done.last_lines(1), "it says nothing")[0] if done.status else done.output.strip()


def newest_glibc(environment: Path) -> int:
    """Give the newest minor version of glibc that a wheel of an environment asks for (PEP 600); each asks for the oldest of its tags."""
    newest = 0
    for file in environment.glob("lib/python*/site-packages/*.dist-info/WHEEL"):
        tags = [int(minor) if minor else _OLD[old] for minor, old in _TAG.findall(file.read_text("utf-8", "replace"))]
        newest = max(newest, min(tags, default=0))
    return newest
