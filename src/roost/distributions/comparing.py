"""Two sets of distributions side by side, and one beside what a file asks for."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Difference(Value):
    """One distribution that the two sides have otherwise."""

    name: str
    before: str | None  # version on the first side; None: not there
    after: str | None  # version on the second side; of a file what it asks for: ">=2"
    reason: str | None = None  # where it is asked for: "line 3"

    def __str__(self) -> str:
        """Say it in a line: `soup 1.0 → 2.0`, `+ soup 2.0`, `- soup 1.0`."""
        where = f"  ({self.reason})" if self.reason else ""
        if self.before is not None and self.after is not None:
            return f"{self.name} {self.before} → {self.after}{where}"
        if self.after is not None:
            return f"+ {self.name} {self.after}".rstrip() + where
        return f"- {self.name} {self.before}"


def versions(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    """Compare versions by canonical name."""
    names = sorted(before.keys() | after.keys())
    return tuple(
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def drift(
    installed: Mapping[str, str], asked: Iterable[tuple[str, str]], markers: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Say what an environment does not have as it is asked for: missing, or of a version that does not fit.

    Args:
        installed: versions by canonical name.
        asked: requirements (PEP 508), each with where it stands. What is asked for by path is not compared.
        markers: what stands for the environment's Python in markers.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found = []
    for text, where in asked:
        try:
            need = Requirement(text)
        except InvalidRequirement:
            continue
        if need.marker and not need.marker.evaluate({**markers, "extra": ""}):
            continue
        name = canonicalize_name(need.name)
        version = installed.get(name)
        if version is None or not need.specifier.contains(version, prereleases=True):
            found.append(Difference(name, version, str(need.specifier), where))
    return tuple(found)
