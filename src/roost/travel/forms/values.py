"""What writing a form gives."""

from __future__ import annotations

from roost.values import Value


class Written(Value):
    """A list of requirements in one form."""

    text: str
    lost: tuple[str, ...] = ()  # a sentence for each line that the form cannot keep
    beside: tuple[tuple[str, str], ...] = ()  # more files that the text refers to: name, text
    offered: tuple[tuple[str, str], ...] = ()  # files for the same folder, if it has none of these names: name, text
