#!/usr/bin/env -S roost run
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "rich>=13",
# ]
# ///
"""Show the largest files below a folder as a table; what it needs is declared in its own head (PEP 723)."""

import sys
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
files = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size, reverse=True)
table = Table(title=f"{len(files)} files")
table.add_column("file")
table.add_column("size", justify="right")
for path in files[:10]:
    table.add_row(str(path.relative_to(folder)), decimal(path.stat().st_size))
Console().print(table)
