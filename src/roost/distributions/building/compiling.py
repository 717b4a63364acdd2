"""A question to the resolver, where some of the answer is sources: they are built here, never by the resolver (decision 0026).

It is asked without building first. Where it says that a name has no wheel, the newest source that fits is built in the
sandbox, put beside what the indexes have, and it is asked again. What comes out names the sources, not what was built of them.
"""

from __future__ import annotations

import re
from pathlib import Path

from roost.distributions import pylock
from roost.distributions.names import canonical, parse
from roost.distributions.resolve import compile_with_uv, guarded
from roost.distributions.values import Artifact

from . import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from roost.distributions.requests import Request
    from roost.distributions.resolve import Means
    from roost.processes import Completed
    from roost.scripts import Interpreter

    from .builder import Builder

MOST = 20  # sources that are built for one question
MOST_OF_ONE = 3  # versions of one name
_NO_WHEEL = re.compile(r"Wheels are required for `([^`]+)` because building from source is disabled")
_NOT_BUILT = re.compile(r"Building source distributions for `([^`]+)` is disabled")


def ask(
    request: Request,
    means: Means,
    *,
    what: str,
    offline: bool,
    upgrade: bool,
    target: Sequence[str] = (),
    fresh: bool = True,
) -> Completed:
    """Ask for a lock, as `compile_with_uv` does.

    Args:
        what: for errors of builds.
        fresh: sources are built; not: only what was built before counts.

    Raises:
        BuildFailed: a source that is needed cannot be built.
        RoostError: as `compile_with_uv` and `Builder.wheel`.
    """
    if not sandboxed(means):
        return compile_with_uv(request, means, offline=offline, upgrade=upgrade, target=target)
    work = _Work(request, means, what, offline=offline, fresh=fresh)
    while True:
        answer = compile_with_uv(work.asked, means, offline=offline, upgrade=upgrade, target=target, links=work.links)
        if not answer.status:
            return answer.replace(output=work.named(answer.output))
        if not work.more(answer.errors):
            break
        upgrade = False
    if not (work.own or work.outside):
        return answer
    return compile_with_uv(request, means, offline=offline, upgrade=upgrade, target=target)


def sandboxed(means: Means) -> bool:
    """Tell whether builds are to be in a sandbox, whether one works here or not."""
    from roost.sandbox import policy

    return policy.of("build", means.settings.sandbox_policies).tier != "none"


def kept_for(artifacts: Iterable[Artifact], interpreter: Interpreter, means: Means) -> tuple[Path, ...]:
    """Name the folders with the wheels that were built of a lock's sources."""
    found = (kept.find(means.home, one, interpreter) for one in artifacts if one.is_source)
    return tuple(kept.folder_of(one) for one in found if one)


class _Work:
    """A question under way: what was built for it so far."""

    def __init__(self, request: Request, means: Means, what: str, *, offline: bool, fresh: bool) -> None:
        self.request, self.asked, self.what = request, request, what
        self.means = means.replace(settings=means.settings.replace(offline=offline))
        self.offline, self.fresh = offline, fresh
        self.links: tuple[Path, ...] = ()
        self.sources: dict[tuple[str, str | None], Artifact] = {}  # file and digest of a wheel → what it was built of
        self.own: dict[str, Artifact] = {}  # the user's own folders, by name: the engine installs them as they lie
        self.tried: dict[str, list[str]] = {}  # name → versions
        self.builder: Builder | None = None
        self.outside = False  # no sandbox works here: the engine builds
        self.closed: tuple[str, ...] | None = None  # names that may not be built

    def more(self, said: str) -> bool:
        """Build what the resolver misses; tells whether there is something new to ask with."""
        plain = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", said).split())
        direct = _NOT_BUILT.search(plain)
        if direct:
            return self._direct(canonical(direct[1]))
        return any(self._newest(name, plain) for name in dict.fromkeys(map(canonical, _NO_WHEEL.findall(plain))))

    def named(self, text: str) -> str:
        """Write a lock with the sources in the place of what was built of them."""
        if not self.sources and not self.own:
            return text
        named = {}
        for one in pylock.artifacts(text, self.request.interpreter, folder=Path("/")):
            source = self.sources.get((one.filename, one.sha256)) or self.own.get(one.name)
            if source is not None:
                named[one.name] = source.replace(version=one.version) if one.name in self.own else source
        return pylock.instead(text, named)

    def _newest(self, name: str, said: str) -> bool:
        """Build the newest source of a name that fits, and that was not tried yet."""
        from . import candidates

        tried = self.tried.setdefault(name, [])
        if not self._may_be_built(name) or len(tried) >= MOST_OF_ONE:
            return False
        for source in candidates.newest_first(name, self.request, self.means, said, offline=self.offline):
            if source.version not in tried:
                tried.append(source.version)
                wheel = self._built(source)
                if wheel is None:
                    return False
                self.links = (*self.links, kept.folder_of(wheel))
                self._pinned(name, wheel)
                return True
        return False

    def _direct(self, name: str) -> bool:
        """Build what a requirement names by its address; not where it is somebody else's requirement."""
        from . import candidates

        for text in self.asked.requirements:
            source = candidates.direct(text) if " @ " in text else None
            if source is None or source.name != name:
                continue
            folder = candidates.place_of(source)
            if source.url.startswith("file:") and folder.is_dir():
                self.own[name] = source
                self._replace(text, f"-e {folder}")  # what is editable may be built when nothing else may
                return True
            wheel = self._built(source)
            if wheel is not None:
                self._replace(text, name, wheel.url)
            return wheel is not None
        return False

    def _built(self, source: Artifact) -> Artifact | None:
        if not self.fresh or len(self.sources) >= MOST:
            wheel = kept.find(self.means.home, source, self.request.interpreter)
            if wheel is None:
                return None
        else:
            if self.builder is None:
                from .builder import builder

                self.builder = builder(self.means, self.request.indexes, self.request.exclude_newer)
            if self.builder is None:
                self.outside = True
                return None
            source, wheel = self.builder.wheel(source, self.request.interpreter, self.what)
        self.sources[wheel.filename, wheel.sha256] = source
        return wheel

    def _pinned(self, name: str, wheel: Artifact) -> None:
        """Ask for the wheel itself where a requirement is for one index alone: beside that, nothing counts."""
        own = self.request.indexes
        if own.claimed(name) or name in dict(own.sources):
            for text in self.asked.requirements:
                if " @ " not in text and not text.startswith("-e") and parse(text).name == name:
                    self._replace(text, name, wheel.url)

    def _replace(self, text: str, place: str, address: str = "") -> None:
        """Ask for something else with the same extras, where the same marker holds."""
        parsed = parse(text)
        extras = f"[{','.join(parsed.extras)}]" if parsed.extras else ""
        new = (
            f"{place}{extras}" + (f" @ {address}" if address else "") + (f" ; {parsed.marker}" if parsed.marker else "")
        )
        self.asked = self.asked.replace(
            requirements=tuple(new if one == text else one for one in self.asked.requirements)
        )

    def _may_be_built(self, name: str) -> bool:
        if self.closed is None:
            self.closed = guarded(self.request, self.means, offline=self.offline)
        return ":all:" not in self.closed and name not in self.closed
