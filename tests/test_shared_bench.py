"""The shared bench of scripts with known needs, where it lies beside the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent.parent / "shared/bench/inference/bench.py"


@pytest.mark.network
@pytest.mark.covers("C3")
@pytest.mark.skipif(not BENCH.exists(), reason="the shared bench is not beside this checkout")
def test_the_needs_of_unseen_scripts_are_found(roost, tmp_path):
    out = tmp_path / "answers.json"
    tool = f"roost=json:{roost.command} check {{file}} --no-build --json"
    done = subprocess.run(
        [sys.executable, BENCH, "--tool", tool, "--out", out],
        env=roost.environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(out.read_text())["roost"]["summary"]
    assert summary["gist"]["exact"] >= 0.97 * summary["gist"]["n"], done.stdout
    assert summary["written"]["exact"] == summary["written"]["n"], done.stdout
    assert summary["written"]["implicit"] == summary["written"]["implicit_of"], done.stdout
    rows = json.loads(out.read_text())["roost"]["rows"]
    assert [row["case"] for row in rows if row["traps"] or row["error"]] == []
