"""bytes → Script: imports, inline metadata, local modules, the Pythons that can run it."""

from .reading import expected, read, read_module, read_text
from .values import Call, Choice, Declaration, Declared, Expected, Import, Interpreter, PythonRange, Script

__all__ = [
    "Call", "Choice", "Declaration", "Declared", "Expected", "Import", "Interpreter", "PythonRange", "Script", "expected",
    "read", "read_module", "read_text",
]  # fmt: skip
