from string.templatelib import Template
from concurrent import interpreters
import annotationlib
from compression import zstd

import httpx
import textual.app


def show(t: Template) -> str:
    return "".join(str(p) for p in t)


name = "roost"
try:
    print(show(t"hello {name}"), zstd.compress(b"x"), httpx.get("https://example.org"))
except httpx.HTTPError, OSError:
    print("no", annotationlib, interpreters, textual.app.App)
