"""What goes from one machine to another: archives, lists of requirements in other forms, a cache that several share."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .arrivals import recognise
    from .packing import Archived, pack
    from .unpacking import unpack

_LATER = {"Archived": "packing", "pack": "packing", "recognise": "arrivals", "unpack": "unpacking"}

__all__ = ["Archived", "pack", "recognise", "unpack"]


def __getattr__(name: str) -> object:
    """Load what is asked for by name (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = value
    return value
