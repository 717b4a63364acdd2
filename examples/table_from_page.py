"""Take the table out of a web page that was saved beside this script, and write it as CSV."""

import sys
from pathlib import Path

import pandas as pd

PAGE = Path(__file__).with_name("planets.html")


def main() -> None:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "planets.csv")
    planets = pd.read_html(PAGE)[0]
    planets = planets.sort_values("Mean radius (km)", ascending=False)
    planets.to_csv(out, index=False)
    print(planets.to_string(index=False))
    print(f"{out}: {len(planets)} planets, {planets['Moons'].sum()} moons")


main()
