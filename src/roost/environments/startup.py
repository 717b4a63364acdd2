"""`.pth` files: folders to look for modules in, and code that Python runs at every start (`site`, of the standard library)."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Verdict = Literal["paths", "known", "code"]  # folders alone; code of a usual form; any other code

ENDINGS = (".pth", ".start")  # the second: names of functions to call, from Python 3.15 on (PEP 829)

# What `.pth` files of many installations say, and does no more than it looks: the shim of setuptools, its namespaces, coverage in children.
_KNOWN = tuple(re.compile(pattern) for pattern in (
    r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os\.environ\.get\(var, '\w+'\) == 'local'; enabled and __import__\('_distutils_hack'\)(\.add_shim\(\))?;",
    (r"import sys, ?types, ?os; ?has_mfs = sys\.version_info > \(3, 5\); ?p = os\.path\.join\(sys\._getframe\(1\)\.f_locals\['sitedir'\], \*\([\w', ]+\)\); ?"
    r"importlib = has_mfs and __import__\('importlib\.util'\); ?has_mfs and __import__\('importlib\.machinery'\); ?"
    r"m = has_mfs and sys\.modules\.setdefault\('[\w.]+', importlib\.util\.module_from_spec\(importlib\.machinery\.PathFinder\.find_spec\('[\w.]+', \[os\.path\.dirname\(p\)\]\)\)\); ?"
    r"m = m or sys\.modules\.setdefault\('[\w.]+', types\.ModuleType\('[\w.]+'\)\); ?mp = \(m or \[\]\) and m\.__dict__\.setdefault\('__path__', ?\[\]\); ?"
    r"\(p not in mp\) and mp\.append\(p\)(; ?m and setattr\(sys\.modules\['[\w.]+'\], '\w+', m\))?"),
    (r"import sys; exec\('import os\\n\\nif os\.getenv\(\"COVERAGE_PROCESS_START\"\)( or os\.getenv\(\"COVERAGE_PROCESS_CONFIG\"\))?:\\n"
    r" try:\\n  import coverage\\n except:\\n  pass\\n else:\\n  coverage\.process_startup\((slug=\"pth\")?\)'\)"),
))  # fmt: skip


def read(data: bytes) -> tuple[Verdict, tuple[str, ...]]:
    """Read a `.pth` file: what its code is, and the lines that are folders.

    Split more often than any Python does, so that no line that one of them would run is missed.
    """
    text = data.decode("utf-8-sig", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    code = [line for line in lines if re.match(r"import[ \t]", line)]
    verdict: Verdict = "code"
    if all(any(known.fullmatch(line) for known in _KNOWN) for line in code):
        verdict = "known" if code else "paths"
    return verdict, tuple(line for line in lines if line not in code)
