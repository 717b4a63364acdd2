"""Make the checkout's `.venv`, or bring it up to date; run by ./roost and ./test with any Python from 3.11 on.

Standard library only. What is already right is left alone, two at once wait for one another, and a set-up that was
interrupted is made again from nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import installers
import stamps
from steps import StepFailed, say

BASE = Path(getattr(sys, "_base_executable", sys.executable))  # not the .venv that is about to be made


def main(arguments: list[str]) -> int:
    """Bring the checkout named first up to date; with `--dev` also what its tests need. Gives an exit status."""
    root = Path(arguments[0]).resolve()
    try:
        with locked(root / ".roost-dev"):
            bring_up_to_date(root, dev="--dev" in arguments[1:])
    except StepFailed as error:
        print(error, file=sys.stderr)
        return 69
    except PermissionError as error:
        print(f"error: cannot write `{error.filename}`: {error.strerror}", file=sys.stderr)
        return 73
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def locked(kept: Path) -> Iterator[None]:
    """Hold the checkout's lock; children inherit it, so that it outlives us with an installer that goes on."""
    kept.mkdir(exist_ok=True)
    descriptor = os.open(kept / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    os.set_inheritable(descriptor, True)  # noqa: FBT003 — positional only
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another call is making .venv, waiting for it")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def bring_up_to_date(root: Path, *, dev: bool) -> None:
    """Do what is missing, and nothing when nothing is.

    Raises:
        StepFailed: a step went wrong; it is said which, and what to do.
    """
    state = stamps.State(root)
    venv = root / ".venv"
    wanted = os.environ.get("ROOST_PYTHON") and BASE
    whole = state.whole(wanted) and works(venv)
    if whole and state.same(dev=dev):
        state.stamp(dev=dev)  # other times, same content: a branch was changed and changed back
        return
    state.begin()
    if not whole and (state.known or not works(venv)):  # one that ./roost has not made, but that works, is taken over
        create(venv)
    try:
        install(root, venv, dev=dev)
    except StepFailed:
        if whole:
            state.abandon()
        raise
    for leftover in ("pip", "debian"):  # .venv has uv now
        shutil.rmtree(root / ".roost-dev" / leftover, ignore_errors=True)
    state.finish(BASE, dev=dev)


def works(venv: Path) -> bool:
    """Tell whether the environment starts and is new enough."""
    try:
        probe = subprocess.run(
            [venv / "bin/python", "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return probe.returncode == 0


def create(venv: Path) -> None:
    """Make an empty environment in the place of whatever is there."""
    say(f"making .venv with Python {sys.version.split()[0]} ({BASE})")
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)
    installers.call(
        [BASE, "-I", "-m", "venv", "--without-pip", "--prompt", "roost", venv], "cannot make a virtual environment"
    )


def install(root: Path, venv: Path, *, dev: bool) -> None:
    """Install what the lock says, then roost itself from this folder, so that its files are used where they are."""
    installer = installers.find(venv, BASE, root)
    lock = root / ("requirements-dev.lock" if dev else "requirements.lock")
    say(f"installing what {'its tests need' if dev else 'roost needs'} ({lock.name}) with {installer.name}")
    installer.install(["--require-hashes", "-r", str(lock)])
    say("installing roost itself, editable")
    installer.install(["--no-deps", "--no-build-isolation", "-e", str(root)])


sys.exit(main(sys.argv[1:]))
