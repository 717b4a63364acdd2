"""Which imports are answered by what is declared already."""

from __future__ import annotations

from pathlib import Path

from roost.scripts import stdlib
from roost.values import Value

from . import tables
from .names import Parsed, canonical, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .targets import Target
    from .wheels import Contents


class Wanted(Value):
    """One requirement as the user wrote it, read."""

    name: str  # canonical; of a folder or URL without a name, the name that its last part suggests
    text: str  # as it goes to the resolver; paths are absolute
    parsed: Parsed | None  # None: a path or a bare URL
    folder: Path | None = None  # what a path leads to


def read(text: str, *, folder: Path | None) -> Wanted:
    """Read one declared line: PEP 508, a URL, a path, `-e` and one of these.

    Args:
        folder: what relative paths start from.

    Raises:
        UnreadableRequirement: it is none of these.
    """
    option, plain = "", text.strip()
    for word in ("-e ", "--editable ", "--editable="):
        if plain.startswith(word):
            option, plain = "-e ", plain.removeprefix(word).strip()
    if _is_path(plain):
        path, bracket, extras = plain.removeprefix("file://").partition("[")
        there = ((folder or Path.cwd()) / path).absolute()
        return Wanted(_guess(there.name), f"{option}{there}{bracket}{extras}", None, there)
    if "://" in plain.partition("@")[0] and " @ " not in plain:
        return Wanted(_guess_url(plain), f"{option}{plain}", None)
    parsed = parse(plain)
    return Wanted(parsed.name, plain, parsed)


def _is_path(text: str) -> bool:
    return text.startswith((".", "/", "~", "file:")) or (
        text.endswith((".whl", ".tar.gz", ".zip")) and "://" not in text and "@" not in text
    )


def _guess(name: str) -> str:
    if name.endswith(".whl"):
        return canonical(name.partition("-")[0])
    stem = name.removesuffix(".tar.gz").removesuffix(".zip").removesuffix(".git")
    return canonical(stem.rpartition("-")[0] if stem.rpartition("-")[2][:1].isdigit() else stem)


def _guess_url(url: str) -> str:
    bare, _, fragment = url.partition("#")
    for part in fragment.split("&"):
        if part.startswith("egg="):
            return canonical(part.removeprefix("egg=").partition("[")[0])
    return _guess(bare.rstrip("/").rpartition("/")[2].partition("@")[0])


class Coverage:
    """Answers whether a declared distribution provides a module.

    Args:
        listing: reads the modules of a distribution that the tables do not know, from its wheel; None when it cannot be had.
    """

    def __init__(self, wanted: Iterable[Wanted], target: Target, listing: Callable[[Wanted], Contents | None]) -> None:
        """Keep those that hold on the target."""
        self._wanted = tuple(
            one for one in wanted if not (one.parsed and one.parsed.marker and not target.holds(one.parsed.marker))
        )
        self._names = frozenset(one.name for one in self._wanted)
        self._listing = listing
        self._read: dict[str, Contents | None] = {}

    @property
    def names(self) -> frozenset[str]:
        """Canonical names of what is declared for the target."""
        return self._names

    def provider(self, module: str) -> str | None:
        """Give the declared distribution that provides module, by the tables and by its name; None: none is known to."""
        if not self._names:
            return None
        line = tables.by_prefix(module)
        if line:
            for name in (parse(line.distribution).name if line.distribution else "", *line.others):
                if name in self._names:
                    return name
        root = module.partition(".")[0]
        for one in self._wanted:
            known = tables.roots(one.name)
            if root in known or (not known and _alike(one, root)) or root in stdlib.stands_in(one.name):
                return one.name
        return None

    def provider_by_wheel(self, module: str, roots: frozenset[str]) -> str | None:
        """Look into the wheels of the declared distributions that the tables do not know.

        Args:
            roots: what the script imports; a distribution named like one of these is there for it.
        """
        for one in self._wanted:
            if tables.roots(one.name) or any(_alike(one, root) for root in roots):
                continue
            if one.name not in self._read:
                self._read[one.name] = self._listing(one)
            contents = self._read[one.name]
            if contents and contents.provides(module):
                return one.name
        return None

    def shares(self, name: str) -> str | None:
        """Give the declared distribution that is name, or provides one of the same import roots (`psycopg2`, `psycopg2-binary`)."""
        if name in self._names:
            return name
        roots = set(tables.roots(name))
        return next((one.name for one in self._wanted if roots & set(tables.roots(one.name))), None)


def _alike(one: Wanted, root: str) -> bool:
    """Tell whether a distribution that nothing is known of probably provides root: by its name, or by what its folder has."""
    if one.folder and any(
        (one.folder / part).exists() for part in (root, f"{root}.py", f"src/{root}", f"src/{root}.py")
    ):
        return True
    plain = one.name.removeprefix("python-").removesuffix("-python")
    return canonical(root) in {one.name, plain}
