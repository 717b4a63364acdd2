"""Names of a package that are loaded when somebody asks for them, and not with the package (PEP 562)."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def loading(package: str, places: "Mapping[str, str]") -> "Callable[[str], object]":
    """Give the `__getattr__` of a package.

    Args:
        places: name → the module of the package in which it is.
    """

    def load(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(f".{places[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
