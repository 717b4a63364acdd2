"""What another Python says of a program that only it can parse, as JSON; run by `elsewhere`."""

from __future__ import annotations

import json

from .parse import collect, parse


def tell(text: str, file: str | None) -> str:
    """Parse and walk; the fields are those of `Seen`.

    Raises:
        SyntaxError: this Python cannot parse it either.
    """
    seen = collect(parse(text), text, file)
    fields = ("module", "names", "level", "line", "kind", "dynamic", "marker", "group")
    return json.dumps(
        {
            "imports": [[getattr(found, field) for field in fields] for found in seen.imports],
            "calls": seen.calls,
            "urls": seen.urls,
            "paths": seen.paths,
            "installs": seen.installs,
            "docstrings": seen.docstrings,
            "syntax": [[minor, what, line] for minor, (what, line) in seen.syntax.items()],
            "guards": seen.guards,
        }
    )
