"""Zip archives that Python can run (zipapps)."""

from __future__ import annotations

from . import source
from .draft import Draft
from .errors import ArchiveBroken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.archives import Zip

MOST_FILES = 20_000
MOST_BYTES = 40 * 1024 * 1024  # of Python source, unpacked


class Archive:
    """Files inside a zip archive; their paths begin with the archive's own."""

    def __init__(self, path: str, files: dict[str, bytes]) -> None:
        self.path = path
        self.files = files  # name inside the archive → content
        self._seen: dict[str, dict[str, bool]] = {}
        for name in self.files:
            parts = name.split("/")
            for depth in range(len(parts)):
                folder = "/".join([self.path, *parts[:depth]])
                self._seen.setdefault(folder, {})[parts[depth]] = depth < len(parts) - 1

    def entries(self, folder: str) -> dict[str, bool]:
        """List a folder of the archive."""
        return self._seen.get(folder, {})

    def read(self, path: str) -> bytes | None:
        """Give a file of the archive."""
        return self.files.get(path.removeprefix(f"{self.path}/"))


def draft(path: Path) -> Draft:
    """Read a zipapp: its `__main__.py`, and the modules in it as local ones.

    Raises:
        ArchiveBroken: it is damaged, encrypted, holds no `__main__.py`, or more source than MOST_BYTES.
    """
    from roost.archives import ArchiveUnreadable, ArchiveUnsafe, Limits, Zip

    limits = Limits(size=MOST_BYTES, entries=MOST_FILES, ratio=None, cased=True)
    try:
        with path.open("rb") as stream:
            files = _sources(Zip(stream, path.name, limits, prefix=True))
    except (ArchiveUnreadable, ArchiveUnsafe) as error:
        raise ArchiveBroken(f"cannot read the archive `{path.name}`", why=error.why) from None
    except OSError as error:
        raise ArchiveBroken(
            f"cannot read the archive `{path.name}`", why=((error.strerror or str(error)).lower(),)
        ) from error
    main = files.get("__main__.py")
    if main is None:
        why = "it holds no `__main__.py`" if files else "it holds no Python file"
        raise ArchiveBroken(
            f"cannot run the archive `{path.name}`", why=(why,), hints=("make one with `python -m zipapp FOLDER`",)
        )
    inside = path / "__main__.py"
    return Draft(
        path.name, "zipapp", source.decode(main, name=f"{path.name}/__main__.py"), _bytes(path), path, path=path, file=inside,
        inputs=[path], shelf=Archive(str(path), files), beside=False,
    )  # fmt: skip


def _sources(archive: Zip) -> dict[str, bytes]:
    """Read the Python files; of compiled ones only that they are there."""
    names = [one.name for one in archive.entries if one.kind == "file"]
    files = {name: archive.read(name, MOST_BYTES) or b"" for name in names if name.endswith(".py")}
    for name in names:
        if name.endswith((".so", ".pyd", ".pyc")):
            files.setdefault(name, b"")
    return files


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read()
