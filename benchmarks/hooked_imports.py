"""Imports of real distributions with the import hook and without it: modules, warnings and `sys.path` must be the same.

Distributions are taken as they lie in uv's cache (nothing is downloaded), each with what it needs from there. Every
import runs twice in one environment, under the hook of a run and without; where nothing is missing, the hook must not
even ask: the roost it would ask is a program that writes down that it was asked.

Run: .venv/bin/python benchmarks/hooked_imports.py [--json FILE] [--cache FOLDER] [--most N]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from timing import clean_environment

from roost.environments.furnish import furnish

HERE = Path(sys.executable).parent
FITS = re.compile(r"(py3|py2\.py3|cp3\d*|py311|cp311)-(none|abi3|cp311)-(any|(many)?linux.*x86_64)$")
LOOK = """
import json, sys, warnings
warnings.simplefilter("always")
said = []
warnings.showwarning = lambda message, kind, *_: said.append([kind.__name__, str(message)[:200]])
name, place = sys.argv[1:]
error = None
try:
    __import__(name)
except BaseException as failed:
    error = type(failed).__name__ + ": " + str(failed)[:200]
hook = ("_roost", "_roost_mend", "_roost_engines")
open(place, "w").write(json.dumps({"modules": sorted(one for one in sys.modules if one not in hook), "warnings": said,
    "path": sys.path, "error": error, "finders": sorted(getattr(one, "__name__", type(one).__name__) for one in sys.meta_path if "_roost" not in str(one))}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--most", type=int, default=250)
    arguments = parser.parse_args()
    cache = arguments.cache or Path(
        subprocess.run([HERE / "uv", "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = folder / "environments" / "all-000000000000"
        subprocess.run([HERE / "uv", "venv", "-q", "--python", sys.executable, environment], check=True)
        site = environment / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        roots = fill(site, cache, arguments.most)
        furnish(environment, site)
        asked = folder / "asked"
        (folder / "roost").write_text(f'#!/bin/sh\nhead -c 400 >>"{asked}"\n')
        (folder / "roost").chmod(0o755)
        run = f"1|{folder}/roost|{environment}|{folder}/additions||"
        with ThreadPoolExecutor(2) as pool:
            rows = list(pool.map(lambda one: compare(one, environment, run, folder), sorted(roots)))
        questions = asked.read_text(errors="replace") if asked.exists() else ""
    show(rows, questions, arguments.json)


def fill(site: Path, cache: Path, most: int) -> dict[str, str]:
    """Put unpacked wheels of the cache side by side; gives import name → distribution."""
    roots: dict[str, str] = {}
    seen: set[str] = set()
    for info in sorted(cache.glob("archive-v0/*/*.dist-info")):
        name = info.name.partition("-")[0].lower()
        tags = re.findall(r"^Tag: (.+)$", (info / "WHEEL").read_text(), re.MULTILINE)
        if name in seen or not any(FITS.match(tag) for tag in tags) or len(seen) >= most:
            continue
        seen.add(name)
        shutil.copytree(info.parent, site, dirs_exist_ok=True, copy_function=link)
        for line in (info / "RECORD").read_text(errors="replace").splitlines():
            root = line.partition(",")[0].partition("/")[0]
            plain = root.partition(".")[0] if root.endswith((".py", ".so")) else root
            if plain.isidentifier() and not plain.startswith("_") and ("/" in line or root.endswith((".py", ".so"))):
                roots.setdefault(plain, name)
    for pth in site.glob("*.pth"):
        pth.unlink()
    return roots


def link(source: str, target: str) -> None:
    """Link a file, unless another distribution has put one there."""
    if not Path(target).exists():
        os.link(source, target)


def compare(name: str, environment: Path, run: str, folder: Path) -> dict[str, object]:
    """Import one name both ways, each in its own working folder."""
    found = []
    for way, variables in (("bare", {}), ("hooked", {"ROOST_RUN": run})):
        work = folder / f"{way}-{name}"
        work.mkdir()
        (work / "look.py").write_text(LOOK)
        environ = clean_environment(HOME=str(work), MPLCONFIGDIR=str(work), PYTHONDONTWRITEBYTECODE="1", **variables)
        script = work / "look.py"
        subprocess.run(
            [environment / "bin/python", script, name, work / "said"], cwd=work, env=environ, check=False, timeout=180,
            stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        said = work / "said"
        found.append(json.loads(said.read_text().replace(str(work), "WORK")) if said.exists() else None)
    bare, hooked = found
    differs = [] if bare == hooked else [key for key in bare or {} if not hooked or bare[key] != hooked[key]]
    return {"name": name, "error": bare and bare["error"], "modules": bare and len(bare["modules"]), "differs": differs or bare != hooked,
            "bare": bare if differs else None, "hooked": hooked if differs else None}  # fmt: skip


def show(rows: list[dict[str, object]], questions: str, file: Path | None) -> None:
    whole = [row for row in rows if row["modules"] and not row["error"]]
    different = [row for row in rows if row["differs"]]
    print(f"{len(rows)} imports, {len(whole)} of them succeed, {len(different)} differ under the hook")
    for row in different:
        print(f"  {row['name']}: {row['differs']} {row['error']}")
        for key in row["differs"] if isinstance(row["differs"], list) else []:
            print("    bare  ", str((row["bare"] or {}).get(key))[:300])
            print("    hooked", str((row["hooked"] or {}).get(key))[:300])
    failed = [row for row in rows if row["error"]]
    print(
        f"questions asked: {len(re.findall('protocol', questions))}, imports that fail without the hook too: {len(failed)}"
    )
    print(re.findall(r'"name":"([^"]+)","full":"[^"]+","engine":(null|"[^"]+")', questions)[:20])
    if file:
        small = [{key: row[key] for key in ("name", "error", "modules", "differs")} for row in rows]
        file.write_text(
            json.dumps({"imports": len(rows), "succeed": len(whole), "differ": len(different), "rows": small}, indent=1)
            + "\n"
        )


main()
