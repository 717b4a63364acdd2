"""Make `brings.tsv`: what a distribution always brings along, from the metadata of wheels in folders.

    python tools/build_brings.py --month 2026-11 FOLDER …

Only requirements without a marker and without an extra count: they are installed whatever the platform.
"""

from __future__ import annotations

import argparse
import re
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

DATA = Path(__file__).parent.parent / "src/roost/distributions/data"


def main() -> None:
    """Read every wheel, keep the newest of each name, write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--month", required=True, help="YYYY-MM")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    newest: dict[str, tuple[Version, Path]] = {}
    for wheel in sorted(path for folder in options.folders for path in folder.rglob("*.whl")):
        try:
            name, version, _, _ = parse_wheel_filename(wheel.name)
        except InvalidWheelFilename:
            continue
        if name not in newest or newest[name][0] < version:
            newest[name] = (version, wheel)
    lines = []
    for name, (_, wheel) in newest.items():
        needs = sorted(read(wheel) - {name})
        if needs:
            lines.append(f"{name}\t{' '.join(needs)}")
    head = (
        "# What a distribution always brings along: its requirements without marker or extra.\n"
        f"# Origin: facts of the metadata of the newest wheels at hand, {options.month}. Made by tools/build_brings.py.\n"
        "# Sorted by bytes. Columns: name, names of what it requires.\n"
    )
    (DATA / "brings.tsv").write_text(head + "".join(f"{line}\n" for line in sorted(lines, key=str.encode)))


def read(wheel: Path) -> frozenset[str]:
    """Give the canonical names that a wheel requires unconditionally."""
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(member).decode("utf-8", "replace"), headersonly=True)
    found = set()
    for line in metadata.get_all("Requires-Dist") or []:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None:
            found.add(re.sub(r"[-_.]+", "-", requirement.name).lower())
    return frozenset(found)


if __name__ == "__main__":
    main()
