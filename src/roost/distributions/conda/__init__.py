"""Packages of conda channels, for what only they have: solved and installed into a prefix, on whose Python environments stand.

Everything but `solver` works without the library that solves and installs: what stands already is used without it.
"""

from .needs import Needs, parted, wanted
from .prefixes import Prefix, listing, make, read, remove, standing, sweep
from .provided import modules, provided

__all__ = [
    "Needs",
    "Prefix",
    "listing",
    "make",
    "modules",
    "parted",
    "provided",
    "read",
    "remove",
    "standing",
    "sweep",
    "wanted",
]
