"""The author's own modules: which imports they answer, and what they import in turn."""

from __future__ import annotations

import posixpath
from collections import deque
from pathlib import Path

from roost.values import Value

from . import stdlib
from .errors import NotAScript, SyntaxBroken, UnknownEncoding
from .seen import RANK
from .source import decode
from .surroundings import hidden
from .values import Import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .files import Shelf
    from .parse import Reading
    from .seen import Found
    from .values import Kind

MOST_FILES = 400  # local modules that are followed, those that matter most first
MOST_BYTES = 6 * 1024 * 1024
_COMPILED = (".so", ".pyd", ".pyc")


class Located(Value):
    """Local files that an import runs, outermost package first."""

    files: tuple[str, ...]
    provider: str  # the module's file, or the folder of a package or namespace
    missing: str | None = None  # the part of the dotted name that is not there


class Followed:
    """What following local modules gave."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.readings: list[tuple[str, Reading]] = []  # of local modules that the script needs
        self.inputs: list[Path] = []
        self.absent: list[Path] = []
        self.notes: list[str] = []
        self.search: list[Path] = []  # folders that answered and are not on sys.path by themselves


class _Source(Value):
    """One file whose imports are to be followed, and how much it matters."""

    path: str | None  # None: the script itself
    folder: str  # what relative imports start from
    package: bool  # whether it lies in a package, as far as Python knows
    reading: Reading | None
    kind: Kind
    marker: str | None


class Follower:
    """Follows imports through local files; each file once, by the way that matters most.

    Args:
        shelf: where files are.
        roots: folders on `sys.path` before the standard library, in order.
        fallbacks: folders that answer when nothing else does, though Python would not look there (`src/`).
        analyse: reads the text of one file.
    """

    def __init__(
        self,
        shelf: Shelf,
        roots: Iterable[str],
        *,
        fallbacks: Iterable[str],
        analyse: Callable[[str, str], Reading],
        script: str | None,
    ) -> None:
        self._shelf = shelf
        self._roots = list(dict.fromkeys(roots))
        self._fallbacks = [folder for folder in fallbacks if folder not in self._roots]
        self._analyse = analyse
        self._script = script
        self._queues: dict[int, deque[_Source]] = {rank: deque() for rank in sorted(set(RANK.values()))}
        self._visited: set[str] = {script} if script else set()
        self._bytes = 0
        self._told_relative = False
        self._groups = 0
        self.widened = False  # a source puts another folder than its own on `sys.path`
        self._located: dict[str, tuple[Located, bool] | None] = {}
        self.found = Followed()

    def follow(self, reading: Reading, folder: str, *, package: bool) -> Followed:
        """Collect the imports of a script and of every local module that it leads to."""
        self._take(_Source(None, folder, package, reading, "required", None))
        while (source := self._next()) is not None:
            self._visit(source)
        self._note_absent(folder)
        return self.found

    def _next(self) -> _Source | None:
        return next((queue.popleft() for queue in self._queues.values() if queue), None)

    def _visit(self, source: _Source) -> None:
        path = source.path or ""
        if path in self._visited:
            return
        self._visited.add(path)
        if len(self._visited) > MOST_FILES or self._bytes > MOST_BYTES:
            if not self.found.notes or not self.found.notes[-1].startswith("only the first"):
                self.found.notes.append(f"only the first {len(self._visited) - 1} local modules were followed")
            return
        data = self._shelf.read(path)
        self.found.inputs.append(Path(path))
        if data is None:
            self.found.notes.append(f"`{path}` cannot be read, or is too large: what it imports is not known")
            return
        self._bytes += len(data)
        try:
            reading = self._analyse(decode(data, name=path), path)
        except (SyntaxBroken, NotAScript, UnknownEncoding) as error:
            self.found.notes.append("; ".join((error.what, *error.why)))
            return
        if RANK[source.kind] <= RANK["lazy"]:
            self.found.readings.append((path, reading))
        self._take(_Source(path, source.folder, source.package, reading, source.kind, source.marker))

    def _take(self, source: _Source) -> None:
        """Go through the imports of a source that was read."""
        reading = source.reading
        if reading is None:
            return
        self._add_roots(reading.seen.paths, source)
        groups: dict[int, int] = {}
        for found in reading.seen.imports:
            group = None
            if found.group is not None:
                if found.group not in groups:
                    self._groups += 1
                    groups[found.group] = self._groups
                group = groups[found.group]
            self._import(found, source, group)

    def _add_roots(self, paths: list[tuple[str, bool]], source: _Source) -> None:
        base = posixpath.dirname(source.path) if source.path else source.folder
        for folder, front in paths:
            path = posixpath.normpath(posixpath.join(base, folder))
            self.widened = self.widened or posixpath.normpath(folder) != "."
            if path not in self._roots:
                self._roots.insert(0, path) if front else self._roots.append(path)
                self._located.clear()

    def _import(self, found: Found, source: _Source, group: int | None) -> None:
        kind, marker = _weaker(source, found)
        if found.level:
            self._relative(found, source, kind, marker)
            return
        answer = self._locate(found.module, found.names)
        provider = None
        if answer is not None:
            located, usual = answer
            provider = Path(located.provider)
            self._enqueue(located, kind, marker, package=bool(found.module.count(".") or len(located.files) > 1))
            self._remark(found, source, located, usual=usual)
        self.found.imports.append(
            Import(
                found.module,
                found.names,
                found.line,
                kind,
                Path(source.path) if source.path else None,
                found.dynamic,
                marker,
                group,
                provider,
            )
        )

    def _enqueue(self, located: Located, kind: Kind, marker: str | None, *, package: bool) -> None:
        if kind == "typing":
            return
        for file in located.files:
            if file not in self._visited and not file.endswith(_COMPILED):
                folder = posixpath.dirname(file)
                self._queues[RANK[kind]].append(
                    _Source(file, folder, package or file.endswith("__init__.py"), None, kind, marker)
                )

    def _remark(self, found: Found, source: _Source, located: Located, *, usual: bool) -> None:
        where = f" of `{source.path}`" if source.path else ""
        if located.missing and found.kind == "required":
            self.found.notes.append(
                f"`{found.module}` at line {found.line}{where}: there is no `{located.missing}` in `{located.provider}`"
            )
        if self._script is not None and located.files[-1:] == (self._script,) and found.module.count(".") == 0:
            name = posixpath.basename(self._script)
            self.found.notes.append(
                f"`import {found.module}` finds the script `{name}` itself: give the script another name"
            )
        if not usual:
            folder = Path(located.files[0] if located.files else located.provider)
            while folder.name != found.module.partition(".")[0] and folder.stem != found.module.partition(".")[0]:
                folder = folder.parent
            if folder.parent not in self.found.search:
                self.found.search.append(folder.parent)

    def _relative(self, found: Found, source: _Source, kind: Kind, marker: str | None) -> None:
        folder = source.folder
        for _ in range(found.level - 1):
            folder = posixpath.dirname(folder)
        written = "." * found.level + found.module
        where = f" of `{source.path}`" if source.path else ""
        if not source.package and source.path is None and not self._told_relative:
            self._told_relative = True
            self.found.notes.append(
                f"`from {written} import …` at line {found.line} works only inside a package: run it as `-m package.module`"
            )
        located = _below(self._shelf, folder, found.module, found.names)
        if located is not None:
            self._enqueue(located, kind, marker, package=True)
        if (located is None or located.missing) and kind == "required":
            missing = found.module if located is None else located.missing
            self.found.notes.append(
                f"`from {written} import …` at line {found.line}{where}: there is no `{missing}` in `{folder}`"
            )

    def _locate(self, module: str, names: tuple[str, ...]) -> tuple[Located, bool] | None:
        """Find an absolute import among the local files; also whether Python would look there by itself."""
        root = module.partition(".")[0]
        if stdlib.frozen(root):
            return None
        key = f"{module}:{','.join(names)}"
        if key not in self._located:
            self._located[key] = self._search(module, names, root)
        return self._located[key]

    def _search(self, module: str, names: tuple[str, ...], root: str) -> tuple[Located, bool] | None:
        spaces: list[Located] = []
        for folder in self._roots:
            located = _below(self._shelf, folder, module, names)
            if located is not None and located.files and not _is_namespace(self._shelf, folder, root):
                return located, True
            if located is not None and located.files and not located.missing:
                spaces.append(located)
        if spaces:
            return spaces[0], True
        if stdlib.lifetime(root) is not None:
            return None
        for folder in self._fallbacks:
            located = _below(self._shelf, folder, module, names)
            if (
                located is not None
                and located.files
                and not located.missing
                and not _is_namespace(self._shelf, folder, root)
            ):
                return located, False
        return None

    def _note_absent(self, folder: str) -> None:
        """Note the files that, had they existed where the script or its project keeps modules, would have answered."""
        roots = {found.root for found in self.found.imports if found.provider is None and not stdlib.frozen(found.root)}
        foreign = [root for root in roots if stdlib.lifetime(root) is None]
        absent = [*hidden([folder, *self._roots], roots), *(hidden(self._fallbacks, foreign) if foreign else ())]
        self.found.absent += [Path(one) for one in dict.fromkeys(absent) if not self._known(one)]

    def _known(self, path: str) -> bool:
        return posixpath.basename(path) in self._shelf.entries(posixpath.dirname(path))


def _weaker(source: _Source, found: Found) -> tuple[Kind, str | None]:
    """Give kind and marker of an import in a file that itself matters only so much."""
    kind: Kind = found.kind  # type: ignore[assignment]  # text there, because it may come from another Python
    if RANK[source.kind] > RANK[kind]:
        kind = "optional" if source.kind == "alternative" else source.kind
    if source.marker is None or source.marker == found.marker:
        return kind, found.marker
    if found.marker is None:
        return kind, source.marker
    return kind, f"({source.marker}) and ({found.marker})"


def _is_namespace(shelf: Shelf, folder: str, root: str) -> bool:
    return shelf.entries(folder).get(root) is True and "__init__.py" not in shelf.entries(f"{folder}/{root}")


def _below(shelf: Shelf, folder: str, module: str, names: tuple[str, ...]) -> Located | None:
    """Find a dotted module below one folder, with the submodules that `from module import names` takes."""
    files: list[str] = []
    here = folder
    parts = module.split(".") if module else []
    for position, part in enumerate(parts):
        package, file = _step(shelf, here, part)
        if file is not None:
            files.append(file)
        if package is None:
            if file is None and (position == 0 or not files):
                return None
            rest = parts[position + (file is not None) :]
            return Located(tuple(files), file or here, ".".join(rest) if file is None or rest else None)
        here = package
    if not parts:
        files += _initial(shelf, here)
    for name in names:
        _, file = _step(shelf, here, name)
        if file is not None:
            files.append(file)
    missing = None
    if not parts and not _initial(shelf, here):
        missing = next((name for name in names if name != "*" and _step(shelf, here, name) == (None, None)), None)
    return Located(tuple(files), here, missing)


def _initial(shelf: Shelf, folder: str) -> list[str]:
    return [f"{folder}/__init__.py"] if "__init__.py" in shelf.entries(folder) else []


def _step(shelf: Shelf, folder: str, name: str) -> tuple[str | None, str | None]:
    """Find one part of a dotted name: its folder, if it is a package, and the file that runs."""
    entries = shelf.entries(folder)
    is_folder = entries.get(name) is True
    if is_folder and "__init__.py" in shelf.entries(f"{folder}/{name}"):
        return f"{folder}/{name}", f"{folder}/{name}/__init__.py"
    if entries.get(f"{name}.py") is False:
        return None, f"{folder}/{name}.py"
    for other in _compiled(entries, name):
        return None, f"{folder}/{other}"
    return (f"{folder}/{name}", None) if is_folder else (None, None)


def _compiled(entries: dict[str, bool], name: str) -> Iterable[str]:
    start = f"{name}."
    return (
        entry
        for entry, folder in entries.items()
        if not folder and entry.startswith(start) and entry.endswith(_COMPILED)
    )
