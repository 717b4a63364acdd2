"""Where a round happens: an index on loopback, a script that uses all of what it serves, a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

from tests.index import Index

HERE = Path(sys.executable).parent
COMPILED = ("_queue", "mmap", "_csv", "_bisect", "_heapq")  # modules of the standard library that are a file
PLATFORM = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
MODULES = {
    "roast/__init__.py": "from roost_base import BASE\nfrom roast.pan import heat\n\ndef value():\n    return BASE + heat()\n",
    "roast/pan.py": "from roast import data\n\ndef heat():\n    return data.text() + data.numbers()\n",
    "roast/data.py": (
        "import json, pathlib\n\ndef text():\n    return json.loads((pathlib.Path(__file__).parent / 'data.json').read_text())[0]\n\n"
        "def numbers():\n    from roast import {0}\n    return len({0}.__name__) - len({0}.__name__) + 1\n"
    ),
    "roast/data.json": "[40]\n",
}
SCRIPT = "import roast\nimport roost_base\nprint(roast.value(), roost_base.__version__)\n"
LATE = "import roast\nlate = __import__('etal_tsoor'[::-1])\nprint(roast.value(), late.__version__)\n"
RIGHT = "42 3.0\n"
LIMIT = 120.0  # seconds for one command


@dataclass(frozen=True)
class Ended:
    """A command that ended, or was ended."""

    status: int
    output: str
    errors: str

    @property
    def right(self) -> bool:
        """Tell whether it gave what it should."""
        return (self.status, self.output) == (0, RIGHT)

    @property
    def wrong(self) -> bool:
        """Tell whether it went well, it says, and gave something else than it should."""
        return self.status == 0 and self.output != RIGHT


def fill(index: Index) -> None:
    """Serve a distribution with a compiled module, and the one that it needs."""
    name, data = compiled()
    modules = {path: text.format(name) if "{0}" in text else text for path, text in MODULES.items()}
    index.add("roast", "2.0", modules={**modules, f"roast/{name}{sysconfig.get_config_var('EXT_SUFFIX')}": data},
              requires=("roost-base",), tag=PLATFORM)  # fmt: skip
    index.add("roost-late", "3.0", modules={"roost_late.py": '__version__ = "3.0"\n'})
    index.add("roost-base", "3.0", modules={"roost_base.py": '__version__ = "3.0"\nBASE = 1\n'})


def compiled() -> tuple[str, bytes]:
    """Give name and bytes of a real compiled module."""
    folder, suffix = Path(sysconfig.get_config_var("DESTSHARED")), sysconfig.get_config_var("EXT_SUFFIX")
    name = next(name for name in COMPILED if (folder / f"{name}{suffix}").exists())
    return name, (folder / f"{name}{suffix}").read_bytes()


@dataclass
class World:
    """One round's folder, with one of the two runners."""

    folder: Path
    runner: str  # "roost" or "uv"
    index: Index

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.script = self.folder / "it.py"
        block = "# /// script\n# dependencies = ['roast', 'roost-base']\n# ///\n" if self.runner == "uv" else ""
        self.script.write_text(block + SCRIPT)

    @property
    def home(self) -> Path:
        """Give what the runner keeps its things in."""
        return self.folder / "home"

    @property
    def environ(self) -> dict[str, str]:
        """Give the variables of a run."""
        kept = {
            name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR", "SSL_CERT_FILE"}
        }
        more = {"ROOST_HOME": str(self.home), "HOME": str(self.folder / "user")}
        if self.runner == "uv":
            more = {"HOME": more["HOME"], "UV_CACHE_DIR": str(self.home), "UV_PYTHON": sys.executable}
        return (
            kept
            | more
            | {"ROOST_INDEX_URL": f"{self.index.url}simple/", "UV_DEFAULT_INDEX": f"{self.index.url}simple/"}
        )

    @property
    def words(self) -> list[str]:
        """Give the command line of a run."""
        if self.runner == "uv":
            return [str(HERE / "uv"), "run", "-q", "--script", str(self.script)]
        return [str(HERE / "roost"), "run", str(self.script)]

    def run(self, *before: str) -> Ended:
        """Run the script to its end."""
        return ended(self.start(*before))

    def start(self, *before: str) -> subprocess.Popen[str]:
        """Start the script, behind the words of another program."""
        return subprocess.Popen(
            [*before, *self.words], env=self.environ, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", process_group=0,
        )  # fmt: skip

    def packages(self) -> Path:
        """Give the site-packages of the script's environment."""
        pattern = (
            "environments-v*/*/lib/*/site-packages"
            if self.runner == "uv"
            else "data/environments/roast-*/lib/*/site-packages"
        )
        return next(self.home.glob(pattern))

    def leftovers(self) -> list[str]:
        """Clear up when the script is gone, and name what is still there when nobody works in it any more."""
        self.script.unlink()
        end = time.monotonic() + 30  # bytecode may still be written, by a process of nobody
        while True:
            done = subprocess.run(
                [HERE / "roost", "env", "gc", "--older-than", "0"],
                env=self.environ, capture_output=True, text=True, check=False,
            )  # fmt: skip
            left = [path.name for path in (self.home / "data/environments").glob("*")]
            left += [str(path) for path in (self.home / "cache/launcher").rglob("*.tmp")]
            if not left or time.monotonic() > end:
                return [*left, *([done.stderr] if done.returncode else [])]
            time.sleep(0.5)

    def clear(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a command; one that hangs is ended, and has failed."""
    try:
        output, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        errors += "\n(it hung)"
    return Ended(process.returncode, output, errors)
