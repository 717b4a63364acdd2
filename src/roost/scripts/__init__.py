"""bytes → Script: imports, inline metadata, local modules, the Pythons that can run it."""

from .values import Call, Choice, Declaration, Declared, Import, Interpreter, PythonRange, Script

__all__ = ["Call", "Choice", "Declaration", "Declared", "Import", "Interpreter", "PythonRange", "Script"]
