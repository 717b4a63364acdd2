"""Requirements files, as pip and every other tool read them."""

from __future__ import annotations

import re

from roost.scripts import requirements
from roost.scripts.values import Declared
from roost.travel.needs import Needs, address, of_declared

from .values import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from roost.travel.needs import Need

# What the form has no line for stands in comments of these words, which `read` knows.
_HEAD = re.compile(r"^# (requires-python|exclude-newer): (\S.*?)\s*$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")  # as pip has them


def read(path: Path) -> Needs:
    """Read a requirements file and what it includes.

    Raises:
        MetadataBroken: a file cannot be read, or a line is no requirement.
    """
    listed = requirements.read(path)
    said = dict(_HEAD.findall(path.read_text("utf-8", "replace")))
    declared = Declared(
        tuple(listed.requirements),
        f"`{path.name}`",
        "requirements",
        said.get("requires-python"),
        indexes=tuple(dict.fromkeys(listed.indexes)),
        constraints=tuple(listed.constraints),
        exclude_newer=said.get("exclude-newer"),
        index_url=listed.index_url,
        find_links=tuple(dict.fromkeys(listed.find_links)),
    )
    texts = [file.read_text("utf-8", "replace") for file in listed.files]
    variables = tuple(dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text)))
    needs = of_declared(path.name.partition(".")[0], declared, lost=listed.notes)
    return needs.replace(variables=variables)


def write(needs: Needs, *, constraints: str | None) -> Written:
    """Write a requirements file.

    Args:
        constraints: the name of the file beside it that the constraints go to; None: they cannot be kept.
    """
    head = [f"# requires-python: {needs.python}"] if needs.python else []
    head += [f"# exclude-newer: {needs.exclude_newer}"] if needs.exclude_newer else []
    head += options(needs)
    if not needs.constraints:
        return Written("\n".join([*head, *lines(needs.requirements)]) + "\n", pinned(needs))
    if constraints is None:
        lost = tuple(
            f"the constraint `{text}`: it needs a file of its own, which `--output` writes"
            for text in needs.constraints
        )
        return Written("\n".join([*head, *lines(needs.requirements)]) + "\n", (*pinned(needs), *lost))
    text = "\n".join([*head, f"-c {constraints}", *lines(needs.requirements)]) + "\n"
    return Written(text, pinned(needs), beside=((constraints, "\n".join(needs.constraints) + "\n"),))


def options(needs: Needs) -> list[str]:
    """Write where distributions come from, one a line."""
    found = [f"--index-url {address(needs.index_url)[1]}"] if needs.index_url else []
    found += [f"--extra-index-url {address(entry)[1]}" for entry in needs.indexes]
    return found + [f"--find-links {place}" for place in needs.find_links]


def pinned(needs: Needs) -> tuple[str, ...]:
    """Name what pip has no word for: that something comes from one index and no other."""
    return tuple(
        f"`{name}` from the index `{index}` alone: pip asks every index"
        for name, index in (*needs.sources, *needs.pins)
    )


def lines(needs: tuple[Need, ...]) -> list[str]:
    """Write requirements one a line, hashes on lines of their own."""
    return [" \\\n    ".join([need.text, *(f"--hash={one}" for one in need.hashes)]) + need.note for need in needs]


def plain(needs: tuple[Need, ...]) -> list[str]:
    """Write requirements one a line, hashes behind them."""
    return [" ".join([need.text, *(f"--hash={one}" for one in need.hashes)]) for need in needs]
