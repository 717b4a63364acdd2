"""The last answer: an index, confirmed from the wheel's own file list, and only if the distribution can be trusted."""

from __future__ import annotations

from . import judgements, judging, learned
from .errors import IndexUnreachable
from .named import Named, Trouble, failed
from .names import canonical
from .near import meant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from roost.home import Home
    from roost.settings import Settings

    from .coverage import Wanted
    from .index import Found, Index
    from .judgements import Shared
    from .judging import Verdict
    from .pages import File
    from .releases import Release
    from .targets import Target
    from .wheels import Contents

_ESTABLISHED = 10  # releases after which a missing name means that an interface has changed
_SAMPLES = 3  # releases from all of the history that are looked into when the newest has not the names imported
_OLDER = 4  # older majors that are looked into when the newest wheel has not what is imported


class Asker:
    """Names what no table knows.

    Args:
        allowed: canonical names that the user trusts, once or for good.
        shared: what the files trust that the user has named.
    """

    def __init__(
        self,
        index: Index,
        *,
        target: Target,
        home: Home,
        settings: Settings,
        allowed: frozenset[str],
        shared: Mapping[str, tuple[Shared, ...]],
    ) -> None:
        """Ask nothing yet."""
        self._index = index
        self._target = target
        self._home = home
        self._settings = settings
        self._allowed = allowed
        self._shared = shared

    def ask(self, module: str, names: tuple[str, ...] = ()) -> Named:
        """Look for the distribution of module's own name that provides it, and what is imported from it."""
        refusal: Named | None = None
        for name in _candidates(module):
            try:
                found = self._index.project(name)
                answer = self._judge(module, names, name, found) if found else None
            except IndexUnreachable as error:
                return self._without_index(module, error)
            if answer and answer.answered:
                return answer
            refusal = refusal or answer
        return refusal or _absent(module)

    def vouch(self, name: str) -> Named:
        """Judge a name that a script declares which nobody has read."""
        try:
            found = self._index.project(name)
            if found is None:
                return failed("refused", "refused", f"`{name}` is on no index")
            releases = self._fitting(found)
            verdict = self._verdict(name, found, releases[0] if releases else None)
            bound = self._from_file(None, found, releases) if verdict.reasons and not verdict.final else None
        except IndexUnreachable as error:
            return _unreachable(name, error)
        if verdict.reasons and bound is None:
            return _refused(None, name, verdict)
        return bound or Named("index", f"`{name}` is on the index", name, name)

    def prepare(self, modules: Iterable[str]) -> None:
        """Look up what several modules will be asked for, at the same time; what fails is asked again, and then said."""
        self._index.prepare(name for module in modules for name in _candidates(module))

    def listing(self, wanted: Wanted) -> Contents | None:
        """Read the modules of a declared distribution from its newest wheel that fits; None when it cannot be had."""
        if not wanted.parsed or wanted.parsed.url:
            return None
        try:
            found = self._index.project(wanted.name)
            fitting = self._fitting(found, wanted.parsed.versions) if found else []
            return self._index.contents(fitting[0].file) if fitting else None
        except IndexUnreachable:
            return None

    def _fitting(self, found: Found, versions: str = "") -> list[Release]:
        from .releases import fitting

        return fitting(found.project, self._target.version, versions)

    def _without_index(self, module: str, error: IndexUnreachable) -> Named:
        """Answer by what was let in before, here or where a file of trusted names comes from; it is resolved without an index too."""
        for name in _candidates(module):
            known = judgements.last(self._home, name, module)
            if known and (known.by == "facts" or name in self._allowed):
                when = f"it was let in on {judging.day(known.since)}, because {known.because}; no index could be asked"
                return Named("index", f"`{name}` has `{module}`: {when}", name, name)
            for one in self._shared.get(name, ()):
                if module.partition(".")[0] in one.imports:
                    return Named("trusted", f"`{one.file}` trusts `{name}`", name, f"{name}{one.versions}")
        return _unreachable(module, error)

    def _judge(self, module: str, names: tuple[str, ...], name: str, found: Found) -> Named:
        if found.project.status == judging.QUARANTINED:
            return _refused(module, name, self._verdict(name, found))
        releases = self._fitting(found)
        if not releases:
            return self._without_wheel(module, name, found)
        release, text = self._providing(module, name, releases)
        if name in self._allowed:
            return Named("trusted", f"you allowed `{name}`", name, text, wheels_only=False)
        if not release:
            return _another(module, name, releases[0], self._index.contents(releases[0].file))
        if not self._ever_defined(module, names, releases):
            return _without_names(module, names, name, release)
        return self._by_facts(module, found, releases, release, text=text)

    def _by_facts(self, module: str, found: Found, releases: list[Release], release: Release, *, text: str) -> Named:
        name = found.project.name
        verdict = self._verdict(name, found, release)
        if verdict.reasons:
            return self._from_file(module, found, releases) or _refused(module, name, verdict)
        older = "" if text == name else f", newer ones than {release.version} do not"
        sentence = f"`{name}` {release.version} on the index has `{module}`{older}"
        said = [*(verdict.facts.remarks if verdict.facts else ()), *self._old(found)]
        return Named("index", "; ".join([sentence, *said]), name, text)

    def _verdict(self, name: str, found: Found, release: Release | None = None) -> Verdict:
        import time

        facts = judging.gather(name, found, release.file if release else None)
        return judging.of(self._index, found, facts, judging.unasked(self._settings), now=time.time())

    def _old(self, found: Found) -> Iterable[str]:
        """Say of when the facts are, where they are not of today."""
        import time

        if found.project.asked and time.time() - found.project.asked > judging.DAY:
            yield f"as the index said on {judging.day(found.project.asked)}"

    def _from_file(self, module: str | None, found: Found, releases: list[Release]) -> Named | None:
        """Take the newest release that a file of trusted names lets in; one that names files means those alone."""
        from .pages import version_of

        name = found.project.name
        for release in releases if name in self._shared else ():
            version = str(release.version)
            files = [one for one in found.project.files if version_of(one.filename, name) == version]
            for one in self._shared[name]:
                if not one.covers(version, [file.sha256 for file in files]):
                    continue
                if module is None or self._index.contents(release.file).provides(module):
                    text = f"{name}=={version}" if one.sha256 else f"{name}{one.versions}"
                    return Named("trusted", f"`{one.file}` trusts `{name}` {version}", name, text)
        return None

    def _providing(self, module: str, name: str, releases: list[Release]) -> tuple[Release | None, str]:
        """Find the newest release that has module; a requirement that excludes the newer ones if it is not the newest."""
        from .releases import majors

        newer: Release | None = None
        for release in majors(releases)[: _OLDER + 1]:
            if self._index.contents(release.file).provides(module):
                return release, name if newer is None else f"{name}<{newer.first}"
            newer = release
        return None, name

    def _ever_defined(self, module: str, names: tuple[str, ...], releases: list[Release]) -> bool:
        """Tell whether some release had what is imported from module: names come and go, but something else never had them."""
        if len(releases) >= _ESTABLISHED:
            return True
        step = max(1, (len(releases) - 1) // _SAMPLES)
        sample = [*releases[:-1:step][:_SAMPLES], releases[-1]]
        return any(
            self._index.contents(release.file).provides(module) and self._index.defines(release.file, module, names)
            for release in sample
        )

    def _without_wheel(self, module: str, name: str, found: Found) -> Named:
        if name in self._allowed:
            return Named("trusted", f"you allowed `{name}`", name, name, wheels_only=False)
        files = [file for file in found.project.files if not file.yanked]
        wheels = [file for file in files if file.is_wheel]
        if wheels:
            sentence = _elsewhere(module, name, wheels, self._target)
            trouble = Trouble("nothing installable", sentence)
            if self._only_python(module, name, found, wheels):
                return Named("index", sentence, name, name, trouble=trouble)
            return Named("nothing installable", sentence, trouble=trouble)
        if not files:
            what = "only releases that were withdrawn" if found.project.files else "no files"
            return failed(
                "nothing installable", "nothing installable", f"`{name}`, which may have `{module}`, has {what}"
            )
        return failed(
            "nothing installable",
            "nothing installable",
            f"`{name}` on the index has only source distributions, and unknown code is not built for an import of `{module}`",
            how_to_allow(name),
        )

    def _only_python(self, module: str, name: str, found: Found, wheels: list[File]) -> bool:
        """Tell whether a distribution is the right one, and only the Python that the script asks for is in its way."""
        newest = wheels[-1]
        if not newest.requires_python or not newest.filename.endswith("-none-any.whl"):
            return False
        return self._index.contents(newest).provides(module) and not self._verdict(name, found).reasons


def _candidates(module: str) -> Iterable[str]:
    """Give the names to ask for: in a namespace the dotted name's own, else the root's."""
    root = module.partition(".")[0]
    if "." in module and learned.is_namespace(root):
        parts = module.split(".")
        yield from (canonical("-".join(parts[:count])).strip("-") for count in range(min(len(parts), 4), 1, -1))
    if name := canonical(root).strip("-"):
        yield name


def _absent(module: str) -> Named:
    root = module.partition(".")[0]
    popular = meant(root)
    sentence = f"`{root}` is neither beside the script nor on the index: a file of your own that is missing here, or a name that does not exist"
    if popular:
        sentence += f"; `{popular}` was probably meant"
    return failed("own file", "own file missing", sentence, f"put `{root}.py` beside the script, or correct the name")


def _another(module: str, name: str, release: Release, contents: Contents) -> Named:
    has = ", ".join(f"`{root}`" for root in contents.roots[:4]) or "no module"
    root = module.partition(".")[0]
    what = f"no `{module}`" if root in contents.roots else f"{has}, not `{root}`"
    popular = meant(root)
    return failed(
        "own file",
        "own file missing",
        f"`{name}` {release.version} on the index has {what}: `{root}` is probably a file of your own that is missing here"
        + (f", or `{popular}` was meant" if popular else ""),
        f"put `{root}` beside the script, or declare the distribution that provides it",
    )


def _without_names(module: str, names: tuple[str, ...], name: str, release: Release) -> Named:
    listed = ", ".join(f"`{one}`" for one in names[:3])
    popular = meant(module.partition(".")[0])
    return failed(
        "refused",
        "refused",
        f"`{name}` {release.version} on the index has a `{module}`, but nothing called {listed}: it is probably something else"
        + (f"; `{popular}` was probably meant" if popular else ""),
        how_to_allow(name),
    )


def _refused(module: str | None, name: str, verdict: Verdict) -> Named:
    popular = verdict.meant or meant((module or name).partition(".")[0])
    has = f" on the index has `{module}`, but it" if module else ""
    sentence = f"`{name}`{has} was not installed unasked: {', '.join(verdict.reasons)}"
    if verdict.final:
        sentence = f"`{name}` is not installed: {', '.join(verdict.reasons)}"
    if popular:
        sentence += f"; `{popular}` was probably meant"
    return failed("refused", "refused", sentence, None if verdict.final else how_to_allow(name))


def how_to_allow(name: str) -> str:
    """Say how a canonical name is let in."""
    return f"allow it once: `roost run --allow {name} FILE`; for good: `roost trust {name}`"


def _unreachable(module: str, error: IndexUnreachable) -> Named:
    sentence = f"nothing is known of `{module}`, and {error.what} ({', '.join(error.why)})"
    return failed(
        "unknown", "nothing installable", sentence, "try again when the index answers, or declare what provides it"
    )


def _elsewhere(module: str, name: str, wheels: Iterable[File], target: Target) -> str:
    """Say for which Pythons or platforms the wheels are."""
    bounds = sorted({file.requires_python for file in wheels if file.requires_python})
    tags = sorted({tag for file in wheels for tag in file.filename.removesuffix(".whl").split("-")[-3].split(".")})
    offers = (
        f"its wheels need Python {bounds[-1]}"
        if bounds
        else f"its wheels are for {', '.join(f'`{tag}`' for tag in tags[-3:])}"
    )
    return f"`{name}` on the index, which may have `{module}`, has no wheel for Python {target.short} on this platform: {offers}"
