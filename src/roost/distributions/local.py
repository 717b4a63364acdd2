"""Requirements that are folders or files here: what they contain is part of the question."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        "__pycache__",
        ".venv",
        "build",
        "dist",
        "node_modules",
        ".tox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
    }
)
MOST = 20_000  # files that are looked at


def stamp(text: str) -> str | None:
    """Digest what a requirement's folder or file contains, by names, sizes and times; None when it is not local.

    Of an editable folder only what decides its requirements counts: its modules are read where they are.
    """
    place, editable = _place(text)
    if place is None or not place.exists():
        return None
    digest = hashlib.sha256(os.fsencode(place))
    files = (
        [place]
        if place.is_file()
        else _files(place, only=("pyproject.toml", "setup.py", "setup.cfg") if editable else None)
    )
    for file in files:
        facts = file.stat()
        digest.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _place(text: str) -> tuple[Path | None, bool]:
    editable = bool(re.match(r"(-e|--editable)[ =]", text))
    bare = re.sub(r"^(-e|--editable)[ =]\s*", "", text)
    words = bare.partition(" @ ")[2] or bare
    words = re.split(r"\s+;|\s+#|#", words, maxsplit=1)[0].strip()
    if words.startswith("file:"):
        return Path(unquote(urlsplit(words).path)), editable
    if words.startswith((".", "/")):
        return Path(re.sub(r"\[[^\]]*\]$", "", words)), editable
    return None, editable


def _files(folder: Path, *, only: tuple[str, ...] | None) -> list[Path]:
    if only:
        return [folder / name for name in only if (folder / name).is_file()]
    found: list[Path] = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.endswith(".egg-info"))
        found += [Path(top, name) for name in sorted(names) if Path(top, name).is_file()]
        if len(found) > MOST:
            break
    return found[:MOST]
