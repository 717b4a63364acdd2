"""What was let in though nobody had declared it: by what facts, when, and which file it was; kept in the home, shared as a file."""

from __future__ import annotations

import os
from pathlib import Path

from roost import home as homes
from roost import locks
from roost.errors import ConfigurationError
from roost.values import Value, fields

from . import facts as kept_facts
from .judging import Facts, day
from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal

    from roost.home import Home
    from roost.settings import Settings

    By = Literal["facts", "you", "file"]

SCHEMA = "roost.judgement/1"
SHARED = "roost.trust-lock/1"
LONGEST = 20  # files that are remembered of one name
_HEAD = """\
# What roost let into environments though nobody had declared it, since when, and why.
# Named in the setting `trust.files`, or in `ROOST_TRUST_FILES`, it lets in the same elsewhere. Read it before you do:
# a file that is named here is trusted as if you had looked at it. `versions` (PEP 440) and `sha256` may be left out: then all are.
"""


class Judgement(Value):
    """One file that was let in."""

    name: str  # canonical
    version: str
    sha256: str | None
    since: float  # when it was let in, seconds since the epoch
    by: By  # facts: it was judged by them. you: you trust its name. file: a file of `trust.files` has it
    because: str  # one sentence
    imports: tuple[str, ...] = ()  # import roots in it
    brought_by: str | None = None  # the distribution that an import asked for
    facts: Facts | None = None


class Shared(Value):
    """One line of a file of `trust.files`."""

    file: str
    name: str  # canonical
    versions: str = ""  # PEP 440; "": all
    sha256: tuple[str, ...] = ()  # of its files; (): any
    imports: tuple[str, ...] = ()

    def covers(self, version: str, digests: Iterable[str | None]) -> bool:
        """Tell whether a version is meant of which these are the files, or one of them."""
        from packaging.specifiers import SpecifierSet

        if self.sha256 and not set(self.sha256).intersection(digests):
            return False
        return SpecifierSet(self.versions).contains(version, prereleases=True)


def read(home: Home, name: str) -> tuple[Judgement, ...]:
    """Give what was let in under a canonical name, the oldest first; a file that cannot be read is not there."""
    known = kept_facts.load(_place(home, name))
    rows = known.get("judgements") if known and known.get("schema") == SCHEMA else None
    try:
        return tuple(_from_row(row) for row in rows) if isinstance(rows, list) else ()
    except (KeyError, TypeError, ValueError):
        return ()


def last(home: Home, name: str, module: str) -> Judgement | None:
    """Give the last judgement that let a name in that has a module: what is known when no index answers."""
    root = module.partition(".")[0]
    return next((one for one in reversed(read(home, name)) if root in one.imports), None)


def every(home: Home) -> tuple[Judgement, ...]:
    """Give all that was let in, by name."""
    try:
        names = sorted(entry.name for entry in os.scandir(home.judgements) if entry.name.endswith(".json"))
    except OSError:
        return ()
    return tuple(one for name in names for one in read(home, name.removesuffix(".json")))


def keep(home: Home, found: Iterable[Judgement]) -> None:
    """Write down what was let in, with the newest facts; the date at which a file first was stays.

    Raises:
        CannotCreate: the home cannot be written.
    """
    import json

    for one in found:
        with locks.exclusive(home.locks / "judgements", timeout=30):
            same: list[Judgement] = []
            others: list[Judgement] = []
            for old in read(home, one.name):
                (same if (old.version, old.sha256) == (one.version, one.sha256) else others).append(old)
            new = one.replace(since=same[0].since) if same else one
            rows = [_to_row(each) for each in (*others, new)[-LONGEST:]]
            homes.write(_place(home, one.name), json.dumps({"schema": SCHEMA, "judgements": rows}))


def _place(home: Home, name: str) -> Path:
    return home.judgements / f"{name}.json"


def _to_row(one: Judgement) -> dict[str, object]:
    row = dict(zip(fields(Judgement), one.values(), strict=True))
    return row | {"facts": dict(zip(fields(Facts), one.facts.values(), strict=True)) if one.facts else None}


def _from_row(row: dict[str, Any]) -> Judgement:
    said = row.pop("facts")
    known = Facts(**said | {"provides": tuple(said["provides"])}) if said else None
    return Judgement(**row | {"imports": tuple(row["imports"])}, facts=known)


def text(home: Home, names: Iterable[str]) -> str:
    """Write what was let in, and the names that the user trusts, as a file that others can be given (TOML).

    Args:
        names: canonical names that are trusted whatever their version.
    """
    free = sorted(names)
    mine = [_entry([("name", name)]) for name in free]
    judged = [_entry(_pairs(one)) for one in every(home) if one.name not in free]
    return "\n".join([f'{_HEAD}schema = "{SHARED}"\n', *mine, *judged])


def _pairs(one: Judgement) -> Sequence[tuple[str, object]]:
    return (
        ("name", one.name),
        ("versions", f"=={one.version}"),
        ("sha256", [one.sha256] if one.sha256 else []),
        ("imports", list(one.imports)),
        ("since", day(one.since)),
        ("because", one.because),
    )


def _entry(pairs: Sequence[tuple[str, object]]) -> str:
    import json

    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs if value]  # valid TOML as well
    return "[[distribution]]\n" + "\n".join(lines) + "\n"


def shared(settings: Settings) -> dict[str, tuple[Shared, ...]]:
    """Read the files of `trust.files`: what they let in, by canonical name.

    Raises:
        ConfigurationError: one is not there, cannot be read, or says something else.
    """
    found: dict[str, list[Shared]] = {}
    for file in settings.trust_files:
        for one in _read(file):
            found.setdefault(one.name, []).append(one)
    return {name: tuple(ones) for name, ones in found.items()}


def place_of(file: str) -> Path:
    """Give the path that one of `trust.files` means.

    Raises:
        ConfigurationError: it would mean something else in every working folder.
    """
    path = Path(file).expanduser()
    if not path.is_absolute():
        raise ConfigurationError(
            f"`trust.files` needs absolute paths, not `{file}`",
            why=("a relative one would name another file beside every script",),
            hints=(f'export ROOST_TRUST_FILES="{path.absolute()}"',),
        )
    return path


def _read(file: str) -> Iterable[Shared]:
    import tomllib

    path = place_of(file)
    what = f"cannot read the trusted names in `{path}`"
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigurationError(what, why=(why,), hints=("the setting `trust.files` names it",)) from error
    rows = document.get("distribution", [])
    if document.get("schema") != SHARED or not isinstance(rows, list):
        raise ConfigurationError(what, why=(f'it has no `schema = "{SHARED}"`, as `roost trust export` writes it',))
    for row in rows:
        yield _checked(row, str(path), what)


def _checked(row: object, file: str, what: str) -> Shared:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    name = row.get("name") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(name, str) or not name:
        raise ConfigurationError(what, why=("an entry of `distribution` has no name",))
    versions = str(row.get("versions", ""))
    try:
        SpecifierSet(versions)
    except InvalidSpecifier as error:
        raise ConfigurationError(what, why=(f"`{versions}` of `{name}` says no versions (PEP 440)",)) from error
    return Shared(file, canonical(name), versions, _texts(row, "sha256", what), _texts(row, "imports", what))


def _texts(row: dict[str, object], key: str, what: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ConfigurationError(what, why=(f"`{key}` of `{row['name']}` must be a list of texts",))
    return tuple(value)
