from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from roost import cli
from roost.cli import docs
from roost.cli.options import parse

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])


def commands(page: Path) -> list[list[str]]:
    """Every command line of roost that a page shows: after a prompt, in a Dockerfile, between backticks."""
    text = page.read_text("utf-8")
    shown = re.findall(r"^(?:\$ |RUN )(roost .*)$", text, re.MULTILINE)
    shown += re.findall(r"`(roost [a-z]+(?: [^`|…]+)?)`", text)
    return [
        shlex.split(line.replace("\\|", "|"), comments=True) for line in shown if "|" not in line and "…" not in line
    ]


def test_the_reference_says_what_the_code_says(capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if commands(page) and not {"decisions", "reference"} & set(page.parts)],
    ids=lambda page: page.stem,
)
def test_every_command_on_a_page_is_understood(page):
    groups = {name.split()[0] for name in (command.name for command in cli.commands()) if " " in name}
    for words in commands(page):
        if len(words) > 2 and words[1:] != ["--version"]:
            parse(*cli.find(words[1:]))
        elif len(words) == 2:
            assert words[1] in groups or cli.find(words[1:])


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
