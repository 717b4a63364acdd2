"""Choosing among the popular distributions that are known to provide an import root; no answer where there is a doubt.

The figures were chosen by `benchmarks/naming_rules.py` against the curated table, each of whose lines was verified.
"""

from __future__ import annotations

from . import tables
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tables import Known

BETTER = 3  # a related distribution whose rank is so many times better than that of the root's own name is meant
FAR = 16  # and one that is not related, if it is so many times better placed
FAMILY = 3  # so many distributions named `root-…` make root a namespace
ALONE = 5  # so many times better placed than the next: it stands alone
FOREIGN = 2000  # up to this rank a name that has nothing in common with the root is believed
SHARED = 4  # letters in a row that a name and a root have in common when they are related


def provider(module: str) -> Known | None:
    """Give the popular distribution that is meant by module, or None where the tables leave a doubt."""
    root = module.partition(".")[0]
    providers = tables.providers(root)
    for known in tables.suggested(module):
        if known.name != canonical(root):  # the dotted name's own distribution, in a namespace
            return known
    if not providers:
        return None
    first = providers[0]
    own = next((known for known in providers if known.name == canonical(root)), None) or _affixed(root, providers)
    if own and first.rank * (BETTER if _contains(first.name, root) else FAR) > own.rank:
        return own
    if "." in module and is_namespace(root):
        return None  # its parts come from many distributions
    if own:
        return first
    alone = len(providers) == 1 or providers[1].rank >= ALONE * first.rank
    return first if alone and (_related(first.name, root) or first.rank <= FOREIGN) else None


def is_namespace(root: str) -> bool:
    """Tell whether a root is shared by a family of distributions, as `google` and `azure` are."""
    family = f"{canonical(root)}-"
    return sum(known.name.startswith(family) for known in tables.providers(root)) >= FAMILY


def candidates(module: str) -> tuple[str, ...]:
    """Name the popular distributions that provide a root, though none of them was chosen; for a hint."""
    return tuple(known.name for known in tables.providers(module.partition(".")[0])[:3])


def core(name: str) -> str:
    """Give a name without separators and without the language that many carry in theirs."""
    plain = canonical(name).replace("-", "")
    for word in ("python3", "python", "py"):
        if plain.startswith(word) and len(plain) > len(word) + 1:
            return plain.removeprefix(word)
        if plain.endswith(word) and len(plain) > len(word) + 1:
            return plain.removesuffix(word)
    return plain


def _affixed(root: str, providers: tuple[Known, ...]) -> Known | None:
    return next((known for known in providers if core(known.name) == core(root)), None)


def _contains(name: str, root: str) -> bool:
    """Tell whether root's words stand in a name one after the other, or make it up but for the language."""
    words, parts = [word for word in canonical(root).split("-") if word], name.split("-")
    return core(name) == core(root) or any(parts[at : at + len(words)] == words for at in range(len(parts)))


def _related(name: str, root: str) -> bool:
    """Tell whether a name and a root have enough letters in a row in common."""
    one, other = canonical(root).replace("-", ""), name.replace("-", "")
    if len(one) <= SHARED:
        return one in other
    need = max(SHARED, len(one) * 2 // 5)
    return any(one[at : at + need] in other for at in range(len(one) - need + 1))
