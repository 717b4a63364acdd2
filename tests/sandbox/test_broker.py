"""A script in a sandbox gets what it finds missing while it runs; what is hostile gets nothing, however often it asks."""

from __future__ import annotations

import os

import pytest

from roost.sandbox import probing
from tests import parts

TIERS = ("none", "limits", "landlock", "bubblewrap", "docker")
STRONG = TIERS[2:]
HIDDEN = "import sys\ndef hidden(name):\n    return __import__(''.join(reversed(name)))\n"  # what reading cannot see
pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _works(request: pytest.FixtureRequest, environ: dict[str, str]) -> None:
    tier = request.node.callspec.params.get("tier") if hasattr(request.node, "callspec") else None
    if tier == "docker":
        environ |= {name: value for name, value in os.environ.items() if name.startswith("DOCKER_")}
    if tier and not (found := probing.standing(tier)).works:
        parts.missing(found.why)


@pytest.fixture
def soup(index):
    index.add("soup", "1.0")
    index.add("stew", "2.0", requires=("soup",))
    index.add("bread", "3.0")
    return index


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", TIERS)
def test_a_missing_import_is_mended_where_it_fails(soup, roost, script, tier):
    path = script(HIDDEN + "import bread\nprint('once')\nsoup = hidden('puos')\nprint(soup.__version__, soup.__file__)\n")
    net = [] if tier in {"none", "limits"} else ["--net", "none"]
    done = roost("run", "--sandbox", tier, *net, path)
    assert done.status == 0, done.errors
    first, second = done.output.splitlines()
    assert (first, second[:4]) == ("once", "1.0 ")
    assert "note: added soup 1.0 (`import soup` at line 3, while it ran)" in done.errors
    again = roost("run", "--sandbox", tier, *net, path)
    assert (again.status, again.output.splitlines()[1][:4]) == (0, "1.0 ")
    assert "added" not in again.errors


WAYS = {
    "a fork": """
import os
child = os.fork()
if not child:
    print(hidden('puos').__version__, flush=True); os._exit(0)
os.waitpid(child, 0)
print(hidden('puos').__version__)""",
    "a child that is spawned": """
import subprocess
subprocess.run([sys.executable, "-c", "print(__import__('so' + 'up').__version__)"], check=True)
print(hidden('puos').__version__)""",
    "processes of multiprocessing": """
import multiprocessing, os
def work(name): return __import__(''.join(reversed(name))).__version__
if __name__ == "__main__":
    for way in ("fork", "spawn"):
        context = multiprocessing.get_context(way)
        child, ours = [], context.SimpleQueue()
        with context.Pool(2) as pool:
            print(pool.map(work, ["puos"])[0])""",
    "a thread": """
import threading
def work(): print(hidden('puos').__version__)
thread = threading.Thread(target=work); thread.start(); thread.join(); work()""",
    "pip": """
import subprocess
subprocess.run([sys.executable, "-m", "p" + "ip", "install", "-q", "".join(["so", chr(117), "p>=1"])], check=True)
print(hidden('puos').__version__); print(hidden('puos').__version__)""",
    "what needs more": "print(hidden('wets').__version__[0] + '.0'.replace('2', '1')) or print(hidden('puos').__version__)",
}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in WAYS.items()])
@pytest.mark.parametrize("tier", STRONG)
def test_whoever_of_the_script_asks(soup, roost, script, tier, way):
    done = roost("run", "--sandbox", tier, script(HIDDEN + way))
    assert done.status == 0, done.errors
    assert done.output.replace("2.0", "1.0") == "1.0\n1.0\n"
