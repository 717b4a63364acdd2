"""Read a script: the one way in."""

from __future__ import annotations

import posixpath
from pathlib import Path
from posixpath import exists

from roost.errors import RoostError

from . import declared as declaring
from . import forms, pyproject, python_range, source, surroundings
from .draft import Draft
from .errors import SyntaxBroken
from .local import Follower
from .parse import Reading, analyse
from .seen import Seen
from .values import Call, Expected, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .parse import Interpreters
    from .values import Form


def read(path: Path, *, interpreters: Interpreters | None = None) -> Script:
    """Read a script: a Python file, a notebook, Markdown, a folder with `__main__.py`, a zipapp.

    Args:
        interpreters: gives the Pythons of this machine, asked only when our own cannot parse the script.

    Raises:
        RoostError: there is no such script (exit 66), or it cannot be read (exit 65); one clear reason.
    """
    path = Path(posixpath.abspath(path))  # links stay links: `sys.path[0]` is about the name that was given
    return _finished(forms.draft(path), interpreters)


def read_text(data: bytes, *, name: str, form: Form, folder: Path, interpreters: Interpreters | None = None) -> Script:
    """Read a program from standard input or `-c`; local modules are those of folder, declared is what the text itself says.

    Raises:
        RoostError: it cannot be read (exit 65).
    """
    truncated = len(data) > source.LARGEST
    text = source.decode(data[: source.HEAD] if truncated else data, name=name)
    draft = Draft(
        name, form, text, data, Path(posixpath.abspath(folder)), program=data, beside=False, truncated=truncated
    )
    return _finished(draft, interpreters)


def read_module(name: str, *, folder: Path, interpreters: Interpreters | None = None) -> Script:
    """Read what `-m name` runs: a module or package below folder; otherwise a distribution's, of which only the name is known.

    Raises:
        RoostError: name is no module's name (exit 65), or its file cannot be read.
    """
    return _finished(forms.module(name, Path(posixpath.abspath(folder))), interpreters)


def expected(path: Path) -> tuple[Expected, ...]:
    """Give the blocks of one Python file that cope with a missing import; none where it cannot be read."""
    try:
        text = source.decode(path.read_bytes(), name=path.name)
        return _expected([(None, analyse(text, name=path.name, file=str(path)))])
    except (OSError, RoostError):
        return ()


def _finished(draft: Draft, interpreters: Interpreters | None) -> Script:
    file = str(draft.file) if draft.file else None
    reading = (
        _head(draft) if draft.truncated else analyse(draft.text, name=draft.name, file=file, interpreters=interpreters)
    )
    top = _top(draft.folder) if draft.path else draft.folder
    projects = pyproject.candidates(draft.folder) if draft.path else []
    pip = [*draft.pip, *_installs(draft, reading)]
    gathered = declaring.gather(
        draft.text,
        name=draft.name,
        path=draft.path,
        folder=draft.folder,
        top=top,
        pip=pip,
        projects=projects,
        beside=draft.beside,
    )
    follower = Follower(
        draft.shelf,
        [str(draft.folder)],
        fallbacks=_fallbacks(draft.folder, top, projects),
        analyse=lambda text, path: analyse(text, name=path, file=path, interpreters=interpreters),
        script=file,
    )
    followed = follower.follow(reading, str(draft.home), package=draft.package)
    readings: list[tuple[str | None, Reading]] = [(None, reading), *followed.readings]
    calls = _calls(readings)
    python, remarks = python_range.narrow(
        readings, followed.imports, [(call.name, call.line) for call in calls], gathered.declared
    )
    return Script(
        path=draft.path,
        name=draft.name,
        form=draft.form,
        program=draft.program,
        data=draft.data,
        imports=tuple(followed.imports),
        declared=gathered.declared,
        calls=calls,
        urls=tuple(dict.fromkeys(url for _, one in readings for url in one.seen.urls)),
        python=python,
        inputs=tuple(dict.fromkeys([*draft.inputs, *gathered.inputs, *followed.inputs])),
        absent=tuple(dict.fromkeys([*gathered.absent, *(followed.absent if draft.form != "zipapp" else ())])),
        notes=tuple(dict.fromkeys([*draft.notes, *gathered.notes, *followed.notes, *remarks])),
        expected=_expected(readings),
        truncated=draft.truncated,
        module=draft.module,
        search=tuple(followed.search),
        widened=follower.widened,
    )


def _calls(readings: Sequence[tuple[str | None, Reading]]) -> tuple[Call, ...]:
    return tuple(
        Call(*call) for _, reading in readings for call in sorted(reading.seen.calls, key=lambda call: call[1])
    )


def _expected(readings: Sequence[tuple[str | None, Reading]]) -> tuple[Expected, ...]:
    return tuple(
        Expected(Path(file) if file else None, *block) for file, reading in readings for block in reading.seen.expected
    )


def _installs(draft: Draft, reading: Reading) -> list[tuple[str, int]]:
    """Collect the requirements of install lines in a program's code, comments and docstrings."""
    if "install" not in draft.text and "uv add" not in draft.text:
        return []
    from . import pip_lines

    found = pip_lines.in_comments(draft.text, reading.seen.docstrings)
    for line, number in reading.seen.installs:
        found += [(one, number) for one in pip_lines.requirements_of(line)]
    return sorted(found, key=lambda one: one[1])


def _head(draft: Draft) -> Reading:
    """Read no more of a very large program than the imports that stand at the margin of its head."""
    draft.notes.append(f"larger than {source.LARGEST // 2**20} MB: only its head was read")
    lines = draft.text.split("\n")[:-1]  # the last one may be cut
    kept = [
        line if line.startswith(("import ", "from ")) and "(" not in line and not line.endswith("\\") else ""
        for line in lines
    ]
    try:
        return analyse("\n".join(kept), name=draft.name, file=str(draft.file) if draft.file else None)
    except SyntaxBroken:
        return Reading(Seen())


def _top(folder: Path) -> Path:
    """Give the folder above the packages that folder is a part of."""
    while exists(folder / "__init__.py") and folder != folder.parent:
        folder = folder.parent
    return folder


def _fallbacks(folder: Path, top: Path, projects: Sequence[Path]) -> list[str]:
    """Name the folders where a project keeps its modules, beyond the script's own."""
    project = next((str(one.parent) for one in projects if surroundings.is_project(str(one.parent))), str(folder))
    return surroundings.fallbacks(str(folder), str(top), project)
