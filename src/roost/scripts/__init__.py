"""bytes → Script: imports, inline metadata, local modules, the Pythons that can run it."""

from .reading import read, read_module, read_text
from .values import Call, Choice, Declaration, Declared, Import, Interpreter, PythonRange, Script

__all__ = [
    "Call", "Choice", "Declaration", "Declared", "Import", "Interpreter", "PythonRange", "Script", "read", "read_module", "read_text",
]  # fmt: skip
