from __future__ import annotations

from roost.cli import docs


def test_the_reference_says_what_the_code_says(capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().err
