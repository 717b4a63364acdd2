"""What goes from one machine to another: archives, lists of requirements in other forms, a cache that several share."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .arrivals import recognise
    from .exporting import Subject, export, of_environment
    from .importing import Imported, build, into
    from .packing import Archived, pack
    from .reading import form_of, of_script
    from .unpacking import unpack

_LATER = {
    "Archived": "packing", "Imported": "importing", "Subject": "exporting", "build": "importing", "export": "exporting",
    "form_of": "reading", "into": "importing", "of_environment": "exporting", "of_script": "reading", "pack": "packing",
    "recognise": "arrivals", "unpack": "unpacking",
}  # fmt: skip

__all__ = [
    "Archived",
    "Imported",
    "Subject",
    "build",
    "export",
    "form_of",
    "into",
    "of_environment",
    "of_script",
    "pack",
    "recognise",
    "unpack",
]


def __getattr__(name: str) -> object:
    """Load what is asked for by name (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = value
    return value
