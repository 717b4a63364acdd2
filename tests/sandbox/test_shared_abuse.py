"""The shared scripts that try to harm the machine, at every tier, where they lie beside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent.parent.parent / "shared/bench/abuse/run_abuse.py"
TIERS = ("none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not BENCH.exists(), reason="the shared bench is not beside this checkout"),
]
LIMITS = "--timeout {timeout} --memory {memory}M --processes {processes} --file-size {file_size}M --disk {disk}M"  # as the bench fills in


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", TIERS)
def test_nothing_harms_the_machine_but_what_the_bench_names_as_impossible(roost, works, tmp_path, tier):
    works(tier)
    words = [sys.executable, BENCH, "--tier", tier, "--json", tmp_path / "found.json"]
    words += ["--subject", f"{roost.command} run --sandbox {{tier}} --workdir {{workdir}} {LIMITS} {{script}}"]
    words += [
        "--collect",
        f"{roost.command} outputs {{workdir}} {{out}}",
        "--record",
        f"{roost.command} runs show --last",
    ]
    words += ["--uid", "65533"] if tier.startswith("docker") and os.geteuid() == 0 else []
    done = subprocess.run(
        words, env=roost.environ, capture_output=True, text=True, check=False, timeout=600, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 worse than expected" in done.stdout
    if tier not in {"none", "limits"}:
        assert "17 of 17 contained" in done.stdout
    assert json.loads((tmp_path / "found.json").read_text())
