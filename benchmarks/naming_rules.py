"""How well does the choice among known providers do without the curated table, whose verified lines are the truth here?

    python benchmarks/naming_rules.py [--json FILE]

The curated table has the roots whose distribution cannot be told from their name, so this is the hard side.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from roost.distributions import learned, tables
from roost.distributions.names import parse

FIGURES = {"BETTER": (2, 3, 5), "FAR": (8, 16, 50), "ALONE": (5, 20)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    truth = {
        columns[0]: columns[1:3]
        for name in ("curated.tsv", "listed.tsv")
        for columns in tables.lines(name)
        if len(columns) > 2 and columns[1] not in {"", "-"}
    }
    rows = []
    for better in FIGURES["BETTER"]:
        for far in FIGURES["FAR"]:
            for alone in FIGURES["ALONE"]:
                learned.BETTER, learned.FAR, learned.ALONE = better, far, alone
                counts = Counter(verdict(root, *line) for root, line in truth.items())
                rows.append({"BETTER": better, "FAR": far, "ALONE": alone, **counts})
                print(rows[-1])
    if options.json:
        options.json.write_text(json.dumps({"lines": len(truth), "rows": rows}, indent=1) + "\n")
    return 0


def verdict(root: str, distribution: str, others: str) -> str:
    """Compare one answer with the curated line."""
    chosen = learned.provider(root)
    if chosen is None:
        return "no answer"
    if chosen.name == parse(distribution).name:
        return "right"
    return "another provider" if chosen.name in others.split() else "wrong"


if __name__ == "__main__":
    sys.exit(main())
