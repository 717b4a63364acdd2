"""What reading a script gives: frozen values, handed from room to room."""

from __future__ import annotations

from roost.digests import sha256
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    Form = Literal["python", "notebook", "markdown", "stdin", "command", "module", "folder", "zipapp"]
    Kind = Literal["required", "optional", "alternative", "typing", "conditional", "lazy"]
    Via = Literal["pylock", "pep723", "requirements", "pyproject", "pip line"]


class Import(Value):
    """One module that one statement, or one literal call, imports."""

    module: str  # absolute dotted name as asked for: "google.cloud.storage", "cv2"
    names: tuple[str, ...]  # what `from module import …` takes; ("*",) for a star; () for `import module`
    line: int  # 1-based, as the user counts lines in the file (for a notebook: in its cells joined)
    kind: Kind
    """required: must succeed before the script can do its work. optional: the handler copes without it.
    alternative: one of several of which one is enough (same `group`). typing: only under TYPE_CHECKING.
    conditional: only under `marker`. lazy: inside a function, reached perhaps."""
    file: Path | None = None  # the local module it stands in; None: the script itself
    dynamic: bool = False  # import_module("x"), __import__("x") rather than a statement
    marker: str | None = None  # PEP 508 marker under which it is reached: "sys_platform == 'win32'"
    group: int | None = None  # alternatives of one try statement share it, in the order they are tried
    provider: Path | None = None  # the local file or folder that answers it; None: not local

    @property
    def root(self) -> str:
        """The first part of the dotted name."""
        return self.module.partition(".")[0]


class Declaration(Value):
    """One requirement that somebody wrote down."""

    text: str  # PEP 508, or a URL or path line of a requirements file, as written, without its comment
    line: int  # 1-based, in `file`
    file: Path | None  # None: the script itself
    via: Via
    hashes: tuple[str, ...] = ()  # "sha256:…" of a requirements file; one of them is the file's


class Declared(Value):
    """What the user declared, and where (reading order: contracts §6)."""

    requirements: tuple[Declaration, ...] = ()
    where: str | None = (
        None  # for messages: "the PEP 723 block of `a.py`", "`requirements.txt`"; None: nothing declared
    )
    via: Via | None = None
    requires_python: str | None = None  # PEP 440 specifier as written
    lock: Path | None = None  # a pylock file that stands beside the script
    indexes: tuple[str, ...] = ()  # extra indexes written in the requirements file or the PEP 723 block: "name=address"
    index_url: str | None = None  # the index in the place of the default one
    find_links: tuple[str, ...] = ()  # folders and pages with wheels
    explicit: tuple[str, ...] = ()  # names of extra indexes that are asked only for `sources`
    sources: tuple[tuple[str, str], ...] = ()  # (canonical name, index): where a requirement comes from
    pins: tuple[tuple[str, str], ...] = ()  # (pattern of names, index): never taken from another one
    constraints: tuple[str, ...] = ()  # lines of `-c` files
    conda: tuple[Declaration, ...] = ()  # packages of conda channels, as conda writes them: "ffmpeg>=6"
    conda_channels: tuple[str, ...] = ()  # channels that have them; none: those of the settings
    exclude_newer: str | None = None  # `[tool.uv] exclude-newer` of a PEP 723 block


class Call(Value):
    """One call whose name may imply a need: `pandas.read_excel("a.xlsx")`."""

    name: str  # dotted, import aliases resolved: "pandas.read_excel"; ".to_excel" for a method of something unknown
    line: int
    arguments: tuple[str | None, ...] = ()  # literal strings by position; None: something else
    keywords: tuple[tuple[str, str | None], ...] = ()  # (name, literal string or None)


class PythonRange(Value):
    """The Pythons that can run the script, with the reason for each bound."""

    specifier: str = ""  # PEP 440: ">=3.12", ">=3.11,<3.12"; "" any
    reasons: tuple[
        str, ...
    ] = ()  # "`requires-python` of the PEP 723 block", "`import asyncore` at line 3: left the standard library in 3.12"
    python2: str | None = None  # why only Python 2 can run it: "`print \"a\"` at line 4"; None otherwise


class Expected(Value):
    """Lines of which an import may fail, because the code around them copes."""

    file: Path | None  # the local module they stand in; None: the script itself
    first: int  # 1-based
    last: int
    anywhere: bool  # imports in the functions that they call may fail as well


class Script(Value):
    """A script's bytes and what they say."""

    path: Path | None  # as given, absolute, links not resolved; None for standard input and `-c`
    name: str  # for messages: "chart.py", "<stdin>", "-c", "-m tool"
    form: Form
    program: bytes | None  # the Python source to run when it is not the file itself (notebook, Markdown, stdin, -c)
    data: bytes  # as read
    imports: tuple[Import, ...] = ()  # of the script and of the local modules it leads to; relative ones left out
    declared: Declared = Declared()
    calls: tuple[Call, ...] = ()
    urls: tuple[
        tuple[str, int], ...
    ] = ()  # schemes of literal addresses, "postgresql+psycopg2://", and their line; not http
    python: PythonRange = PythonRange()
    inputs: tuple[Path, ...] = ()  # every file that was read, the script first
    absent: tuple[Path, ...] = ()  # paths that would have changed the answer, had they existed
    notes: tuple[str, ...] = ()  # what the user should know: "larger than 5 MB: only its head was read"
    expected: tuple[Expected, ...] = ()  # blocks that cope with a missing import
    truncated: bool = False
    module: str | None = None  # for `-m`: the module's name
    search: tuple[
        Path, ...
    ] = ()  # folders whose modules it imports though Python does not look there (`src/`, a project's root)
    widened: bool = False  # it, or a local module, puts folders on `sys.path` by literal names

    @property
    def digest(self) -> str:
        """Give the sha256 of the bytes read, in hexadecimal."""
        return sha256(self.data)


class Interpreter(Value):
    """One Python executable."""

    path: Path
    implementation: str  # "cpython"
    version: tuple[int, int, int]
    abi: str  # SOABI-like flags that wheels depend on: "" or "t" (free-threaded), "d" (debug)
    platform: str  # wheel platform with libc: "linux-x86_64-glibc2.36", "macosx-14-arm64"
    prefix: str = ""  # the key of the conda packages that it is one of; empty: it is an ordinary Python

    @property
    def short(self) -> str:
        """Major and minor: "3.11"."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def full(self) -> str:
        """All three numbers: "3.11.7"."""
        return ".".join(map(str, self.version))


class Choice(Value):
    """The Python chosen for a script, and why."""

    interpreter: Interpreter | None  # None: none on this machine, the engine would fetch `wanted`
    wanted: str  # "3.12"
    reason: str
