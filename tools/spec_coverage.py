"""Write `docs/spec-coverage.md` anew: the rows stay as they are, the tests are those that carry a row's mark."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.test_spec_coverage import marked  # noqa: E402


def main() -> None:
    page = ROOT / "docs/spec-coverage.md"
    tests = marked()
    lines = []
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] in tests:
            cells[2] = "<br>".join(f"`{name}`" for name in sorted(tests[cells[0]]))
            line = "| " + " | ".join(cells) + " |"  # noqa: PLW2901
        lines.append(line)
    page.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
