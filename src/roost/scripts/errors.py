"""What can be wrong with a script before it runs."""

from __future__ import annotations

from roost.errors import Exit, RoostError


class ScriptMissing(RoostError):
    """There is no such file, or it is a link to nothing."""

    code = "script-missing"
    exit = Exit.NO_INPUT


class ScriptForbidden(RoostError):
    """The file or folder may not be read by this user."""

    code = "script-forbidden"
    exit = Exit.NO_INPUT


class NotAScript(RoostError):
    """What is there is no Python program: a binary file, a folder without code, another language."""

    code = "not-a-script"
    exit = Exit.UNREADABLE


class UnknownEncoding(RoostError):
    """The bytes are no text in the encoding that Python would read them in."""

    code = "unknown-encoding"
    exit = Exit.UNREADABLE


class SyntaxBroken(RoostError):
    """No Python can parse the program."""

    code = "syntax-broken"
    exit = Exit.UNREADABLE


class NotebookBroken(RoostError):
    """The notebook is no JSON, holds no Python, or is not laid out as a notebook."""

    code = "notebook-broken"
    exit = Exit.UNREADABLE


class ArchiveBroken(RoostError):
    """The archive is damaged, or holds no `__main__.py`."""

    code = "archive-broken"
    exit = Exit.UNREADABLE


class MetadataBroken(RoostError):
    """An inline block, a requirements file or a `pyproject.toml` cannot be read."""

    code = "metadata-broken"
    exit = Exit.UNREADABLE
