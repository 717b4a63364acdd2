"""A text that is known starts without being read: in a new file, on standard input, in `-c` (contracts §3).

Agents write the same text to fresh temporary files all day. Its record is found by its digest, and everything that the
answer hung on is looked at again, at the new place. This is reached before anything else of ours is imported, and itself
imports only what Python has loaded already or built in; whatever is not plain goes the whole way, which writes the records.
"""

from __future__ import annotations

import os
import time
from stat import S_ISREG

from roost.digests import sha256

from . import sealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST = 1 << 20  # bytes of a text that is looked up
_OTHERS = (".ipynb", ".md", ".markdown", ".mdown", ".mkd")  # names of texts that are not Python as they stand
_NAMED = (".py", ".pyw")  # of texts that are Python whatever their first line asks for


class Text:
    """A program that was asked for, and where it stands."""

    def __init__(
        self, data: bytes, arguments: Sequence[str], *, given: str | None = None, words: Sequence[str] = ()
    ) -> None:
        self.data = data
        self.arguments = arguments[1:] if arguments[:1] == ["--"] else arguments
        self.given = given  # FILE as it was typed; None: it is in no file
        self.words = words or (given,)  # behind `python`
        self.path = "" if given is None else os.path.abspath(given)  # noqa: PTH100


def begin(argv: Sequence[str]) -> int | None:
    """Become the script that `run` is asked for, if its text is known; what `check` found out before is shown again.

    Args:
        argv: what follows the program's name.

    Returns:
        An exit status, or None: the command has to go the whole way. Standard input is then as it was.
    """
    try:
        folder = sealed.launcher(os.environ)
        if folder is None:
            return None
        if argv[0] == "run":
            _run(argv[1:], folder)
            return None
        from .answers import again

        return again(argv[1:], folder)
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError):
        return None


def _run(words: Sequence[str], folder: str) -> None:
    text = _start(words, folder)
    if text is None:
        return
    from .turns import follow

    if follow(folder, sha256(text.data)):
        _start(words, folder)  # read again: it may have been edited since


def _start(words: Sequence[str], folder: str) -> Text | None:
    """Become a text that is known; gives it where it is not, None where it is not looked up."""
    began = time.time_ns()
    text = _text(words)
    known = sealed.find(f"{folder}/texts", sha256(text.data)) if text else None
    if text and known is not None:
        absent = _as_before(text, known, began)
        if absent is not None:
            _become(text, known, absent, began, folder)
    return text


def _text(words: Sequence[str]) -> Text | None:
    """Read the program of a plain command line; None: it is not plain."""
    first = words[0] if words else ""
    if first == "-c" and len(words) > 1:
        data = words[1].encode("utf-8", "surrogateescape")
        return Text(data, words[2:], words=("-c", os.fsdecode(data)))
    if first == "-":
        return _standard_input(words[1:])
    if not first or first.startswith("-") or first.lower().endswith(_OTHERS) or ".." in first.split("/"):
        return None
    return _file(first, words[1:])


def _standard_input(arguments: Sequence[str]) -> Text | None:
    """Read standard input to its end, and put what was read in its place, for `python -` or for the whole way."""
    if not os.get_blocking(0):
        return None
    chunks = []
    while chunk := os.read(0, 1 << 16):
        chunks.append(chunk)
    from .becoming import become_stdin

    data = b"".join(chunks)
    become_stdin(data)
    return Text(data, arguments, words=("-",))


def _file(given: str, arguments: Sequence[str]) -> Text | None:
    """Read a regular file, whose first bytes leave no doubt that it is meant as Python."""
    facts = os.lstat(given)
    if not S_ISREG(facts.st_mode):  # opening a pipe could wait for ever
        return None
    descriptor = os.open(given, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        facts = os.fstat(descriptor)
        data = os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)
    if data.startswith(b"PK") or len(data) != facts.st_size:
        return None
    if data.startswith(b"#!") and (not given.lower().endswith(_NAMED) or b"PK\5\6" in data):
        return None
    return Text(data, arguments, given=given)


def _as_before(text: Text, known: Mapping[str, object], now: int) -> tuple[str, ...] | None:
    """Tell what must stay absent around a text, if nothing stands in the way of the answer known; otherwise None."""
    from roost.scripts.surroundings import silent

    whole = known["whole"]
    assert isinstance(whole, tuple)
    if not sealed.holds(known["grounds"], os.environ, now):  # type: ignore[arg-type]
        return None
    manifest, *compiled = whole
    if not all(map(os.path.exists, compiled)) or not vital(known, manifest):
        return None
    stem = None
    if text.given is not None:
        name = os.path.basename(text.path)  # noqa: PTH119
        if name.startswith(".") or name.endswith("."):  # what is its stem?
            return None
        stem = name.rpartition(".")[0] or name
    folder = os.path.dirname(text.path) or os.getcwd()  # noqa: PTH109, PTH120
    return silent(folder, stem, inline=known["inline"], roots=known["roots"], foreign=known["foreign"])  # type: ignore[arg-type]


def vital(known: Mapping[str, object], manifest: str) -> bool:
    """Tell whether an environment has what it needs to notice damage, and none was noticed; raises OSError."""
    files, suspect = known["vital"], str(known["suspect"])
    assert isinstance(files, tuple)
    ready, *facts = map(os.stat, (manifest, *files))
    if not all(one.st_size and one.st_mtime_ns <= ready.st_mtime_ns for one in (ready, *facts)):
        return False
    return not os.path.exists(suspect) or not os.stat(suspect).st_size  # noqa: PTH110, PTH116


def _become(text: Text, known: Mapping[str, object], absent: Sequence[str], began: int, folder: str) -> None:
    """Start the environment's Python in our place; comes back where that is not possible."""
    from .becoming import restore_signals
    from .variables import isolated

    environment, python, mark, exports = (known[name] for name in ("environment", "python", "mark", "exports"))
    assert isinstance(exports, dict)
    variables, notes = isolated(os.environ, environment)  # type: ignore[arg-type]  # only written out
    if notes:
        return
    try:  # noqa: SIM105  # contextlib would have to be loaded
        os.utime(str(mark))
    except PermissionError:  # a home that may only be read
        pass
    if text.given is not None:
        from .arrival import arrived

        arrived(text, known, absent, began, folder)
    restore_signals()
    os.execve(str(python), [str(python), *text.words, *text.arguments], variables | exports)  # noqa: S606
