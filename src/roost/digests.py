"""The one digest that names things here: sha256, from the interpreter's own module where it has one.

`hashlib` loads a library of cryptography first, which takes a third of an interpreter's start.
"""

from __future__ import annotations

try:
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]  # from Python 3.12 on
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]  # before that
    except ImportError:  # an interpreter built without its own
        from hashlib import sha256 as _sha256


def sha256(data: bytes) -> str:
    """Give the sha256 of data, in hexadecimal."""
    found: str = _sha256(data).hexdigest()
    return found
