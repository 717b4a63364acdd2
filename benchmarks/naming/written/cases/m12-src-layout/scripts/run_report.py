#!/usr/bin/env python
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from reporter import build
from reporter.formats import as_table
import common

if __name__ == "__main__":
    print(as_table(build(common.NAME)))
