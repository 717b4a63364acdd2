"""The last answer: an index, confirmed from the wheel's own file list, and only if the distribution can be trusted."""

from __future__ import annotations

from . import learned, tables, trust
from .errors import IndexUnreachable
from .named import Named, Trouble, failed
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from roost.settings import Settings

    from .coverage import Wanted
    from .index import Found, Index
    from .pages import File
    from .releases import Release
    from .targets import Target
    from .wheels import Contents

_ESTABLISHED = 10  # releases after which a missing name means that an interface has changed
_SAMPLES = 3  # releases from all of the history that are looked into when the newest has not the names imported
_AT_ONCE = 8  # requests
_OLDER = 4  # older majors that are looked into when the newest wheel has not what is imported


class Asker:
    """Names what no table knows.

    Args:
        allowed: canonical names that the user trusts, once or for good.
    """

    def __init__(self, index: Index, *, target: Target, settings: Settings, allowed: frozenset[str]) -> None:
        """Ask nothing yet."""
        self._index = index
        self._target = target
        self._settings = settings
        self._allowed = allowed

    def ask(self, module: str, names: tuple[str, ...] = ()) -> Named:
        """Look for the distribution of module's own name that provides it, and what is imported from it."""
        refusal: Named | None = None
        for name in _candidates(module):
            try:
                found = self._index.project(name)
                answer = self._judge(module, names, name, found) if found else None
            except IndexUnreachable as error:
                return _unreachable(module, error)
            if answer and answer.answered:
                return answer
            refusal = refusal or answer
        return refusal or _absent(module)

    def prepare(self, modules: Iterable[str]) -> None:
        """Look up what several modules will be asked for, at the same time; what fails is asked again, and then said."""
        from concurrent.futures import ThreadPoolExecutor
        from contextlib import suppress

        def look(name: str) -> None:
            with suppress(IndexUnreachable):
                self._index.project(name)

        names = dict.fromkeys(name for module in modules for name in _candidates(module))
        first, *rest = names
        look(first)  # alone: whoever is down or has to be found is known then
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(look, rest))

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

    def _judge(self, module: str, names: tuple[str, ...], name: str, found: Found) -> Named:
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
        verdict = self._verdict(name, found)
        if verdict.reasons:
            return _refused(module, name, verdict)
        older = "" if text == name else f", newer ones than {release.version} do not"
        return Named("index", f"`{name}` {release.version} on the index has `{module}`{older}", name, text)

    def _verdict(self, name: str, found: Found) -> trust.Verdict:
        """Judge by the history; one that is only on an index of the user's own needs none.

        An extra index that is nobody's own often tells no times; then the default one's history counts, if it has any.
        """
        import time

        verdict = trust.judge(name, found, settings=self._settings, now=time.time())
        if found.private and found.project.status != "quarantined":
            return trust.Verdict(())
        if not verdict.reasons or not found.own or found.project.status == "quarantined":
            return verdict
        try:
            public = self._index.behind(name)
        except IndexUnreachable:
            public = None
        if public:
            return trust.judge(name, public, settings=self._settings, now=time.time())
        return verdict if found.shared else trust.Verdict(())

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
        wheels = [file for file in found.project.files if file.is_wheel and not file.yanked]
        if wheels:
            sentence = _elsewhere(module, name, wheels, self._target)
            trouble = Trouble("nothing installable", sentence)
            if self._only_python(module, name, found, wheels):
                return Named("index", sentence, name, name, trouble=trouble)
            return Named("nothing installable", sentence, trouble=trouble)
        what = "only source distributions" if found.project.files else "no files"
        return failed(
            "nothing installable",
            "nothing installable",
            f"`{name}` on the index has {what}, and unknown code is not built for an import of `{module}`",
            _how_to_allow(name) if found.project.files else None,
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
    meant = _meant(root)
    sentence = f"`{root}` is neither beside the script nor on the index: a file of your own that is missing here, or a name that does not exist"
    if meant:
        sentence += f"; `{meant}` was probably meant"
    return failed("own file", "own file missing", sentence, f"put `{root}.py` beside the script, or correct the name")


def _another(module: str, name: str, release: Release, contents: Contents) -> Named:
    has = ", ".join(f"`{root}`" for root in contents.roots[:4]) or "no module"
    root = module.partition(".")[0]
    what = f"no `{module}`" if root in contents.roots else f"{has}, not `{root}`"
    meant = _meant(root)
    return failed(
        "own file",
        "own file missing",
        f"`{name}` {release.version} on the index has {what}: `{root}` is probably a file of your own that is missing here"
        + (f", or `{meant}` was meant" if meant else ""),
        f"put `{root}` beside the script, or declare the distribution that provides it",
    )


def _without_names(module: str, names: tuple[str, ...], name: str, release: Release) -> Named:
    listed = ", ".join(f"`{one}`" for one in names[:3])
    meant = _meant(module.partition(".")[0])
    return failed(
        "refused",
        "refused",
        f"`{name}` {release.version} on the index has a `{module}`, but nothing called {listed}: it is probably something else"
        + (f"; `{meant}` was probably meant" if meant else ""),
        _how_to_allow(name),
    )


def _refused(module: str, name: str, verdict: trust.Verdict) -> Named:
    meant = verdict.meant or _meant(module.partition(".")[0])
    sentence = f"`{name}` on the index has `{module}`, but it was not installed unasked: {', '.join(verdict.reasons)}"
    if meant:
        sentence += f"; `{meant}` was probably meant"
    return failed("refused", "refused", sentence, _how_to_allow(name))


def _how_to_allow(name: str) -> str:
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


def _meant(root: str) -> str | None:
    """Give the popular distribution whose name, with the usual affixes or one letter changed, this root is."""
    plain = canonical(root)
    for name in (f"python-{plain}", f"py{plain}", f"{plain}-python", f"py-{plain}", f"{plain}-py"):
        if tables.rank(name) is not None:
            return name
    return trust.near(plain)
