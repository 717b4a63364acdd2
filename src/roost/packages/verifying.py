"""A file that somebody sent → what is in it, or why it is refused; every byte is read, and nothing written or run."""

from __future__ import annotations

from roost import archives
from roost.archives import Limits
from roost.scripts.requirements import logical_lines
from roost.values import Value

from . import lines, manifest
from .errors import ManifestInvalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.archives import Contents

    from .manifest import Manifest

LIMITS = Limits(
    size=1 << 30, entries=20_000, ratio=200.0, packed=100 << 20
)  # of a package; other archives: the usual ones
REQUIREMENTS = "requirements.txt"
REQUIREMENTS_LIMIT = 2 << 20  # bytes


class Verified(Value):
    """What a file was found to be."""

    kind: str  # "package", "wheel", "archive"
    contents: Contents
    manifest: Manifest | None = None  # of a package
    requirements: tuple[str, ...] = ()  # of a package, as its requirements file has them
    starting: tuple[str, ...] = ()  # of a wheel: `.pth` files, which Python obeys at every start


def usual(file: Path) -> Limits:
    """Give what a file of its kind may come to, where nobody says otherwise."""
    return LIMITS if file.suffix == ".apkg" else Limits()


def verify(file: Path, *, trusted: bool = False, limits: Limits | None = None) -> Verified:
    """Find out what is in a file, all of which is read.

    Args:
        trusted: its requirements may be options and addresses.
        limits: None: the usual ones of its kind.

    Raises:
        ArchiveUnreadable: it is damaged, or nothing that is read.
        ArchiveUnsafe: it may not be unpacked.
        ManifestInvalid: it is a package, and its manifest is missing or says something that it may not.
        RequirementsRefused: it is a package, and its requirements are more than names.
        YamlMissing: it is a package, and there is no library for its manifest.
    """
    limits = limits or usual(file)
    if file.suffix == ".apkg":
        return _package(file, limits, trusted=trusted)
    wheel = file.suffix == ".whl"
    contents = archives.look(file, limits=limits, links=_is_source(file))
    starting = (
        [one.name for one in contents.entries if one.kind == "file" and one.name.endswith(".pth")] if wheel else []
    )
    return Verified("wheel" if wheel else "archive", contents, starting=tuple(starting))


def unpack(file: Path, folder: Path, *, trusted: bool = False, limits: Limits | None = None) -> Verified:
    """Unpack what has been verified into a new folder; the arguments are those of `verify`.

    Raises:
        RoostError: as `verify`; nothing has been written then. Or the folder is there already.
    """
    limits = limits or usual(file)
    found = verify(file, trusted=trusted, limits=limits)
    archives.unpack(file, folder, limits=limits, links=_is_source(file))
    return found


def _is_source(file: Path) -> bool:
    """Tell whether a file is a tar, in which source distributions have links."""
    return any(one in {".tar", ".tgz"} for one in file.suffixes[-2:])


def _package(file: Path, limits: Limits, *, trusted: bool) -> Verified:
    from roost.archives.errors import unreadable

    with archives.opened(file, limits=limits) as archive:
        if not isinstance(archive, archives.Zip):
            raise unreadable(file.name, "a package is a zip archive, and this is another one")
        sizes = {one.name: one.size for one in archive.entries if one.kind == "file"}
        if manifest.FILE not in sizes:
            raise ManifestInvalid(
                f"`{file.name}` is no package",
                why=(f"it has no `{manifest.FILE}`",),
                hints=("make one: `roost build`",),
            )
        if sizes[manifest.FILE] > manifest.LARGEST:
            raise manifest.too_large(sizes[manifest.FILE])
        said = manifest.read(archive.read(manifest.FILE, manifest.LARGEST) or b"")
        text = (archive.read(REQUIREMENTS, REQUIREMENTS_LIMIT) or b"").decode("utf-8", "replace")
    if not trusted:
        lines.checked(((one, f"{manifest.FILE}, dependencies") for one in said.dependencies), manifest.FILE)
    needs = tuple(line.text for line in logical_lines(text)) if trusted else lines.read(text, REQUIREMENTS)
    return Verified("package", archives.look(file, limits=limits), said, needs)
