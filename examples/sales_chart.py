"""Draw a bar chart of a year's sales and save it beside where you are.

    roost run examples/sales_chart.py --out chart.png
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
BREAD = np.array([120, 132, 101, 134, 190, 230, 210, 182, 191, 234, 290, 330])
CAKES = np.array([220, 182, 191, 234, 290, 330, 310, 123, 142, 321, 190, 160])


def draw(out: Path) -> None:
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    axes.bar(MONTHS, BREAD, label="bread", color="#c58b4e")
    axes.bar(MONTHS, CAKES, bottom=BREAD, label="cakes", color="#7a9e7e")
    axes.plot(MONTHS, BREAD + CAKES, color="#333333", linewidth=1, marker="o", markersize=3, label="total")
    axes.set_title("Sales of a small bakery")
    axes.set_ylabel("pieces a day")
    axes.legend(frameon=False)
    figure.savefig(out, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("sales_chart.png"))
    out = parser.parse_args().out
    draw(out)
    print(f"{out}: {out.stat().st_size} bytes, {int((BREAD + CAKES).sum())} pieces in all")


if __name__ == "__main__":
    main()
