"""Choosing among the distributions that are known to provide an import root: rarely the first, never by chance."""

from __future__ import annotations

from . import tables
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tables import Known

DOMINATES = 20  # a provider so many times better placed than the next is meant (measured: benchmarks/naming_rules.py)


def provider(module: str) -> Known | None:
    """Give the popular distribution that is meant by module, or None where the tables leave a doubt."""
    for known in tables.suggested(module):
        return known
    root = module.partition(".")[0]
    providers = tables.providers(root)
    same = [known for known in providers if _core(known.name) == _core(canonical(root))]
    if same:
        return same[0]
    if not providers:
        return None
    first = providers[0]
    alone = len(providers) == 1 or providers[1].rank >= DOMINATES * first.rank
    return first if alone else None


def _core(name: str) -> str:
    """Give a name without separators and without the language that many carry in theirs."""
    plain = name.replace("-", "")
    for word in ("python", "py"):
        if plain.startswith(word) and len(plain) > len(word) + 1:
            return plain.removeprefix(word)
        if plain.endswith(word) and len(plain) > len(word) + 1:
            return plain.removesuffix(word)
    return plain
