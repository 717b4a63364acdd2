"""Is an environment as it was installed? Compared with what its distributions recorded (RECORD), and with our own seals.

A file that was damaged in place is damaged in the engine's cache and in every environment that shares it: hard links are
one file (design decision 11). So what is found here is mended by fetching its distribution anew, and the others that share
it are suspected.

An environment is *suspected* when something that ran in it, or looked at it, has left a line in `.suspect`: the path of a
file that went wrong, a tab, and what was said; or what Python writes when it crashes. Its next start looks (`sound`).
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from roost.digests import sha256
from roost.values import Value

from . import manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .manifest import Manifest
    from .values import Environment

SUSPECT = ".suspect"
CLEARED = ".cleared"  # what was suspected and found whole: the hook does not say it again, for a day
VITAL = (
    "_roost.pth",
    "_roost.py",
    "_roost_mend.py",
)  # in site-packages; without them nobody could say that anything is wrong
STARTUP = ("sitecustomize.py", "usercustomize.py")  # with `.pth` files: what runs at every start
BYTECODE = "marshal data"  # in what Python says of bytecode that was cut
_CHUNK = 1 << 20  # bytes
_MARKS = 20  # lines of suspicion about one environment at a time


class Damage(Value):
    """One file that is not as it was installed."""

    distribution: str | None  # canonical; None: it is none's
    file: str  # relative to the environment
    what: str  # "is missing"

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        whose = f"`{self.distribution}`: " if self.distribution else ""
        return f"{whose}`{self.file}` {self.what}"


def sound(place: Path, found: Manifest) -> bool:
    """Tell whether nothing speaks against an environment; one that is suspected is looked at, and cleared if it is whole."""
    if not suspected(place, found):
        return True
    lines = read(place)
    if damage(place, found, thorough=_distributions(place, found, lines)):
        return False
    if any(BYTECODE in line for line in lines):
        _forget_bytecode(place, found)
    clear(place)
    return True


def suspected(place: Path, found: Manifest) -> bool:
    """Tell whether an environment has to be looked at before it is used."""
    try:
        with suppress(FileNotFoundError):
            if (place / SUSPECT).stat().st_size:
                return True
        ready = (place / manifest.FILE).stat().st_mtime_ns
        facts = [file.stat() for file in vital(place, found.short)]
    except OSError:
        return True
    return any(one.st_mtime_ns > ready or not one.st_size for one in facts)


def vital(place: Path, short: str) -> tuple[Path, ...]:
    """Name what an environment needs to notice that it is damaged, and the folder in which start files are planted.

    All are older than its manifest: whoever adds something to the folder, or takes it away, has it looked at.
    """
    site = manifest.packages(place, short)
    return (place / "pyvenv.cfg", site, *(site / name for name in VITAL))


def suspect(place: Path, line: str) -> None:
    """Have an environment looked at before its next start. Never fails.

    Args:
        line: a path, a tab, and what is said about it.
    """
    with suppress(OSError), (place / SUSPECT).open("a", encoding="utf-8", errors="surrogateescape") as mark:
        mark.write(line.replace("\n", " ") + "\n")


def read(place: Path) -> tuple[str, ...]:
    """Give the lines of suspicion."""
    try:
        return tuple((place / SUSPECT).read_text("utf-8", "surrogateescape").splitlines())
    except OSError:
        return ()


def clear(place: Path) -> None:
    """Forget a suspicion that was found to be none; its lines are not written again for a day."""
    known = place / CLEARED
    with suppress(OSError):
        fresh = known.exists() and time.time() - known.stat().st_mtime < 86400
        with known.open("a" if fresh else "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(f"{line}\n" for line in read(place))
        os.truncate(place / SUSPECT, 0)
    with suppress(OSError):  # what was restored from a backup may be younger than what was written last
        os.utime(place / manifest.FILE)


def verify(environment: Environment) -> tuple[Damage, ...]:
    """Compare every file of an environment; one that is damaged is built again at its next use, one that is whole is cleared."""
    found = manifest.read(environment.path)
    if found is None:
        return (Damage(None, manifest.FILE, "cannot be read"),)  # nobody takes it for an environment any more
    harm = damage(environment.path, found, thorough=None)
    if found.prefix:
        from .beside import verify as verified

        harm += tuple(Damage(None, str(file), said) for file, said in verified(environment.path))
    if harm:
        for one in harm[:_MARKS]:
            suspect(environment.path, f"{environment.path / one.file}\t{one.what}")
    elif suspected(environment.path, found):
        clear(environment.path)
    return harm


def _forget_bytecode(place: Path, found: Manifest) -> None:
    """Delete what Python has compiled: it does so again."""
    import shutil

    from .bytecode import DONE

    with suppress(OSError):
        (place / DONE).unlink()
    for folder in [*manifest.packages(place, found.short).rglob("__pycache__")]:
        shutil.rmtree(folder, ignore_errors=True)


def damage(place: Path, found: Manifest, *, thorough: Iterable[str] | None = ()) -> tuple[Damage, ...]:
    """Compare an environment with what was recorded when it was installed.

    Sizes are compared, and the contents of what was changed after it was unpacked.

    Args:
        thorough: distributions all of whose contents are compared; None: all.
    """
    every = None if thorough is None else frozenset(thorough)
    return tuple(_damage(place, found, every))


def seals(place: Path, files: Iterable[str], short: str) -> tuple[tuple[str, int, str], ...]:
    """Give size and digest of the files that nothing records: roost's own, the records themselves.

    Args:
        files: roost's own, relative to the environment.
    """
    site = manifest.packages(place, short)
    records = sorted(str(path.relative_to(place)) for path in site.glob("*.dist-info/RECORD"))
    contents = ((name, (place / name).read_bytes()) for name in ("pyvenv.cfg", *files, *records))
    return tuple((name, len(data), sha256(data)) for name, data in contents)


def _damage(place: Path, found: Manifest, thorough: frozenset[str] | None) -> Iterator[Damage]:
    site = manifest.packages(place, found.short)
    infos = {canonical(path.name): path for path in site.glob("*.dist-info")}
    for name, version in found.distributions:
        if name not in infos:
            yield Damage(name, f"{name}-{version}.dist-info", "is missing")
    lost = set()
    for name, size, digest in found.seals:
        said = _sealed(place / name, size, digest)
        if said:
            lost.add(place / name)
            yield Damage(canonical(Path(name).parent.name) if name.endswith("/RECORD") else None, name, said)
    harm: list[Damage] = []
    whole = {name: info for name, info in infos.items() if info / "RECORD" not in lost and (info / "RECORD").exists()}
    for name, info in whole.items():
        harm += _recorded(place, site, name, info, thorough=thorough is None or name in thorough)
    yield from _without_overwritten(harm, place, site, whole.values())
    known = {Path(file).name for file in (*found.pth, *found.files)}
    for path in (*site.glob("*.pth"), *(site / name for name in STARTUP)):
        if path.name not in known and path.exists() and path.name not in _owned(infos):
            yield Damage(None, str(path.relative_to(place)), "was not installed by any distribution")


def _without_overwritten(harm: list[Damage], place: Path, site: Path, infos: Iterable[Path]) -> list[Damage]:
    """Leave out what several distributions have: the last one installed won, so one record that fits is enough.

    `tests/__init__.py` at the top of wheels is the usual case, variants of one library are another.
    """
    if not harm:
        return harm
    said: dict[str, int] = {}
    for one in harm:
        said[one.file] = said.get(one.file, 0) + 1
    having = dict.fromkeys(said, 0)
    for info in infos:
        for path, digest, _ in entries(info / "RECORD"):
            file = os.path.relpath(site / path, place) if digest else ""
            if file in having:
                having[file] += 1
    return [one for one in harm if said[one.file] >= having[one.file]]


def _sealed(path: Path, size: int, digest: str) -> str | None:
    try:
        data = path.read_bytes()
    except OSError:
        return "is missing"
    if len(data) != size:
        return f"has {len(data):,} bytes instead of {size:,}"
    return None if sha256(data) == digest else "is not as it was installed"


def _recorded(place: Path, site: Path, name: str, info: Path, *, thorough: bool) -> Iterator[Damage]:
    """Compare with one RECORD (PyPA, "Recording installed projects"); bytecode is nobody's, it is written later."""
    unpacked = _unpacked(info)
    for path, digest, size in entries(info / "RECORD"):
        if not digest or path.endswith(".pyc"):
            continue
        file = f"{site}/{path}"
        try:
            facts = os.stat(file)  # noqa: PTH116  # thousands of files
        except OSError:
            said: str | None = "is missing"
        else:
            if size is not None and facts.st_size != size:
                said = f"has {facts.st_size:,} bytes instead of {size:,}"
            else:
                said = _changed(file, digest) if thorough or facts.st_mtime_ns > unpacked else None
        if said:
            yield Damage(name, os.path.relpath(file, place), said)


def _unpacked(info: Path) -> int:
    """Give the time when a distribution was unpacked, nanoseconds; its metadata comes last in an archive."""
    times = []
    for name in ("METADATA", "WHEEL"):
        with suppress(OSError):
            times.append((info / name).stat().st_mtime_ns)
    return min(times, default=0)


def entries(record: Path) -> Iterator[tuple[str, str, int | None]]:
    """Give path, digest ("sha256=…", perhaps empty) and size of each line of a RECORD."""
    import csv

    with record.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for line in csv.reader(file):
            if len(line) >= 2:
                size = line[2] if len(line) > 2 else ""
                yield line[0], line[1], int(size) if size.isdecimal() else None


def _changed(file: str, digest: str) -> str | None:
    import base64
    import hashlib

    algorithm, _, wanted = digest.partition("=")
    if algorithm not in hashlib.algorithms_guaranteed:
        return None
    made = hashlib.new(algorithm)
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            while chunk := stream.read(_CHUNK):
                made.update(chunk)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    same = base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode() == wanted.rstrip("=")
    return None if same else "is not as it was installed"


def canonical(info: str) -> str:
    """Give the canonical name of a distribution from the name of its `.dist-info` folder."""
    return info.removesuffix(".dist-info").rpartition("-")[0].lower().replace("_", "-").replace(".", "-")


def _owned(infos: Mapping[str, Path]) -> frozenset[str]:
    """Name the files directly in site-packages that some RECORD has."""
    found: set[str] = set()
    for info in infos.values():
        with suppress(OSError):
            found.update(path for path, _, _ in entries(info / "RECORD") if "/" not in path)
    return frozenset(found)


def _distributions(place: Path, found: Manifest, lines: Iterable[str]) -> frozenset[str]:
    """Name the distributions whose files are spoken of: in lines of the hook, and in what Python says when it crashes."""
    site = f"{manifest.packages(place, found.short)}/"
    said = [line.partition(site)[2] for line in lines if site in line]
    roots = {one.partition("\t")[0].partition('"')[0].partition("/")[0].partition(".")[0] for one in said}
    if not roots:
        return frozenset()
    owners = set()
    for info in manifest.packages(place, found.short).glob("*.dist-info"):
        with suppress(OSError):
            if any(path.partition("/")[0].partition(".")[0] in roots for path, _, _ in entries(info / "RECORD")):
                owners.add(canonical(info.name))
    return frozenset(owners)


def sharing(place: Path, harm: Iterable[Damage], others: Iterable[Path]) -> tuple[tuple[Path, str], ...]:
    """Find the environments whose files are the same as damaged ones: links to one file.

    Args:
        others: folders of environments.

    Returns:
        Each with the path of one such file in it.
    """
    broken = []
    for one in harm:
        with suppress(OSError):
            facts = (place / one.file).stat()
            if facts.st_nlink > 1:
                broken.append((one.file, facts))
    found = []
    for other in others:
        for name, facts in broken:
            with suppress(OSError):
                if other != place and os.path.samestat((other / name).stat(), facts):
                    found.append((other, str(other / name)))
                    break
    return tuple(found)
