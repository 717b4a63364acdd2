"""Lock files (PEP 751): read, reduced to the artifacts of one interpreter, written."""

from __future__ import annotations

import re
from typing import cast

from roost.errors import Exit, RoostError

from .hashes import permitted
from .values import Artifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from roost.scripts import Interpreter

    from .hashes import Declared

    Table = Mapping[str, object]


class UnreadableLock(RoostError):
    """A lock file is cut, no TOML, or of a version that roost does not know."""

    code = "unreadable-lock"
    exit = Exit.UNREADABLE


class NothingFits(RoostError):
    """A locked distribution has no file that this interpreter can install."""

    code = "nothing-fits"
    exit = Exit.UNAVAILABLE


def without_credentials(text: str) -> str:
    """Take user and password out of every URL in text."""
    return re.sub(r"(?<!ssh)(://)[^/@\s\"']*@", r"\1", re.sub(r"(ssh://)[^/@\s\"':]*:[^/@\s\"']*@", r"\1", text))


def artifacts(text: str, interpreter: Interpreter, *, folder: Path, hashes: Declared = ()) -> tuple[Artifact, ...]:
    """Read a lock and select the files for one interpreter, sorted by name.

    Args:
        text: the lock file's text.
        folder: what its relative paths are relative to.
        hashes: canonical names, and what their files may have; other files are not selected.

    Raises:
        UnreadableLock: the text is no lock that roost knows.
        HashMismatch: a distribution has no file with a declared hash.
        NothingFits: a distribution has no file for this interpreter.
    """
    document = _read(text)
    found = [
        _select(permitted(package, hashes) if hashes else package, interpreter, folder)
        for package in _tables(document.get("packages"))
        if _wanted(package, interpreter)
    ]
    return tuple(sorted(found, key=lambda artifact: artifact.name))


def names(text: str) -> tuple[tuple[str, str], ...]:
    """Give the name and version of everything in a lock, whatever it is for.

    Raises:
        UnreadableLock: the text is no lock that roost knows.
    """
    return tuple(
        (str(one.get("name", "")), str(one.get("version", ""))) for one in _tables(_read(text).get("packages"))
    )


def without(text: str, left_out: AbstractSet[str]) -> str:
    """Take the distributions with these canonical names out of a lock's text."""
    head, *tables = text.split("[[packages]]")
    kept = [one for one in tables if not any(f'\nname = "{name}"\n' in one for name in left_out)]
    return "[[packages]]".join([head, *kept])


def instead(text: str, sources: Mapping[str, Artifact]) -> str:
    """Put other files in the place of those of some distributions in a lock's text.

    Args:
        sources: by their canonical names.
    """
    head, *tables = text.split("[[packages]]")
    for number, one in enumerate(tables):
        name = next((name for name in sources if f'\nname = "{name}"\n' in one), None)
        if name is not None:
            tables[number] = "\n" + "\n".join(_package(sources[name])) + ("\n\n" if number + 1 < len(tables) else "\n")
    return "[[packages]]".join([head, *tables])


def meant_for(text: str, interpreter: Interpreter) -> str | None:
    """Say why a lock is not for this machine (PEP 751, `environments`), or None.

    Raises:
        UnreadableLock: the text is no lock that roost knows.
    """
    wanted = _read(text).get("environments")
    if not isinstance(wanted, list) or not wanted:
        return None
    if any(_wanted({"marker": marker}, interpreter) for marker in wanted):
        return None
    return f"it is for machines where {' or '.join(f'`{marker}`' for marker in wanted)}"


def _read(text: str) -> Table:
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableLock(
            "cannot read the lock", why=(str(error),), hints=("write it again: `roost lock FILE`",)
        ) from error
    version = str(document.get("lock-version", ""))
    if version.partition(".")[0] != "1":
        raise UnreadableLock(
            f"the lock has the version `{version}`, roost knows `1.0`", hints=("write it again: `roost lock FILE`",)
        )
    return document


def _tables(value: object) -> list[Table]:
    return [cast("Table", item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _wanted(package: Table, interpreter: Interpreter) -> bool:
    marker = package.get("marker")
    if not isinstance(marker, str):
        return True
    from packaging.markers import InvalidMarker, Marker

    try:
        return Marker(marker).evaluate(markers(interpreter), context="lock_file")
    except InvalidMarker as error:
        raise UnreadableLock(f"the lock has a marker that cannot be read: `{marker}`", why=(str(error),)) from error


def markers(interpreter: Interpreter) -> dict[str, str]:
    """Give the marker environment of an interpreter on this machine (PEP 508)."""
    return {
        "python_version": interpreter.short,
        "python_full_version": interpreter.full,
        "implementation_version": interpreter.full,
        "implementation_name": interpreter.implementation,
        "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(
            interpreter.implementation, "CPython"
        ),
    }


def _select(package: Table, interpreter: Interpreter, folder: Path) -> Artifact:
    """Choose the file of one distribution: the wheel whose tag fits best, else the source."""
    name, version = str(package.get("name", "")), str(package.get("version", ""))
    for kind in ("vcs", "directory", "archive"):
        source = package.get(kind)
        if isinstance(source, dict):
            return _direct(kind, name, version, source, folder)
    from .tags import rank

    best: tuple[tuple[int, str], Table] | None = None
    for wheel in _tables(package.get("wheels")):
        place = rank(_filename(wheel), interpreter)
        if place is not None and (best is None or place < best[0]):
            best = (place, wheel)
    if best is not None:
        return _file(name, version, best[1], folder)
    sdist = package.get("sdist")
    if isinstance(sdist, dict):
        return _file(name, version, sdist, folder)
    raise NothingFits(
        f"`{name}=={version}` has no wheel for Python {interpreter.short} on {interpreter.platform}, and no source to build",
        hints=("resolve for this machine: `roost run --upgrade FILE`",),
    )


def _direct(kind: str, name: str, version: str, source: Table, folder: Path) -> Artifact:
    below = f"#subdirectory={source['subdirectory']}" if source.get("subdirectory") else ""
    if kind == "archive":
        return _file(name, version, source, folder, below)
    if kind == "vcs":
        place = str(source.get("url") or (folder / str(source.get("path", ""))).as_uri())
        url = f"{source.get('type', 'git')}+{without_credentials(place)}{below}"
        return Artifact(
            name, version, place.rstrip("/").rpartition("/")[2], url, None, None, str(source.get("commit-id", ""))
        )
    path = (folder / str(source.get("path", "."))).resolve()
    editable = "#editable" if source.get("editable") else below
    return Artifact(name, version, path.name, path.as_uri() + editable, None, None)


def _file(name: str, version: str, file: Table, folder: Path, below: str = "") -> Artifact:
    hashes = file.get("hashes")
    sha256 = hashes.get("sha256") if isinstance(hashes, dict) else None
    size = file.get("size")
    url = file.get("url") or (folder / str(file.get("path", ""))).resolve().as_uri()
    return Artifact(
        name,
        version,
        _filename(file),
        without_credentials(str(url)) + below,
        str(sha256) if sha256 else None,
        size if isinstance(size, int) else None,
    )


def _filename(file: Table) -> str:
    """Give a file's name: its own key, else the last part of its place."""
    from urllib.parse import unquote

    place = str(file.get("name") or file.get("url") or file.get("path") or "")
    return unquote(place.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2])


def write(found: Iterable[Artifact], interpreter: Interpreter) -> str:
    """Write the lock that installs exactly these files."""
    parts = ['lock-version = "1.0"', 'created-by = "roost"', f'requires-python = "=={interpreter.short}.*"']
    for artifact in found:
        parts += ["", "[[packages]]", *_package(artifact)]
    return "\n".join(parts) + "\n"


def _package(artifact: Artifact) -> list[str]:
    version = [f"version = {_quote(artifact.version)}"] if artifact.version else []
    return [f"name = {_quote(artifact.name)}", *version, _source(artifact)]


def _source(artifact: Artifact) -> str:
    place, _, fragment = artifact.url.partition("#")
    below = (
        {"subdirectory": _quote(fragment.removeprefix("subdirectory="))} if fragment.startswith("subdirectory=") else {}
    )
    if artifact.commit is not None:
        kind, _, url = place.partition("+")
        return (
            f"vcs = {_inline({'type': _quote(kind), 'url': _quote(url), 'commit-id': _quote(artifact.commit)} | below)}"
        )
    if artifact.sha256 is None and place.startswith("file:") and not _is_file(artifact.filename):
        from urllib.parse import unquote, urlsplit

        editable = {"editable": "true"} if fragment == "editable" else {}
        return f"directory = {_inline({'path': _quote(unquote(urlsplit(place).path))} | editable | below)}"
    hashes = _inline({"sha256": _quote(artifact.sha256)} if artifact.sha256 else {})
    keys = {"url": _quote(place), "hashes": hashes}
    if artifact.size is not None:
        keys["size"] = str(artifact.size)
    if artifact.filename.endswith(".whl"):
        return f"wheels = [{_inline({'name': _quote(artifact.filename)} | keys)}]"
    if below or not _is_sdist(artifact):
        return f"archive = {_inline(keys | below)}"
    return f"sdist = {_inline({'name': _quote(artifact.filename)} | keys)}"


def _is_file(filename: str) -> bool:
    return filename.endswith((".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"))


def _is_sdist(artifact: Artifact) -> bool:
    """Tell whether a file is named as an index names source distributions."""
    flat = re.sub(r"[-_.]+", "-", artifact.filename).lower()
    return flat.startswith(f"{artifact.name}-") and artifact.filename.endswith(
        (f"{artifact.version}.tar.gz", f"{artifact.version}.zip")
    )


def _inline(table: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in table.items()) + " }"


def _quote(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # else a JSON string is a TOML basic string
