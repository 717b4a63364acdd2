"""Calls a build backend in the folder of a source (PEP 517, "Build backend interface"): `python -c THIS FOLDER SAID HOOK BACKEND WHERE`.

FOLDER is the source's, SAID the file in which the answer goes as JSON, WHERE the folders of a backend that is part of
the source, as a JSON list. What `build_wheel` gives lies beside SAID.
"""

import importlib
import json
import os
import sys


def call(folder: str, said: str, hook: str, backend: str, where: str) -> None:
    """Call a hook; one that is not there and need not be gives nothing."""
    os.chdir(folder)
    sys.path[:0] = [os.path.abspath(one) for one in json.loads(where)]
    module, _, inner = backend.partition(":")
    found = importlib.import_module(module)
    for name in filter(None, inner.split(".")):
        found = getattr(found, name)
    if hook == "build_wheel":
        answer: object = found.build_wheel(os.path.dirname(said))
    else:
        ask = getattr(found, hook, None)
        answer = list(ask()) if ask else []
    with open(said, "w", encoding="utf-8") as file:
        json.dump(answer, file)


call(*sys.argv[1:])
