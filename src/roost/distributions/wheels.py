"""What a wheel would put into site-packages, from its central directory alone, fetched by range requests."""

from __future__ import annotations

import io

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from roost.archives import Zip

TAIL = 1 << 16  # bytes asked for first; the directory of most wheels is within them
NEAR = 1 << 20  # bytes before the part at hand that are fetched together with it
SOURCE_LIMIT = 4 << 20  # bytes of one module's source
MOST_ENTRIES = 200_000
_ENDINGS = (".py", ".so", ".pyd")


class Contents(Value):
    """The modules of a wheel."""

    modules: tuple[str, ...]  # dotted names of modules and packages, namespaces too, sorted

    @property
    def roots(self) -> tuple[str, ...]:
        """The names that can stand first after `import`."""
        return tuple(module for module in self.modules if "." not in module)

    def provides(self, module: str) -> bool:
        """Tell whether this dotted name, or for `a.b.Name` the module that may define it, is in the wheel."""
        return module in self.modules


def from_names(paths: Iterable[str]) -> Contents:
    """Give the modules that a wheel's member paths stand for (PEP 427: the root and `.data/{purelib,platlib}`)."""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if parts[0].endswith(".data"):
            parts = parts[2:] if len(parts) > 2 and parts[1] in {"purelib", "platlib"} else []
        if not parts or parts[0].endswith(".dist-info"):
            continue
        stem, ending = _split(parts[-1])
        folders = parts[:-1]
        if ending not in _ENDINGS or not all(folder.isidentifier() for folder in folders):
            continue
        found.update(".".join(folders[:depth]) for depth in range(1, len(folders) + 1))
        if stem != "__init__" and stem.isidentifier():
            found.add(".".join([*folders, stem]))
    return Contents(tuple(sorted(found)))


def _split(name: str) -> tuple[str, str]:
    """Part a file name as the import system does: `_x.cpython-311-x86_64-linux-gnu.so` is `_x` and `.so`."""
    stem, _, rest = name.partition(".")
    return stem, f".{rest.rpartition('.')[2]}"


def read(file: io.BufferedIOBase | io.RawIOBase) -> Contents:
    """Read a wheel's central directory.

    Raises:
        ValueError: it is no zip archive.
    """
    return from_names(one.name for one in _opened(file).entries if one.kind == "file")


def _opened(file: io.BufferedIOBase | io.RawIOBase) -> Zip:
    """Read the directory alone: every byte more would be fetched."""
    from roost.archives import ArchiveUnreadable, ArchiveUnsafe, Limits, Zip

    try:
        limits = Limits(size=SOURCE_LIMIT, entries=MOST_ENTRIES, ratio=None, cased=True)
        return Zip(file, "it", limits)  # type: ignore[arg-type]  # it reads and seeks, which is what a zip needs
    except (ArchiveUnreadable, ArchiveUnsafe) as error:
        raise ValueError(error.why[0]) from error


def words(file: io.BufferedIOBase | io.RawIOBase, module: str) -> frozenset[str] | None:
    """Read which names stand in a module's code, not in its prose; None when it cannot be told (no source, star imports, `__getattr__`).

    Raises:
        ValueError: it is no zip archive.
    """
    import re

    from roost.archives import ArchiveUnreadable, ArchiveUnsafe

    path = module.replace(".", "/")
    archive = _opened(file)
    sizes = {one.name: one.size for one in archive.entries}
    member = next((name for name in (f"{path}/__init__.py", f"{path}.py") if name in sizes), None)
    if member is None or sizes[member] > SOURCE_LIMIT:
        return None
    try:
        text = (archive.read(member, SOURCE_LIMIT) or b"").decode("utf-8", "replace")
    except (ArchiveUnreadable, ArchiveUnsafe) as error:
        raise ValueError(error.why[0]) from error
    if re.search(r"import\s*\*|__getattr__|globals\(|sys\.modules", text):
        return None
    for prose in (r"(?s)(\"{3}|'{3}).*?\1", r"#[^\n]*", r"\"[^\"\n]* [^\"\n]*\"|'[^'\n]* [^'\n]*'"):
        text = re.sub(prose, " ", text)
    return frozenset(re.findall(r"[^\W\d]\w*", text))


class RangeReader(io.RawIOBase):
    """A file somewhere else, of which only the parts that are read are fetched.

    Args:
        size: of the whole file, in bytes.
        tail: its last bytes, at hand already.
        fetch: gives the bytes from the first to the last position, both included.
    """

    def __init__(self, size: int, tail: bytes, fetch: Callable[[int, int], bytes]) -> None:
        """Start at the file's beginning."""
        super().__init__()
        self._size = size
        self._start = size - len(tail)  # what is at hand is always the file's end
        self._data = tail
        self._fetch = fetch
        self._at = 0

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move the position; never before the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Give up to size bytes, fetching what stands before the part at hand."""
        end = self._size if size < 0 else min(self._size, self._at + size)
        if end <= self._at:
            return b""
        if self._at < self._start - NEAR:  # a single member, far from the directory
            data = self._fetch(self._at, end - 1)
            self._at = end
            return data
        if self._at < self._start:
            self._data = self._fetch(self._at, self._start - 1) + self._data
            self._start = self._at
        data = self._data[self._at - self._start : end - self._start]
        self._at = end
        return data
