"""bytes → Script: imports, inline metadata, local modules, the Pythons that can run it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .reading import expected, read, read_module, read_text
    from .values import Call, Choice, Declaration, Declared, Expected, Import, Interpreter, PythonRange, Script

__all__ = [
    "Call", "Choice", "Declaration", "Declared", "Expected", "Import", "Interpreter", "PythonRange", "Script", "expected",
    "read", "read_module", "read_text",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Load what is asked for by name (PEP 562): a text that is known needs nothing read."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(".reading" if name[0].islower() else ".values", __name__), name)
    globals()[name] = value
    return value
