"""Requirements that cannot be met together: who wants what, where that was written, and changes that were tried and help."""

from __future__ import annotations

import re
import shlex
import time

from roost.errors import RoostError
from roost.values import Value

from .names import UnreadableRequirement, canonical, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    from .errors import Fault
    from .requests import Request
    from .resolve import Means
    from .values import Artifact, Plan, Requirement

    Kind = Literal["loosen", "drop", "pair", "python", "age"]

ATTEMPTS = 12  # questions to the resolver
SECONDS = 30.0  # for all of them
ENOUGH = 2  # suggestions
_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Suggestion(Value):
    """A change after which everything resolves: it was tried."""

    kind: Kind
    sentence: str  # "with `soup` 2.0"
    command: str  # complete, with `FILE` for the script: "roost add FILE 'soup>=2'"


class Explained(Value):
    """Why requirements do not go together, and what helps."""

    sides: tuple[Requirement, ...]  # those of the plan that the fault is about, in the plan's order
    suggestions: tuple[Suggestion, ...]
    attempts: int  # so many changes were tried
    seconds: float  # that took so long


def explain(plan: Plan, fault: Fault, request: Request, means: Means, *, offline: bool) -> Explained:
    """Look for changes to what is asked for that resolve: nothing is said that was not tried, nothing is built or installed.

    Tried are, in this order: one version let go, one requirement dropped that nothing imports, two versions let go
    together, another Python that is here, no age limit. At most `ATTEMPTS` questions within `SECONDS` are asked.
    """
    sides = _sides(plan, fault)
    search = _Search(plan, request, means, offline=offline)
    suggestions: list[Suggestion] = []
    for way in (search.loosened, search.dropped, search.pairs, search.pythons, search.ageless):
        if len(suggestions) < (ENOUGH if way in (search.loosened, search.dropped) else 1):
            for one in way(sides):
                suggestions.append(one)
                if len(suggestions) >= ENOUGH:
                    break
    return Explained(sides, tuple(suggestions), search.attempts, time.monotonic() - search.began)


def told(fault: Fault, found: Explained) -> None:
    """Add to a fault where its sides were written, and what helps."""
    fault.why = (*fault.why, *(f"`{one.text}` is asked for: {one.reason}" for one in found.sides))
    fault.hints = (
        *(f"{one.sentence} it resolves, which was tried: `{one.command}`" for one in found.suggestions),
        *fault.hints,
    )
    if not found.suggestions and found.attempts:
        count = f"{found.attempts} change{'s were' if found.attempts != 1 else ' was'} tried in {found.seconds:.0f} s"
        fault.why = (*fault.why, f"{count}, none of them helps")


def _sides(plan: Plan, fault: Fault) -> tuple[Requirement, ...]:
    """Give the requirements whose names stand in a fault's reasons; all that ask for versions where none does."""
    named = {canonical(word) for word in _WORD.findall(" ".join(fault.why))}
    found = tuple(one for one in plan.requirements if one.name in named)
    return found or tuple(one for one in plan.requirements if _versions(one))


def _versions(one: Requirement) -> str:
    try:
        parsed = parse(one.text)
    except UnreadableRequirement:
        return ""
    return "" if parsed.url else parsed.versions


def _with(one: Requirement, versions: str) -> str:
    """Write a requirement with other versions."""
    parsed = parse(one.text)
    extras = f"[{','.join(parsed.extras)}]" if parsed.extras else ""
    return f"{parsed.name}{extras}{versions}" + (f" ; {parsed.marker}" if parsed.marker else "")


class _Search:
    """The bounded search for changes that resolve."""

    def __init__(self, plan: Plan, request: Request, means: Means, *, offline: bool) -> None:
        self.plan, self.means, self.offline = plan, means, offline
        built = any("@" in text or text.startswith("-") for text in request.requirements)
        self.request = request if built else request.replace(wheels_only=request.roots)  # a question builds nothing
        self.attempts = 0
        self.began = time.monotonic()

    def loosened(self, sides: Sequence[Requirement]) -> Iterator[Suggestion]:
        """Let the versions of one requirement go."""
        for one in _free(sides):
            found = self.asked({one.text: _with(one, "")})
            text = self.confirmed({one: found}) if found else None
            if found and text:
                yield Suggestion("loosen", f"with `{one.name}` {found[one.name]}", self.command({one: text[one]}))

    def dropped(self, sides: Sequence[Requirement]) -> Iterator[Suggestion]:
        """Leave out what is declared and nothing imports."""
        imported = {answer.distribution for answer in self.plan.answers}
        for one in sides:
            if one.name not in imported and one.source in {"declared", "option"} and self.asked({one.text: None}):
                yield Suggestion("drop", f"without `{one.name}`, which nothing imports,", self.command({one: None}))

    def pairs(self, sides: Sequence[Requirement]) -> Iterator[Suggestion]:
        """Let the versions of two requirements go together."""
        free = _free(sides)
        for number, one in enumerate(free):
            for other in free[number + 1 :]:
                found = self.asked({one.text: _with(one, ""), other.text: _with(other, "")})
                texts = self.confirmed({one: found, other: found}) if found else None
                if found and texts:
                    pair = f"with `{one.name}` {found[one.name]} and `{other.name}` {found[other.name]}"
                    yield Suggestion("pair", pair, self.command(texts))

    def pythons(self, _: Sequence[Requirement]) -> Iterator[Suggestion]:
        """Ask for the same on another Python that is here, the nearest first."""
        from roost.scripts import pythons

        own = self.request.interpreter
        others = {
            one.version[:2]: one
            for one in pythons.installed(self.means.home, self.means.environ)
            if one.version[:2] != own.version[:2] and one.implementation == own.implementation
        }
        for minor in sorted(others, key=lambda minor: (abs(minor[1] - own.version[1]), minor)):
            if self.fits(others[minor].full) and self.asked(
                {}, request=self.request.replace(interpreter=others[minor])
            ):
                short = others[minor].short
                yield Suggestion("python", f"on Python {short}", f"roost run --python {short} FILE")

    def ageless(self, _: Sequence[Requirement]) -> Iterator[Suggestion]:
        """Ask for the same without an age limit."""
        from_settings = self.request.exclude_newer and not self.plan.script.declared.exclude_newer
        if from_settings and self.asked({}, request=self.request.replace(exclude_newer=None)):
            yield Suggestion(
                "age", "without the age limit of the settings", "ROOST_INDEX_EXCLUDE_NEWER=0days roost run FILE"
            )

    def fits(self, python: str) -> bool:
        """Tell whether the script can run on a Python."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        script = self.plan.script
        try:
            return SpecifierSet(
                ",".join(filter(None, (script.python.specifier, script.declared.requires_python)))
            ).contains(python)
        except InvalidSpecifier:
            return False

    def asked(self, changes: Mapping[str, str | None], *, request: Request | None = None) -> dict[str, str]:
        """Ask the resolver; gives the versions by name, none when it does not resolve or the search is over."""
        left = SECONDS - (time.monotonic() - self.began)
        if self.attempts >= ATTEMPTS or left <= 1:
            return {}
        self.attempts += 1
        self.means.report.progress("looking for versions that go together")
        asked = request or self.request
        texts = [changes.get(text, text) for text in asked.requirements]
        gone = {canonical(_WORD.findall(text)[0]) for text, new in changes.items() if new is None}
        asked = asked.replace(
            requirements=tuple(text for text in texts if text is not None),
            wheels_only=tuple(name for name in asked.wheels_only if name not in gone),
        )
        return {one.name: one.version for one in self._artifacts(asked, left)}

    def _artifacts(self, asked: Request, left: float) -> tuple[Artifact, ...]:
        from pathlib import Path

        from . import pylock
        from .building import ask

        means = self.means.replace(settings=self.means.settings.replace(build_timeout=left))
        try:
            answer = ask(asked, means, what="", offline=self.offline, upgrade=False, fresh=False)
            if answer.status:
                return ()
            return pylock.artifacts(answer.output, asked.interpreter, folder=Path("/"), hashes=asked.hashes)
        except RoostError:
            return ()

    def confirmed(self, found: Mapping[Requirement, Mapping[str, str]]) -> dict[Requirement, str] | None:
        """Write requirements for the versions found, and try exactly these."""
        texts = {
            one: _with(one, _around(_versions(one), versions[one.name]))
            for one, versions in found.items()
            if one.name in versions
        }
        return (
            texts if len(texts) == len(found) and self.asked({one.text: text for one, text in texts.items()}) else None
        )

    def command(self, changes: Mapping[Requirement, str | None]) -> str:
        """Write the command that makes changes where the requirements stand."""
        if any(one.source == "option" for one in changes):
            options = [
                changes.get(one, one.text) for one in self.plan.requirements if one.source == "option" or one in changes
            ]
            words = [word for text in options if text is not None for word in ("--with", text)]
            return shlex.join(["roost", "run", *words]) + " FILE"
        texts = [text for text in changes.values() if text is not None]
        if texts:
            return f"roost add FILE {shlex.join(texts)}"
        return f"roost remove FILE {shlex.join(one.name for one in changes)}"


def _free(sides: Sequence[Requirement]) -> list[Requirement]:
    """Give those whose versions may be let go: somebody wrote them, without hashes."""
    return [one for one in sides if _versions(one) and not one.hashes]


def _around(wanted: str, version: str) -> str:
    """Write versions that begin or end with the one found: newer than what was wanted, or older."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    found = Version(version)
    bounds = [Version(one.version.removesuffix(".*")) for one in SpecifierSet(wanted) if one.operator != "==="]
    newer = not bounds or found >= max(bounds)
    return f"{'>=' if newer else '<='}{found.public}"
