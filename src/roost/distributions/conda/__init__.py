"""Packages of conda channels, for what only they have: solved and installed into a prefix, on whose Python environments stand.

Everything but `solver` works without the library that solves and installs: what stands already is used without it.
"""

from .answers import Answer, earlier, forget, recall, restore, subdir
from .contents import damage
from .locked import text as lock_text
from .needs import Needs, parted, wanted
from .newer import newer
from .packages import moves
from .prefixes import Prefix, doubt, listing, make, of, read, remove, standing, sweep
from .provided import distributions, modules, provided
from .solver import available, solve

__all__ = [
    "Answer",
    "Needs",
    "Prefix",
    "available",
    "damage",
    "distributions",
    "doubt",
    "earlier",
    "forget",
    "listing",
    "lock_text",
    "make",
    "modules",
    "moves",
    "newer",
    "of",
    "parted",
    "provided",
    "read",
    "recall",
    "remove",
    "restore",
    "solve",
    "standing",
    "subdir",
    "sweep",
    "wanted",
]
