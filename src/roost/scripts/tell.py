"""What another Python says of a program that only it can parse, as JSON; run by `elsewhere`."""

from __future__ import annotations

import json

from .parse import collect, parse
from .seen import Found


def tell(text: str, file: str | None) -> str:
    """Parse and walk; the fields are those of `Seen`.

    Raises:
        SyntaxError: this Python cannot parse it either.
    """
    seen = collect(parse(text), text, file)
    return json.dumps(
        {
            "imports": [{field: getattr(found, field) for field in Found.__slots__} for found in seen.imports],
            "calls": seen.calls,
            "urls": seen.urls,
            "paths": seen.paths,
            "installs": seen.installs,
            "docstrings": seen.docstrings,
            "syntax": [[minor, what, line] for minor, (what, line) in seen.syntax.items()],
            "guards": seen.guards,
            "expected": seen.expected,
        }
    )
