"""The image of the Docker tier: a small Debian, built here from its packages, kept as an archive, loaded where it is missing."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from roost import processes
from roost.errors import Exit, ProcessFailed, RoostError

from .daemon import asked
from .docker import IMAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.home import Home
    from roost.reporting import Reporter

SUITE = "bookworm"
PACKAGES = (  # beside what is essential: what Pythons and common wheels load of the system
    "ca-certificates", "libbz2-1.0", "libffi8", "libgl1", "libglib2.0-0", "libgomp1", "liblzma5", "libncursesw6", "libreadline8",
    "libsqlite3-0", "libssl3", "zlib1g",
)  # fmt: skip
PATIENCE = 1800.0  # seconds


class CannotBuildImage(RoostError):
    """The image of the Docker tier cannot be built or loaded."""

    code = "cannot-build-image"
    exit = Exit.UNAVAILABLE


def build(home: Home, *, again: bool, report: Reporter) -> str:
    """Have the image: from its archive, else built; gives its id.

    Args:
        again: build it anew, with the newest packages.

    Raises:
        CannotBuildImage: it cannot be built, or the daemon does not take it.
    """
    archive = _archive(home)
    if again or not archive.exists():
        _make(archive, report)
    report.progress("loading the image")
    words = [
        "import",
        "--change",
        f"LABEL roost.packages={_digest()}",
        "--change",
        "ENV LANG=C.UTF-8",
        str(archive),
        IMAGE,
    ]
    found = asked(*words)
    if found is None:
        raise CannotBuildImage("the Docker daemon does not take the image", hints=("start it: `dockerd`",))
    return found


def collect(home: Home) -> None:
    """Drop archives of images that this roost would build differently, and filters that it would write differently."""
    from .docker import filter_file

    folder = home.cache / "sandbox"
    needed = {_archive(home), filter_file(home)}
    for file in (*folder.glob("*.tar"), *folder.glob("seccomp-*.json")):
        if file not in needed:
            file.unlink(missing_ok=True)


def _archive(home: Home) -> Path:
    return home.cache / "sandbox" / f"{SUITE}-{_digest()}.tar"


def _digest() -> str:
    return hashlib.sha256(" ".join((SUITE, *PACKAGES)).encode()).hexdigest()[:12]


def _make(archive: Path, report: Reporter) -> None:
    """Make the root file system; needs root, as its packages are unpacked with their owners."""
    program = shutil.which("debootstrap") or shutil.which("debootstrap", path="/usr/sbin")
    if program is None or os.geteuid() != 0:
        why = "the program `debootstrap` is not here" if program is None else "only root can unpack Debian's packages"
        raise CannotBuildImage(
            "cannot build the image", why=(why,), hints=("`apt-get install debootstrap`, and run it as root",)
        )
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="roost-image-") as name:
        root = Path(name, "root")
        report.progress("building the image from Debian's packages")
        _call([program, "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, root])
        for left in (
            "var/cache/apt",
            "var/lib/apt/lists",
            "usr/share/doc",
            "usr/share/man",
            "usr/share/locale",
            "var/log",
        ):
            shutil.rmtree(root / left, ignore_errors=True)
        (root / "root").chmod(0o755)  # an interpreter below it must be reached by another user
        beside = archive.with_suffix(".tmp")
        _call(
            [
                "tar",
                "--create",
                "--sort=name",
                "--mtime=@0",
                "--numeric-owner",
                "--file",
                beside,
                "--directory",
                root,
                ".",
            ]
        )
        beside.replace(archive)


def _call(argv: list[str | Path]) -> None:
    try:
        done = processes.run(argv, env=dict(os.environ), timeout=PATIENCE)
    except ProcessFailed as error:
        raise CannotBuildImage("cannot build the image", why=(error.what, *error.why)) from error
    if done.status:
        raise CannotBuildImage("cannot build the image", why=done.last_lines(6) or ("it says nothing",))
