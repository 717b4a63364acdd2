"""Notebooks: their code cells, joined, as a program that plain Python runs."""

from __future__ import annotations

from .errors import NotebookBroken
from .magics import Cell, translate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def convert(text: str, name: str) -> tuple[str, list[tuple[str, int]], list[str]]:
    """Join the code cells of a notebook, shell lines and magics written as Python.

    Returns: the program; the requirements of its install lines, with their lines in the program; notes.

    Raises:
        NotebookBroken: no JSON, no notebook, or one in another language.
    """
    document = _document(text, name)
    _refuse_other_languages(document, name)
    lines: list[str] = []
    installs: list[tuple[str, int]] = []
    notes: list[str] = []
    cells = list(_cells(document, name))
    if any("display(" in source for source in cells) and not any("import display" in source for source in cells):
        lines.append("display = print  # IPython has it without an import")
    for source in cells:
        if lines:
            lines.append("")
        cell: Cell = translate(source, first=len(lines) + 1)
        lines += cell.lines
        installs += cell.installs
        notes += cell.notes
    if not cells:
        notes.append(f"`{name}` has no code cells")
    return "\n".join(lines) + "\n", installs, list(dict.fromkeys(notes))


def _document(text: str, name: str) -> dict[str, object]:
    import json

    try:
        document = json.loads(text)
    except ValueError as error:
        line = f"line {error.lineno}: {error.msg.lower()}" if isinstance(error, json.JSONDecodeError) else str(error)
        why = "it is empty" if not text.strip() else f"it is no JSON: {line}"
        raise NotebookBroken(f"cannot read the notebook `{name}`", why=(why,)) from None
    except RecursionError:
        raise NotebookBroken(f"cannot read the notebook `{name}`", why=("its JSON is nested too deeply",)) from None
    if not isinstance(document, dict):
        raise NotebookBroken(f"cannot read the notebook `{name}`", why=("its JSON is no notebook: it has no cells",))
    return document


def _refuse_other_languages(document: dict[str, object], name: str) -> None:
    metadata = document.get("metadata")
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        table = metadata.get(key) if isinstance(metadata, dict) else None
        language = table.get(field) if isinstance(table, dict) else None
        if isinstance(language, str) and language:
            if language.lower() not in {"python", "python3", "ipython", "python2"}:
                raise NotebookBroken(
                    f"cannot read the notebook `{name}`", why=(f"its language is {language}, not Python",)
                )
            return


def _cells(document: dict[str, object], name: str) -> Iterable[str]:
    """Give the sources of the code cells, in the layouts of nbformat 3 and 4."""
    cells = document.get("cells")
    sheets = document.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for sheet in found if isinstance(sheet, list) for cell in sheet]
    if not isinstance(cells, list):
        raise NotebookBroken(f"cannot read the notebook `{name}`", why=("its JSON is no notebook: it has no cells",))
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(source, str) and source.strip():
            if not source.isascii() and any("\ud800" <= letter <= "\udfff" for letter in source):  # JSON can write it
                raise NotebookBroken(
                    f"cannot read the notebook `{name}`",
                    why=("a code cell has half of a character (a lone surrogate)",),
                )
            yield source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
