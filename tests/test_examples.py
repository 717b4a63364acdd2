"""Every example runs from an empty home, and offline the second time."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
CASES = {
    "sales_chart.py": ("chart.png", ["--out", "chart.png"]),
    "table_from_page.py": ("planets.csv", []),
    "excel_report.py": ("orders.xlsx", []),
    "poster.py": ("poster.png", []),
    "invoice_pdf.py": ("invoice.pdf", []),
    "growth.ipynb": (None, []),
    "answer.md": (None, []),
    "disk_table.py": (None, [str(EXAMPLES)]),
    "greeter": (None, ["--times", "2"]),
}
SIGNATURES = {".png": b"\x89PNG", ".xlsx": b"PK\x03\x04", ".pdf": b"%PDF-", ".csv": b"Planet,"}
SAYS = {
    "growth.ipynb": "limit ",
    "answer.md": "<h2>Plum cake (75 min)</h2>",
    "disk_table.py": "growth.ipynb",
    "greeter": "Hyvää huomenta (finnish)",
}


def test_no_example_is_forgotten():
    found = {
        path.name
        for path in EXAMPLES.iterdir()
        if path.suffix in {".py", ".ipynb", ".md"} or (path / "__main__.py").exists()
    }
    assert found == set(CASES)


@pytest.mark.network
@pytest.mark.covers("C1")
@pytest.mark.parametrize("name", CASES)
def test_an_example_runs_from_an_empty_home_and_offline_the_second_time(roost, name):
    made, arguments = CASES[name]
    for options in ([], ["--offline"]):
        ran = roost("run", *options, EXAMPLES / name, *arguments, timeout=600)
        assert ran.status == 0, ran.errors
        assert SAYS.get(name, made or "") in ran.output
        if made:
            result = roost.cwd / made
            assert result.read_bytes().startswith(SIGNATURES[result.suffix])
            result.unlink()
