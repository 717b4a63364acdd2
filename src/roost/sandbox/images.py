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

from .daemon import PATIENCE, asked, labels, program
from .tiers import CannotKeep, NoSandbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Job

ASK = "import os; print(os.confstr('CS_GNU_LIBC_VERSION'))"
_TAG = re.compile(r"^Tag: .*-(?:manylinux_2_(\d+)|(manylinux(?:1|2010|2014)))_", re.MULTILINE)
_OLD = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}  # PEP 600


def check(job: Job) -> None:
    """Find out whether the job's interpreter starts in its image, and whether its wheels are for a C library as old as there.

    Raises:
        NoSandbox: there is no such image here.
        CannotKeep: it cannot run the environment.
    """
    found = asked("image", "inspect", "--format", "{{.Id}}", job.image)
    if found is None:
        raise NoSandbox(
            f"there is no image `{job.image}` here, and nothing was run",
            why=("an image is never fetched by itself: its name may be somebody else's by now",),
            hints=(f"`docker pull {job.image}`, or leave `--image` out",),
        )
    where = homes.locate().facts / "images" / f"{sha256(f'{found} {job.python}'.encode())[:24]}.json"
    try:
        why = json.loads(where.read_bytes())["why"]
    except (OSError, ValueError, KeyError):
        why = _tried(job)
        with suppress(RoostError):
            homes.write(where, json.dumps({"why": why}))
    if why:
        raise CannotKeep(
            f"the image `{job.image}` cannot run this environment, and nothing was run", why=(why,),
            hints=("take an image of Debian 12 or newer, or another with as new a glibc; or leave `--image` out",),
        )  # fmt: skip


def _tried(job: Job) -> str | None:
    mounts = [word for place in job.readable for word in ("--mount", f"type=bind,src={place},dst={place},readonly")]
    words = ["container", "run", "--rm", "--network", "none", "--pull", "never", "--entrypoint", "", *labels(), *mounts]
    try:
        done = processes.run(
            [program(), *words, job.image, job.python, "-I", "-S", "-c", ASK], env=os.environ, timeout=PATIENCE
        )
    except ProcessFailed as error:
        return error.what
    version = re.fullmatch(r"glibc 2\.(\d+)", done.output.strip())
    if done.status or not version:
        return f"its Python does not start there: {(*done.last_lines(1), 'no word of it')[0]}"
    needed = newest_glibc(Path(job.python).parent.parent)
    if needed > int(version[1]):
        return f"a wheel in it needs glibc 2.{needed}, and the image has 2.{version[1]}"
    return None


def newest_glibc(environment: Path) -> int:
    """Give the newest minor version of glibc that a wheel of an environment asks for (PEP 600); each asks for the oldest of its tags."""
    newest = 0
    for file in environment.glob("lib/python*/site-packages/*.dist-info/WHEEL"):
        tags = [int(minor) if minor else _OLD[old] for minor, old in _TAG.findall(file.read_text("utf-8", "replace"))]
        newest = max(newest, min(tags, default=0))
    return newest
