"""What distributions brought into a new environment, looked at before it counts as one: whose files lie where, what runs at every start.

A wheel is unpacked, not run, and still it can have a say in every later start: a line in a `.pth` that begins with
`import`, a `sitecustomize.py`, a file of another distribution, of the environment or of roost in its place.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from . import manifest, startup
from .integrity import STARTUP, canonical, entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from roost.distributions import Lock

    from .startup import Verdict

_OWN = re.compile(  # of the environment, relative to it
    r"pyvenv\.cfg|roost\.json|\.[^/]*|CACHEDIR\.TAG|lib64(/.*)?|lib/(python|pypy)[^/]*/(?!site-packages/).*"
    r"|bin/((activate|deactivate|Activate)[^/]*|pydoc\.bat|python[\d.]*t?)"
)
_ROOST = re.compile(r"_roost(?![a-z])[^/]*(/.*)?")  # in site-packages
_STARTUP = frozenset(name.removesuffix(".py") for name in STARTUP)
VIRTUALENV = "_virtualenv.pth"  # uv's own, in environments of Python 3.9 and older
_CODE = (".py", ".so", ".pyd")
_SLOPPY = frozenset({"test", "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "script", "scripts", "tools", "samples"})  # fmt: skip
_NAMESPACE = (b"extend_path", b"declare_namespace")
_SMALL = 4096  # bytes: what declares a namespace has fewer


class HarmfulDistribution(RoostError):
    """A distribution would put files where they change what others do; the environment is not made."""

    code = "harmful-distribution"
    exit = Exit.REFUSED


class Start(Value):
    """A file that Python obeys at every start in an environment."""

    file: str  # relative to the environment
    distribution: str  # canonical; "" no distribution records it
    verdict: Verdict


class Doubt(Value):
    """Something that a distribution does and few have to."""

    distribution: str  # canonical
    what: str  # what it does, as the end of a sentence
    other: str = ""  # the distribution whose file it is as well


class Brought(Value):
    """What was found."""

    starts: tuple[Start, ...]
    doubts: tuple[Doubt, ...]  # are for whoever chose the distributions to judge
    harm: tuple[Doubt, ...]  # is never right


def look(place: Path, short: str) -> Brought:
    """Look at what was installed into a folder, before anything of roost's is written there.

    Args:
        short: major and minor version of its Python.
    """
    site = manifest.packages(place, short)
    return _Look(place, site).found()


class _Look:
    """Reads every RECORD once (PyPA, "Recording installed projects")."""

    def __init__(self, place: Path, site: Path) -> None:
        self._place = place
        self._site = site
        self._below = site.relative_to(place).as_posix()
        self._owners: dict[str, tuple[str, str]] = {}  # path relative to site-packages → distribution, digest
        self._shared: dict[
            tuple[str, str], list[str]
        ] = {}  # two distributions → modules that both have and that differ
        self._starts: list[Start] = []
        self._doubts: list[Doubt] = []
        self._harm: list[Doubt] = []

    def found(self) -> Brought:
        names = os.listdir(self._site)  # noqa: PTH208  # perhaps thousands
        for name in sorted(names):
            if name.endswith(".dist-info") and (self._site / name / "RECORD").is_file():
                self._distribution(canonical(name), self._site / name / "RECORD")
        for name in names:
            if name.endswith(startup.ENDINGS) or name.partition(".")[0] in _STARTUP:
                self._start(name)
        for (one, other), paths in self._shared.items():
            more = f" and {len(paths) - 1} more of the same names" if len(paths) > 1 else ""
            what = f"both have a `{_plain(paths[0])}`{more}, and each another one"
            self._doubts += [Doubt(one, what, other), Doubt(other, what, one)]
        return Brought(tuple(self._starts), tuple(self._doubts), tuple(self._harm))

    def _distribution(self, distribution: str, record: Path) -> None:
        owners = self._owners
        for path, digest, _ in entries(record):
            if path.startswith(("..", "/", "_roost", "_virtualenv.")) or "/../" in path:
                self._elsewhere(distribution, path)
            before = owners.setdefault(path, (distribution, digest))
            if before[1] != digest and before[0] != distribution:
                self._overwritten(path, before[0], distribution)

    def _elsewhere(self, distribution: str, path: str) -> None:
        """Judge a file that is not simply in site-packages."""
        inside = posixpath.normpath(posixpath.join(self._below, path))
        if path.startswith("/") or inside.startswith(".."):
            self._harm.append(Doubt(distribution, f"has `{_plain(path)}`, which lies outside of the environment"))
        elif _OWN.fullmatch(inside) or path.startswith("_virtualenv."):
            self._harm.append(
                Doubt(distribution, f"would put its own `{_plain(inside)}` in the place of the environment's")
            )
        elif _ROOST.fullmatch(path):
            self._harm.append(Doubt(distribution, f"has `{_plain(path)}`, a name of roost's own files"))

    def _overwritten(self, path: str, one: str, other: str) -> None:
        """Note two different files in one place; what is no module, or whose name means nothing, does not matter."""
        root = path.partition("/")[0]
        if not path.endswith(_CODE) or root in _SLOPPY or path == "setup.py":
            return
        if path.endswith("/__init__.py"):
            try:
                data = (self._site / path).read_bytes()[:_SMALL]
            except OSError:
                data = b""
            if not data.strip() or any(mark in data for mark in _NAMESPACE):
                return
        self._shared.setdefault((one, other), []).append(path)

    def _start(self, name: str) -> None:
        """Judge what Python obeys at every start (`site`, of the standard library)."""
        file = f"{self._below}/{name}"
        top = f"{name}/__init__.py" if (self._site / name).is_dir() else name
        distribution = self._owners.get(top, ("", ""))[0]
        if not distribution and name == VIRTUALENV:
            return
        if not distribution:
            self._harm.append(
                Doubt("", f"`{_plain(file)}` runs at every start of Python, and no distribution records it")
            )
            return
        verdict: Verdict = "code"
        if name.endswith(".pth"):
            verdict = self._lines(distribution, name)
        self._starts.append(Start(file, distribution, verdict))
        if verdict == "code":
            self._doubts.append(Doubt(distribution, f"has `{_plain(name)}`, whose code runs at every start of Python"))

    def _lines(self, distribution: str, name: str) -> Verdict:
        verdict, paths = startup.read((self._site / name).read_bytes())
        for line in paths:
            if not self._stays(line):
                self._doubts.append(
                    Doubt(
                        distribution,
                        f"has `{_plain(name)}`, which adds `{_plain(line)}` to where modules are looked for",
                    )
                )
        return verdict

    def _stays(self, line: str) -> bool:
        return os.path.realpath(self._site / line).startswith(f"{os.path.realpath(self._place)}{os.sep}")


def judge(found: Brought, lock: Lock, place: Path, *, allowed: Iterable[str], what: str) -> tuple[str, ...]:
    """Let what was declared or allowed do what few have to; gives what is to be said of it.

    Args:
        allowed: canonical names that the user allows or trusts.
        what: for errors: "cannot build the environment of pandas".

    Raises:
        HarmfulDistribution: something does harm, or nobody but an import chose what does such things.
    """
    if found.harm:
        raise HarmfulDistribution(what, why=tuple(_sentence(one) for one in found.harm[:3]))
    own = {one.name for one in lock.artifacts if one.sha256 is None and one.url.startswith("file:")}
    doubts = [
        one for one in found.doubts if one.distribution not in own
    ]  # the user's own folders, installed as they lie
    if not doubts:
        return ()
    chosen = _chosen(lock, manifest.packages(place, lock.interpreter.short), allowed)
    wrong = [one for one in doubts if not chosen(one)]
    if wrong:
        raise HarmfulDistribution(
            what,
            why=(
                *(_sentence(one) for one in wrong[:3]),
                f"nobody declared `{wrong[0].distribution}`: an import alone led to it",
            ),
            hints=(f"if you know it, allow it once: `roost run --allow {wrong[0].distribution} FILE`",),
        )
    return tuple(dict.fromkeys(map(_sentence, doubts)))


def _chosen(lock: Lock, site: Path, allowed: Iterable[str]) -> _Chosen:
    roots = set(lock.roots) - set(lock.inferred)
    every = {canonical(info.name): info for info in site.glob("*.dist-info")}
    return _Chosen(frozenset(every) if not lock.inferred else _closure(roots, every), frozenset(allowed))


class _Chosen:
    """Tells whether somebody answers for a distribution: who declared it, or something that requires it, or allows it."""

    def __init__(self, declared: frozenset[str], allowed: frozenset[str]) -> None:
        self._names = declared | allowed

    def __call__(self, doubt: Doubt) -> bool:
        if doubt.distribution in self._names:
            return True
        if not doubt.other:
            return False
        from roost.distributions import tables

        return tables.rank(doubt.distribution) is not None  # variants of one library, among what many people use


def _closure(roots: Iterable[str], infos: Mapping[str, Path]) -> frozenset[str]:
    """Give what is required by these names, by way of any extra and marker."""
    found, left = set[str](), list(roots)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _required(infos[name] / "METADATA") if name in infos else ()
    return frozenset(found)


def _required(metadata: Path) -> Iterator[str]:
    with metadata.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.strip():
                return
            match = re.match(r"Requires-Dist:\s*([A-Za-z0-9][\w.-]*)", line, re.IGNORECASE)
            if match:
                yield re.sub(r"[-_.]+", "-", match[1]).lower()


def _sentence(doubt: Doubt) -> str:
    if doubt.other:
        return f"`{min(doubt.distribution, doubt.other)}` and `{max(doubt.distribution, doubt.other)}` {doubt.what}"
    return f"`{doubt.distribution}` {doubt.what}" if doubt.distribution else doubt.what


def _plain(text: str) -> str:
    return ascii(text[:120])[1:-1].replace("`", "'")
