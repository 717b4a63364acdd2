"""Requirements, answers, plans and locks: frozen values, handed from room to room."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from roost.scripts import Choice, Import, Interpreter, Script

    from .conda import Needs
    from .indexes import Indexes

    Source = Literal["declared", "option", "inferred", "implicit", "mended", "kept"]
    Means = Literal[
        "standard library", "local", "not needed", "declared", "host", "python2", "own file", "curated", "listed", "learned",
        "index", "trusted", "refused", "nothing installable", "unknown",
    ]  # fmt: skip
    Class = Literal[
        "host program", "own file missing", "python 2", "nothing installable", "api gone", "refused", "other platform"
    ]

INFERRED = ("inferred", "implicit", "mended")  # sources of requirements that are not the user's own word


class Requirement(Value):
    """One distribution that is wanted, and why."""

    name: str  # canonical (PEP 503)
    text: str  # PEP 508 as it goes to the resolver: "pandas[excel]>=2 ; python_version < '3.13'"
    reason: (
        str  # "declared in `requirements.txt` line 3", "`import cv2` at line 1", "`pandas.read_excel` needs an engine"
    )
    source: Source
    wheels_only: bool = False  # inferred names are never built from source, unless curated
    optional: bool = False  # the script copes without it: left out when it cannot be had
    hashes: tuple[str, ...] = ()  # "sha256:…"; the file that is installed must have one of them


class Answer(Value):
    """What was decided about one import."""

    imported: Import
    means: Means
    distribution: str | None  # canonical name; None: nothing is installed for it
    reason: str  # one sentence


class Unresolved(Value):
    """An import that no environment can answer, and what the user can do."""

    name: str  # the import's dotted name
    line: int
    kind: Class
    sentence: str  # "`bpy` exists only inside Blender: run the script there"
    hint: str | None = None  # "allow it once: `roost run --allow NAME FILE`"


class Plan(Value):
    """What a script needs, decided: everything before the resolver is asked."""

    script: Script
    python: Choice
    requirements: tuple[Requirement, ...]  # declared first, then inferred, in order of appearance
    answers: tuple[Answer, ...]
    unresolved: tuple[Unresolved, ...]
    notes: tuple[str, ...] = ()
    logins: tuple[tuple[str, str, str], ...] = ()  # (scheme and host, user, password) from requirements' own addresses
    conda: Needs | None = None  # packages of conda channels

    def __repr__(self) -> str:
        """Show it without what requirements' addresses say of credentials."""
        return f"Plan({self.script.name!r}, {self.requirements!r})"


def inferred(plan: Plan) -> tuple[str, ...]:
    """Give the canonical names that a plan has by no word of the user's."""
    return tuple(dict.fromkeys(one.name for one in plan.requirements if one.source in INFERRED))


class Artifact(Value):
    """One locked distribution: the very file that is installed."""

    name: str  # canonical
    version: str
    filename: str  # "six-1.17.0-py2.py3-none-any.whl"; for VCS and folders the URL's last part
    url: str  # where it comes from, without credentials
    sha256: str | None  # of the selected file; None for VCS (then `commit`) and folders
    size: int | None  # bytes
    commit: str | None = None

    @property
    def is_source(self) -> bool:
        """Whether it is built before it is installed, and is none of the user's own folders, which are installed as they lie."""
        return not self.filename.endswith(".whl") and (self.commit is not None or self.sha256 is not None)


class Lock(Value):
    """Exact distributions for one interpreter and platform."""

    interpreter: Interpreter
    artifacts: tuple[Artifact, ...]  # sorted by name
    text: str  # PEP 751, as it is kept and shown
    roots: tuple[str, ...]  # canonical names that were asked for, in the order of the requirements
    steps: tuple[str, ...] = ()  # the cascade's record: each step tried and what it said
    indexes: Indexes | None = None  # what builds of source distributions may ask; None: those of the settings
    judged: tuple[str, ...] = ()  # inferred names whose closure was judged when it was made
    by_word: tuple[str, ...] = ()  # names that are brought along, and let in only because they are trusted
    request: str = ""  # the digest under which it is remembered; empty: it is not
    inferred: tuple[str, ...] = ()  # canonical names of roots that nobody declared: imports led to them


class Options(Value):
    """What one command asks for beyond the script and the settings."""

    extra: tuple[str, ...] = ()  # `--with`: PEP 508 requirements
    python: str | None = None  # `--python`: "3.12", ">=3.11", a path
    allow: tuple[str, ...] = ()  # `--allow`: canonical names trusted this once
    declared_only: bool = False  # install nothing that nobody declared
    upgrade: bool = False  # ask the index again, whatever is remembered
    offline: bool = False  # never ask an index
    unread: bool = False  # nobody has read the script: what it declares is judged as what it imports
