"""bytes → Script: imports, inline metadata, local modules, the Pythons that can run it."""

from roost import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .reading import expected, read, read_module, read_text
    from .values import Call, Choice, Declaration, Declared, Expected, Import, Interpreter, PythonRange, Script

__all__ = [
    "Call", "Choice", "Declaration", "Declared", "Expected", "Import", "Interpreter", "PythonRange", "Script", "expected",
    "read", "read_module", "read_text",
]  # fmt: skip

__getattr__ = lazily.loading(  # a text that is known needs nothing read
    __name__, {name: "reading" if name[0].islower() else "values" for name in __all__}
)
