"""What kind of thing a path is, and the program in it."""

from __future__ import annotations

import os
import posixpath
from posixpath import isdir, isfile

from . import source
from .draft import Draft
from .errors import NotAScript

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .source import Content
    from .values import Form

    # text, name → the program's text with the lines of the file, requirements of install lines, notes
    Convert = Callable[[str, str], tuple[str, list[tuple[str, int]], list[str]]]

_NOTEBOOK = {".ipynb"}
_MARKDOWN = {".md", ".markdown", ".mdown", ".mkd"}
_SHELLS = {
    "sh",
    "bash",
    "zsh",
    "dash",
    "ksh",
    "fish",
    "perl",
    "ruby",
    "node",
    "php",
    "Rscript",
    "lua",
    "awk",
    "tclsh",
    "make",
    "pwsh",
}


def draft(path: Path) -> Draft:
    """Find the program that a path stands for.

    Raises:
        RoostError: nothing is there, it may not be read, or there is no program in it.
    """
    if isdir(path):
        return _folder(path)
    content = source.load(path)
    if content.data.startswith((b"PK\3\4", b"PK\5\6")) or (
        content.data.startswith(b"#!") and _has_archive(content.data)
    ):
        from .archive import draft as archived

        return archived(path)
    suffix = path.suffix.lower()
    if suffix in _NOTEBOOK:
        from .notebook import convert as from_notebook

        return _converted(path, content, "notebook", from_notebook)
    if suffix in _MARKDOWN:
        from .markdown import convert as from_markdown

        return _converted(path, content, "markdown", from_markdown)
    _refuse_other_languages(path, content.data)
    text = source.decode(content.data, name=path.name)
    return Draft(
        path.name, "python", text, content.data, _beside(path), path=path, file=path,
        program=content.data if content.stream else None, inputs=[path], truncated=content.truncated,
    )  # fmt: skip


def _converted(path: Path, content: Content, form: Form, convert: Convert) -> Draft:
    if content.truncated:
        raise NotAScript(f"cannot read `{path.name}`", why=(f"it is larger than {source.LARGEST // 2**20} MB",))
    text, pip, notes = convert(source.decode(content.data, name=path.name), path.name)
    return Draft(
        path.name, form, text, content.data, _beside(path), path=path, program=text.encode(), inputs=[path], pip=pip, notes=notes
    )  # fmt: skip


def _beside(path: Path) -> Path:
    """Give the folder that Python imports from: the one that a link leads to."""
    return path.resolve().parent if path.is_symlink() else path.parent


def _folder(path: Path) -> Draft:
    main = path / "__main__.py"
    if not isfile(main):
        raise _without_code(path)
    content = source.load(main)
    text = source.decode(content.data, name=f"{path.name}/__main__.py")
    return Draft(
        path.name, "folder", text, content.data, path, path=path, file=main, inputs=[main], truncated=content.truncated
    )  # fmt: skip


def _without_code(path: Path) -> NotAScript:
    """Say what a folder lacks, and which of its files may have been meant."""
    try:
        names = sorted(entry.name for entry in os.scandir(path))
    except OSError as error:
        return NotAScript(f"cannot read the folder `{path}`", why=((error.strerror or str(error)).lower(),))
    scripts = [name for name in names if name.endswith((".py", ".ipynb"))]
    first = next((name for name in ("main.py", "app.py", "run.py", f"{path.name}.py") if name in scripts), None)
    likely = [first] if first else scripts[:3]
    why = (
        "it has no `__main__.py`"
        if scripts
        else "it is empty"
        if not names
        else "it has no `__main__.py`, nor any other Python code"
    )
    return NotAScript(
        f"cannot run the folder `{path}`",
        why=(why,),
        hints=tuple(f"run one of its files: `{path / name}`" for name in likely),
    )


def module(name: str, folder: Path) -> Draft:
    """Find what `-m name` runs.

    Raises:
        RoostError: name is no module's name, or its file cannot be read.
    """
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise NotAScript(
            f"cannot run the module `{name}`", why=("this is no module's name",), hints=_without_suffix(name)
        )
    base = folder.joinpath(*parts)
    package = isfile(base / "__main__.py")
    file = base / "__main__.py" if package else base.with_name(f"{base.name}.py")
    if not isfile(file):
        return Draft(f"-m {name}", "module", f"import {name}\n", name.encode(), folder, beside=False, module=name)
    content = source.load(file)
    text = source.decode(content.data, name=file.name)
    return Draft(
        f"-m {name}", "module", text, content.data, folder, path=file, file=file, inputs=[file], module=name,
        home=file.parent, package=package or len(parts) > 1, truncated=content.truncated,
    )  # fmt: skip


def _without_suffix(name: str) -> tuple[str, ...]:
    return (f"without the suffix: `-m {name[:-3].replace('/', '.')}`",) if name.endswith(".py") else ()


def _has_archive(data: bytes) -> bool:
    return b"PK\5\6" in data[-66000:]


def _refuse_other_languages(path: Path, data: bytes) -> None:
    """Refuse a file whose first line asks for another interpreter."""
    if not data.startswith(b"#!"):
        return
    words = data[2:200].split(b"\n", 1)[0].decode("ascii", "replace").split()
    names = [posixpath.basename(word) for word in words if not word.startswith("-")]
    program = names[1] if len(names) > 1 and names[0] == "env" else names[0] if names else ""
    if program in _SHELLS and path.suffix.lower() not in {".py", ".pyw"}:
        raise NotAScript(
            f"cannot read `{path.name}`", why=(f"its first line asks for `{program}`, so it is no Python",)
        )
