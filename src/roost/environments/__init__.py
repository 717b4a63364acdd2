"""Lock → Environment: key, build, store, check, collect, inspect."""

from roost import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .build import ensure
    from .bytecode import compile  # noqa: A004
    from .collecting import Collected, collect
    from .inspecting import Node, tree, why
    from .integrity import Damage, damage, suspect, verify
    from .key import place
    from .references import refer
    from .sizes import size
    from .store import find, folder, has_module, imported, listing, manifest_of, remove, standing
    from .trials import Trial, try_imports
    from .use import last_used, mark, started, using
    from .values import Environment

__getattr__ = lazily.loading(__name__, {  # what a run does not need is loaded when it is asked for
    "Collected": "collecting", "Node": "inspecting", "Trial": "trials", "collect": "collecting", "compile": "bytecode",
    "find": "store", "folder": "store", "has_module": "store", "imported": "store", "manifest_of": "store", "standing": "store", "place": "key", "last_used": "use", "listing": "store", "mark": "use", "remove": "store",
    "size": "sizes", "started": "use", "tree": "inspecting", "try_imports": "trials", "using": "use", "why": "inspecting", "Environment": "values", "ensure": "build", "refer": "references", "Damage": "integrity", "damage": "integrity", "suspect": "integrity", "verify": "integrity",
})  # fmt: skip

__all__ = [
    "Collected",
    "Damage",
    "Environment",
    "Node",
    "Trial",
    "collect",
    "compile",
    "damage",
    "ensure",
    "find",
    "folder",
    "has_module",
    "imported",
    "last_used",
    "listing",
    "manifest_of",
    "mark",
    "place",
    "refer",
    "remove",
    "size",
    "standing",
    "started",
    "suspect",
    "tree",
    "try_imports",
    "using",
    "verify",
    "why",
]
