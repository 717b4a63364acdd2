"""How often is a name taken for a near miss of a popular one: real names (should not), misspelt popular ones (should)?

    python benchmarks/trust.py --names FILE [--json FILE]

FILE has one name of a distribution a line (more columns may follow a tab); popular names in it are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import string
import sys
from pathlib import Path

from roost.distributions import near, tables
from roost.distributions.names import canonical

SAMPLE = 300
RANKS = (1000, 5000, 15000)
LENGTHS = (4, 5, 6)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    popular = {columns[0]: int(columns[1]) for columns in tables.lines("popular.tsv")}
    chance = random.Random(3)
    lines = options.names.read_text("utf-8").splitlines()[1:]
    real = [
        name for line in chance.sample(lines, SAMPLE * 2) if (name := canonical(line.split("\t")[0])) not in popular
    ][:SAMPLE]
    top = sorted(name for name, place in popular.items() if place <= 1000)
    squats = [name for name in (misspelt(chance.choice(top), chance) for _ in range(SAMPLE)) if name not in popular]
    rows = []
    for rank in RANKS:
        for length in LENGTHS:
            near.NEAR_RANK, near.NEAR_LENGTH = rank, length
            flagged = [name for name in real if near.near(name)]
            caught = sum(near.near(name) is not None for name in squats)
            rows.append(
                {
                    "rank": rank,
                    "length": length,
                    "real": len(real),
                    "flagged": len(flagged),
                    "squats": len(squats),
                    "caught": caught,
                }
            )
            print(
                f"rank {rank:>5} length {length}: {len(flagged)}/{len(real)} real names flagged, {caught}/{len(squats)} squats caught"
            )
    if options.json:
        options.json.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")
    return 0


def misspelt(name: str, chance: random.Random) -> str:
    """Add, leave out or change one letter, or exchange two neighbours."""
    at, letter = chance.randrange(1, len(name)), chance.choice(string.ascii_lowercase)
    return canonical(
        chance.choice(
            [
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at + 1 :],
                name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
            ]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
