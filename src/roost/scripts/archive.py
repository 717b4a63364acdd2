"""Zip archives that Python can run (zipapps)."""

from __future__ import annotations

from . import source
from .draft import Draft
from .errors import ArchiveBroken

TYPE_CHECKING = False
if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

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
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            files = _sources(archive, path)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise ArchiveBroken(
            f"cannot read the archive `{path.name}`", why=(f"it is damaged: {str(error) or type(error).__name__}",)
        ) from None
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


def _sources(archive: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    wanted = [info for info in infos if info.filename.endswith(".py")]
    if len(infos) > MOST_FILES or sum(info.file_size for info in wanted) > MOST_BYTES:
        raise ArchiveBroken(
            f"cannot read the archive `{path.name}`",
            why=(f"it holds more than {MOST_FILES} files or {MOST_BYTES // 2**20} MB",),
        )
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for info in wanted:
        with archive.open(info) as member:
            data = member.read(left + 1)  # what the directory says of sizes may be a lie
        left -= len(data)
        if left < 0:
            raise ArchiveBroken(
                f"cannot read the archive `{path.name}`", why=(f"it unpacks to more than {MOST_BYTES // 2**20} MB",)
            )
        files[info.filename] = data
    for info in infos:
        if info.filename.endswith((".so", ".pyd", ".pyc")):
            files.setdefault(info.filename, b"")
    return files


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read()
