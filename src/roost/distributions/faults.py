"""What a resolver or installer said, as a fault with a name."""

from __future__ import annotations

import re

from roost.errors import Exit
from roost.values import Value

from .errors import Fault, IndexUnreachable
from .pylock import without_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .indexes import Indexes


class DistributionNotFound(Fault):
    """No index has a distribution of this name."""

    code = "distribution-not-found"
    exit = Exit.UNAVAILABLE


class NoMatchingVersion(Fault):
    """The index has the distribution, but no version for this requirement, Python and platform."""

    code = "no-matching-version"
    exit = Exit.UNAVAILABLE


class PythonMismatch(Fault):
    """A distribution asks for an older or a newer Python."""

    code = "python-mismatch"
    exit = Exit.UNAVAILABLE


class HashMismatch(Fault):
    """A file is not the one that the lock or the index describes."""

    code = "hash-mismatch"
    exit = Exit.UNAVAILABLE


class Conflict(Fault):
    """The requirements contradict each other."""

    code = "conflict"
    exit = Exit.UNAVAILABLE


class CredentialsRefused(Fault):
    """An index wants credentials, or does not accept the ones it got."""

    code = "credentials-refused"
    exit = Exit.UNAVAILABLE


class TimedOut(Fault):
    """An index or a build took longer than it may."""

    code = "timed-out"
    exit = Exit.TRY_AGAIN


class BuildFailed(Fault):
    """A source distribution could not be built."""

    code = "build-failed"
    exit = Exit.UNAVAILABLE


class NotCached(Fault):
    """Offline, and what is needed was never fetched."""

    code = "not-cached"
    exit = Exit.UNAVAILABLE


class DiskFull(Fault):
    """No room is left where environments or the cache lie."""

    code = "disk-full"
    exit = Exit.CANNOT_CREATE


class NoPermission(Fault):
    """A folder of roost cannot be written."""

    code = "no-permission"
    exit = Exit.CANNOT_CREATE


class NoUploadTime(Fault):
    """Only files of a certain age are wanted, and an index does not say how old its files are."""

    code = "no-upload-time"
    exit = Exit.UNAVAILABLE


class RepositoryFailed(Fault):
    """A repository, or a revision in it, cannot be had."""

    code = "repository-failed"
    exit = Exit.UNAVAILABLE


class BadRequirement(Fault):
    """A requirement cannot be read (PEP 508)."""

    code = "bad-requirement"
    exit = Exit.UNREADABLE


class EngineFailed(Fault):
    """The engine failed in a way that roost has no name for."""

    code = "engine-failed"
    exit = Exit.UNAVAILABLE


class Pattern(Value):
    """Words by which a fault is known."""

    fault: type[Fault]
    words: re.Pattern[str]
    hints: tuple[str, ...] = ()


LATER = ("try again; for a slow index, wait longer: `export ROOST_INDEX_TIMEOUT=120`",)


def _pattern(fault: type[Fault], words: str, *hints: str) -> Pattern:
    return Pattern(fault, re.compile(words, re.IGNORECASE | re.DOTALL), hints)


PATTERNS = (  # the first that is found wins: what lies nearer to the machine stands first
    _pattern(DiskFull, r"no space left on device|os error 28\b|disk quota exceeded|os error 122\b", "make room, or drop what is not used: `roost env gc`"),
    _pattern(NoPermission, r"permission denied|os error 13\b|read-only file system|os error 30\b", "name a folder that can be written: `export ROOST_HOME=/path/to/folder`"),
    _pattern(HashMismatch, r"hash mismatch|hashes? .{0,40}(do not|don't|does not|doesn't) match|mismatched hash|bad crc|failed to (?:extract archive|unzip)|unexpected header|invalid zip|do not match the hashes", "somebody changed the file, or a proxy did; ask the index again: `roost run --upgrade FILE`"),
    _pattern(RepositoryFailed, r"git operation failed|failed to (fetch|resolve|clone) .{0,40}(commit|branch|tag|ref|repository)|couldn't find remote ref|git (clone|fetch)\b.{0,200}did not run successfully", "see whether you can have it: `git ls-remote ADDRESS`; with a token that stands in a variable: `git+https://${TOKEN}@host/…` in a requirements file"),
    _pattern(CredentialsRefused, r"\b40[13] (unauthorized|forbidden)|status code 40[13]|missing credentials|401 client error|403 client error"),
    _pattern(BadRequirement, r"couldn't parse requirement|failed to parse: |invalid requirement|expected (package name|one of|version specifier)"),
    _pattern(NotCached, r"network connectivity is disabled|in the (offline )?cache|packages were unavailable because (the )?network", "run once with the network, then it works without"),
    _pattern(BuildFailed, r"failed to build|build backend returned an error|failed to download and build|metadata-generation-failed|failed-wheel-build|subprocess-exited-with-error"),
    _pattern(TimedOut, r"operation timed out|timed? ?out|timeout", *LATER),
    _pattern(IndexUnreachable, r"error sending request|dns error|connection (refused|reset)|tcp connect error|failed to lookup|could not connect|request failed after|5\d\d (internal|bad gateway|service|gateway)|status server error|name or service not known|temporary failure in name|invalid peer certificate|certificate verify failed|too many requests|failed to fetch|failed to establish a new connection|error decoding response|connection closed|unexpected (eof|end of file)|incompletemessage|error reading a body", "try again, or work with what is there: `roost run --offline FILE`"),
    _pattern(NoUploadTime, r"is missing an upload date.*was filtered by `exclude-newer`", "give up the age limit: `unset ROOST_INDEX_EXCLUDE_NEWER`, and take `exclude-newer` out of the settings or the script"),
    _pattern(DistributionNotFound, r"was not found in the (package registry|provided package locations)|no matching distribution found for \S+ \(from versions: none\)|404 (not found|client error)|not found in the package registry", "correct the name, or name the index that has it; `roost index list` says which ones are asked"),
    _pattern(PythonMismatch, r"current python version \([^)]*\) does not satisfy|requires-python|does not satisfy python|requires a different python|requires python"),
    _pattern(NoMatchingVersion, r"no (matching )?(python implementation|python abi|platform|abi) tag|no wheels? (is|are|with)|no usable wheels|has no wheels|there (is|are) no versions? of|no matching distribution|only (\S+ ){1,4}(is|are) available|building from source is disabled|no binary distribution|no source distribution"),
    _pattern(Conflict, r"you require|requirements are unsatisfiable|incompatible|conflict|resolutionimpossible"),
)  # fmt: skip

NEWEST = 14  # of the Pythons that can be had: 3.14

PROGRESS = re.compile(
    r"(Resolved|Prepared|Installed|Downloading|Downloaded|Building|Built|Using|Updating|Updated) \S|[\^~]+$"
)


OTHER = re.compile(r"(\[(?:stderr|stdout)\]|--- std|hint|warning|note|WARNING|\[notice\])(?!\w)")


def classify(said: str, *, what: str, stage: str = "resolve", indexes: Indexes | None = None) -> Fault:
    """Turn the words of uv or pip into a fault.

    Args:
        said: its standard error, as it came.
        what: what was wanted, for the error's first line.
        stage: "resolve" or "install".
        indexes: those that were asked, so that hints can name them.
    """
    text = _own_words(without_credentials(_plain(said)))
    for pattern in PATTERNS:
        if pattern.words.search(text):
            hints = (*pattern.hints, *_more_hints(pattern.fault, text, indexes))
            fault = pattern.fault(what, why=_bare(_why(pattern.fault, text)), hints=hints)
            break
    else:
        fault = EngineFailed(what, why=_bare(text.splitlines()[-8:]) or ("it said nothing",))
    fault.stage = stage
    return fault


def _own_words(text: str) -> str:
    """Say of the project that holds pinned requirements what the engine says of lines: they are what the user asks for."""
    return re.sub(r"\broost-request depends on", "you require", text)


def one_line(said: str) -> str:
    """Give the heart of what was said in one line."""
    why = _bare(_why(EngineFailed, without_credentials(_plain(said))))
    return why[0] if why else "it said nothing"


BECAUSE = re.compile(r"(?:cause: )?Because ")
OPEN = re.compile(r".*[^.]$", re.DOTALL)  # a sentence that goes on


def _plain(said: str) -> str:
    """Drop colours, frames and progress; join sentences that were wrapped."""
    lines: list[str] = []
    for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said).splitlines():
        words = re.sub(r"^\s*(?:\u00d7|╰─▶|├─▶|│)?\s*", "", line)
        if not words or PROGRESS.match(words):
            continue
        if lines and words.startswith("And because "):
            lines[-1] += f" {words}"
        elif lines and (OPEN.match(lines[-1]) or line.lstrip().startswith("│")) and BECAUSE.match(lines[-1]):
            lines[-1] += f" {words}" if lines[-1].endswith(":") or " " in words else f", {words}"  # else one of a list
        else:
            lines.append(words)
    return re.sub(
        r"\(from versions: (?:[^,()]+, ){3,}((?:[^,()]+, ){2}[^,()]+)\)", r"(newest versions: \1)", "\n".join(lines)
    )


def _why(fault: type[Fault], text: str) -> tuple[str, ...]:
    """Take the sentences that explain: the resolver's reasons, else the causes, of a build its last lines too."""
    if fault is CredentialsRefused:
        refused = [line for line in text.splitlines() if re.search(r"\b40[13]\b", line)]
        return (re.sub(r"^\w+: ", "", refused[0]),) if refused else ()
    if fault is NoUploadTime:
        files = re.findall(r"`(\S+)` is missing an upload date", text)
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        listed = ", ".join(f"`{file}`" for file in files[:3])
        return (
            "only files of a certain age are wanted (`exclude-newer`)",
            f"the index does not say how old {listed}{more} {'is' if len(files) == 1 else 'are'}",
        )
    if fault is HashMismatch:
        text = re.sub(r"\s*\n(Expected|Computed|Got):?\s+", lambda match: f"\n{match[1].lower()} ", text)
        said = re.compile(
            r"mismatch|^expected|^computed|^got|bad crc|extract|unzip|unexpected header|invalid zip|do not match",
            re.IGNORECASE,
        )
        return tuple(re.sub(r"^(error|cause|ERROR): ", "", line) for line in text.splitlines() if said.search(line))
    lines = [
        re.sub(r"^(error|cause|Caused by|ERROR): ?", "", line) for line in text.splitlines() if not OTHER.match(line)
    ]
    because = [_reasons(line) for line in lines if line.startswith("Because ")]
    if because and fault is not BuildFailed:
        return because[-1]
    plain = tuple(dict.fromkeys(line for line in lines if not line.startswith("Because ")))
    if fault is BuildFailed:
        return (*plain[:1], *plain[1:][-8:], *(because[-1] if because else ()))
    return plain if len(plain) <= 3 else (plain[0], *plain[-2:])


def _bare(why: Iterable[str]) -> tuple[str, ...]:
    """Take the engine's own "Because" off: a reason is given after that word already."""
    return tuple(reason.removeprefix("Because ") for reason in why)


def _reasons(sentence: str) -> tuple[str, ...]:
    """Take a derivation apart: "Because A, we can conclude that B. And because C, we can conclude that D."."""
    sentence = re.sub(r"one of: (\S+), (?:\S+, )+(\S+)(?= |$)", r"one of: \1, …, \2", sentence)
    parts = re.split(r"(?:^|\.? )(?:Because|And because) ", sentence)
    bare = (
        re.sub(r",? we can conclude that (your requirements are unsatisfiable|.*)\.?$", "", part)
        for part in parts
        if part
    )
    return tuple(part.rstrip(".") for part in bare)


def _more_hints(fault: type[Fault], text: str, indexes: Indexes | None) -> tuple[str, ...]:
    if fault is BuildFailed:
        return about_system(text)
    if fault is CredentialsRefused:
        return _about_credentials(text, indexes)
    hints: tuple[str, ...] = ()
    if fault in {NoMatchingVersion, Conflict, PythonMismatch}:
        hints = _about_versions(text)
    if fault in {NoMatchingVersion, PythonMismatch}:
        wanted = re.search(
            r"wheels are available for .{0,80}?Python 3\.(\d+)|with the following Python ABI tags?: .*?cp3(\d+)", text
        )
        newest: str | None = max(filter(None, wanted.groups()), key=int) if wanted else None
        needed = re.search(r"does not satisfy Python>=3\.(\d+)", text)
        newest = newest or (needed[1] if needed and int(needed[1]) <= NEWEST else None)
        hints += (f"run it on a Python that has it: `roost run --python 3.{newest} FILE`",) if newest else ()
    return hints


def about_system(text: str) -> tuple[str, ...]:
    """Name the Debian packages that have what a build misses."""
    from .system import header, packages

    missing = packages(text)
    if missing:
        return (f"the build misses something of the system: `apt install {' '.join(missing)}`",)
    name = header(text)
    return (f"the build misses `{name}`: `apt-file search {name}` says which package has it",) if name else ()


def _about_credentials(text: str, indexes: Indexes | None) -> tuple[str, ...]:
    """Say how to log in at the index that refused."""
    from .indexes.credentials import variable

    places = [place for place in (indexes.places if indexes else ()) if place.bare.rstrip("/") in text]
    host = [place for place in (indexes.places if indexes else ()) if place.bare.split("/")[2:3] == _host(text)]
    name = next((place.name for place in (*places, *host)), "<NAME>")
    return (
        f"log in: `roost index login {name}`; or in variables: `ROOST_INDEX_{variable(name) if name != '<NAME>' else name}_USERNAME` and `…_PASSWORD`",
    )


def _host(text: str) -> list[str]:
    match = re.search(r"\bhttps?://([^/\s)]+)", text)
    return [match[1]] if match else []


def _about_versions(text: str) -> tuple[str, ...]:
    """Put uv's hints about indexes and ages into our words."""
    hints = []
    old = re.search(
        r"`([\w.-]+)` was filtered by `exclude-newer`.*?The latest version satisfying the requirement is v(\S+?)\.(?: |$)",
        text,
    )
    if old:
        hints.append(f"`{old[1]}` {old[2]} is younger than `exclude-newer` allows")
    first = re.search(r"`([\w.-]+)` was found on (\S+?),? but not at the requested version", text)
    if first and "roost-claims" not in text:
        hints.append(
            f"only `{without_credentials(first[2])}` is asked for `{first[1]}`, because it has that name; if it is nobody's own, "
            "name it in `index.public` of the settings"
        )
    return tuple(hints)
