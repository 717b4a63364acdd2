"""Archives as others may write them, whatever the format allows."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path


def zipped(path: Path, files: Iterable[tuple[str, bytes | str]] = (("a.txt", "hello\n"),), mode: int = 0) -> Path:
    """Write a zip; names stand in it as they are given."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about names that come twice
        for name, data in files:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


def changed(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(path.read_bytes()))
    return path


def tarred(path: Path, members: Iterable[tarfile.TarInfo | tuple[str, bytes]], how: str = "gz") -> Path:
    with tarfile.open(path, f"w:{how}") as archive:
        for one in members:
            if isinstance(one, tarfile.TarInfo):
                archive.addfile(one)
                continue
            facts = tarfile.TarInfo(one[0])
            facts.size = len(one[1])
            archive.addfile(facts, io.BytesIO(one[1]))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    facts = tarfile.TarInfo(name)
    facts.type, facts.linkname, facts.mode = kind, target, mode
    return facts
