"""The faults: each does something bad in a world, by what its seed says, and gives a sentence about it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .world import LATE, World, ended

Fault = Callable[[World, random.Random], str]
POINTS = {  # system calls at which a process of the run is killed, and up to which call of them
    "rename,renameat,renameat2": 12, "link,linkat": 25, "symlink,symlinkat": 4, "mkdir,mkdirat": 25, "fsync,fdatasync": 8,
    "unlink,unlinkat": 8, "flock": 6, "execve": 8, "openat": 900, "write": 200, "close": 600, "utimensat": 6, "ftruncate": 4,
    "exit_group": 8, "chmod,fchmod,fchmodat": 12, "copy_file_range,sendfile": 4,
}  # fmt: skip


def killed_at_a_point(world: World, choose: random.Random) -> str:
    """Have the Nth call of a system call killed, in whichever process of the run makes it."""
    calls, most = choose.choice(list(POINTS.items()))
    number = choose.randint(1, most)
    words = (
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:signal=SIGKILL:when={number}",
    )
    done = world.run(*words)
    return f"killed at call {number} of {calls}: status {done.status}"


def killed_at_a_time(world: World, choose: random.Random) -> str:
    """Kill the first process, or all of them, at a random moment."""
    all_of_them, moment = choose.random() < 0.5, choose.uniform(0.0, 1.2)
    process = world.start()
    time.sleep(moment)
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if all_of_them else os.kill)(process.pid, signal.SIGKILL)
    process.communicate()
    return f"killed {'all' if all_of_them else 'the first'} after {moment:.3f} s"


def killed_while_warm(world: World, choose: random.Random) -> str:
    """Kill a second or third run, in which bytecode and records are written."""
    for _ in range(choose.randint(1, 2)):
        world.run()
    return "warm, " + choose.choice([killed_at_a_point, killed_at_a_time])(world, choose)


def killed_while_mended(world: World, choose: random.Random) -> str:
    """Kill the run that mends, or the one before it."""
    said = damaged(world, choose)
    world.run()
    return f"{said}; {choose.choice([killed_at_a_point, killed_at_a_time])(world, choose)}"


def killed_while_added(world: World, choose: random.Random) -> str:
    """Kill a run that adds what only shows while it runs."""
    if world.runner == "roost":
        world.script.write_text(LATE)
    if choose.random() < 0.5:
        world.run()
        shutil.rmtree(world.home / "state/additions", ignore_errors=True)
    return f"adding: {choose.choice([killed_at_a_point, killed_at_a_time])(world, choose)}"


def killed_while_collected(world: World, choose: random.Random) -> str:
    """Kill the command that removes environments."""
    world.run()
    calls, most = choose.choice(
        [("rename,renameat,renameat2", 3), ("unlink,unlinkat", 120), ("rmdir", 12), ("flock", 6), ("openat", 900)]
    )
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={choose.randint(1, most)}"]
    collect = [world.words[0], *(["env", "rm", "roast"] if world.runner == "roost" else ["cache", "clean"])]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *inject, *collect],
        env=world.environ,
        capture_output=True,
        check=False,
    )
    return f"collecting killed at one of {calls}: status {done.returncode}"


def in_place(path: Path, data: bytes) -> None:
    """Write through the hard link."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


def damaged(world: World, choose: random.Random) -> str:
    """Damage one thing in the environment of a script that ran once or three times."""
    runs = choose.choice([1, 3])
    for _ in range(runs):
        world.run()
    site = world.packages()
    if choose.random() < 0.7:
        for folder in list(site.rglob("__pycache__")):
            shutil.rmtree(folder, ignore_errors=True)
    name = choose.choice(list(DAMAGE))
    DAMAGE[name](site, choose)
    return f"after {runs} runs: {name}"


def _any(site: Path, choose: random.Random, pattern: str = "*") -> Path:
    files = [path for path in site.rglob(pattern) if path.is_file() and not path.is_symlink()]
    return choose.choice(sorted(path for path in files if "__pycache__" not in path.parts))


def _any_bytecode(site: Path, choose: random.Random) -> Path:
    found = sorted(site.rglob("*.pyc"))
    return choose.choice(found) if found else _any(site, choose)


def _cut(path: Path, share: float) -> None:
    in_place(path, path.read_bytes()[: int(path.stat().st_size * share)])


def _dangle(link: Path) -> None:
    link.unlink()
    link.symlink_to("/gone/python")


DAMAGE: dict[str, Callable[[Path, random.Random], object]] = {
    "a file deleted": lambda site, choose: _any(site, choose).unlink(),
    "a module deleted": lambda site, choose: _any(site, choose, "ro*.py").unlink(),
    "the package deleted": lambda site, _: shutil.rmtree(site / "roast"),
    "a file cut in place": lambda site, choose: _cut(_any(site, choose), choose.random()),
    "a file overwritten in place": lambda site, choose: in_place(_any(site, choose), b"def ("),
    "a file of zeros in place": lambda site, choose: in_place(path := _any(site, choose), bytes(path.stat().st_size)),
    "a compiled module cut": lambda site, choose: _cut(next(site.glob("roast/*.so")), choose.choice([0.3, 0.6, 0.9])),
    "a compiled module of zeros": lambda site, _: in_place(
        path := next(site.glob("roast/*.so")), bytes(path.stat().st_size)
    ),
    "bytecode cut": lambda site, choose: _cut(_any_bytecode(site, choose), choose.random()),
    "RECORD gone": lambda site, _: [path.unlink() for path in site.glob("*/RECORD")],
    "dist-info gone": lambda site, choose: shutil.rmtree(choose.choice(sorted(site.glob("*.dist-info")))),
    "pyvenv.cfg gone": lambda site, _: (site.parents[2] / "pyvenv.cfg").unlink(),
    "bin/python dangling": lambda site, _: _dangle(site.parents[2] / "bin/python"),
    "bin gone": lambda site, _: shutil.rmtree(site.parents[2] / "bin"),
    "lib gone": lambda site, _: shutil.rmtree(site.parents[1]),
    "manifest cut": lambda site, choose: [_cut(path, choose.random()) for path in site.parents[2].glob("roost.json")],
    "site-packages empty": lambda site, _: [shutil.rmtree(site), site.mkdir()],
}


def disk_full(world: World, choose: random.Random) -> str:
    """Start with too little room, or too few inodes, for the environment and its cache."""
    size = choose.choice(
        ["size=256k", "size=512k", "size=768k", "size=1m", "nr_inodes=40", "nr_inodes=90", "nr_inodes=150"]
    )
    world.home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", world.home], check=True)
    try:
        done = world.run()
        said = f"{size}: status {done.status}"
        if world.runner == "roost" and (done.wrong or "Traceback" in done.errors):
            raise AssertionError(f"{said}: {done.output}{done.errors}")
        subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=20000", "none", world.home], check=True)
        again = world.run()
        if world.runner == "roost" and not again.right:
            raise AssertionError(f"{said}; with room: {again.status} {again.output}{again.errors}")
        return f"{said}; with room: status {again.status}"
    finally:
        subprocess.run(["umount", "-l", world.home], check=True)


def many_at_once(world: World, choose: random.Random) -> str:
    """Start several at once, of which some are killed; the others are right."""
    count, victims = choose.randint(3, 6), choose.randint(0, 2)
    processes = [world.start() for _ in range(count)]
    time.sleep(choose.uniform(0.0, 0.8))
    for process in processes[:victims]:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    done = [ended(process) for process in processes]
    bad = [one for one in done[victims:] if not one.right]
    if bad and world.runner == "roost":
        raise AssertionError(f"{len(bad)} of {count - victims} were not right: {bad[0].output}{bad[0].errors}")
    return f"{count} at once, {victims} killed, {len(bad)} not right"


def collected(world: World, choose: random.Random) -> str:
    """Collect everything while the script starts."""
    world.run()
    process = world.start()
    time.sleep(choose.uniform(0.0, 0.1))
    if world.runner == "roost":
        subprocess.run(
            [*world.words[:1], "env", "gc", "--older-than", "0"], env=world.environ, capture_output=True, check=True
        )
    else:
        subprocess.run([world.words[0], "cache", "prune"], env=world.environ, capture_output=True, check=True)
    done = ended(process)
    if world.runner == "roost" and not done.right:
        raise AssertionError(f"collected while it started: {done.status} {done.output}{done.errors}")
    return f"collected while it started: status {done.status}"


def moved(world: World, choose: random.Random) -> str:
    """Move the home elsewhere and back by a copy, with or without its times."""
    world.run()
    elsewhere = world.folder / "elsewhere"
    shutil.copytree(world.home, elsewhere, symlinks=True, copy_function=choose.choice([shutil.copy, shutil.copy2]))
    shutil.rmtree(world.home)
    elsewhere.rename(world.home)
    return "restored from a copy"


KINDS: dict[str, Fault] = {
    "kill at a point": killed_at_a_point,
    "kill at a time": killed_at_a_time,
    "kill while warm": killed_while_warm,
    "kill while mended": killed_while_mended,
    "kill while added": killed_while_added,
    "kill while collected": killed_while_collected,
    "damage": damaged,
    "disk full": disk_full,
    "many at once": many_at_once,
    "collected": collected,
    "moved": moved,
}
SHARES = {  # of the rounds; the others one each
    "damage": 6, "kill at a point": 4, "kill at a time": 2, "kill while warm": 2, "kill while mended": 2, "kill while added": 2,
}  # fmt: skip
